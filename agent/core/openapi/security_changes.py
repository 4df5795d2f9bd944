"""Who may call: whether credentials that sufficed before still do.

A requirement is a list of alternatives, each a set of schemes with scopes that are needed
together (OpenAPI 3, "Security Requirement Object"). Credentials still suffice when every old
alternative holds all that some new alternative asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.openapi.document import ApiDocument, Spot
from agent.core.openapi.findings import Finding
from agent.core.openapi.operation_changes import found
from agent.core.openapi.operations import Operation
from agent.core.values import Json, canonical_text

Alternative = frozenset[tuple[str, str]]
"""Schemes and scopes that are needed together; the scheme alone has the scope ""."""

_WORDS = frozenset({"description"})


def security_changes(
    pairs: list[tuple[Operation, Operation]], documents: tuple[ApiDocument, ApiDocument]
) -> Iterator[Finding]:
    """Yield changes of what operations require, the same change of many as one finding."""
    grouped: dict[tuple[str, str], tuple[Spot, list[str]]] = {}
    for old, new in pairs:
        before, after = _required(old, documents[0]), _required(new, documents[1])
        if before == after:
            continue
        check = "security-loosened" if _suffices(before, after) else "security-tightened"
        detail = f"The security changed from {_show(before)} to {_show(after)}."
        own = "security" in new.spot.entries or "security" in old.spot.entries
        spot = new.spot if own else documents[1].at("")
        grouped.setdefault((check, detail), (spot, []))[1].append(new.name)
    for (check, detail), (spot, places) in grouped.items():
        yield found(check, spot, detail, *places)
    if not pairs or not grouped:
        yield from _unused_defaults(documents)
    yield from _schemes(pairs, documents)


def _unused_defaults(documents: tuple[ApiDocument, ApiDocument]) -> Iterator[Finding]:
    """Yield a change of the document's own requirement that no operation inherits."""
    before, after = (_alternatives(document.root.get("security")) for document in documents)
    if before != after:
        detail = f"The document's security changed from {_show(before)} to {_show(after)}."
        yield found("security-loosened", documents[1].at(""), detail)


def _required(operation: Operation, document: ApiDocument) -> frozenset[Alternative]:
    said = operation.spot.entries.get("security", document.root.get("security"))
    return _alternatives(said)


def _alternatives(said: Json) -> frozenset[Alternative]:
    """Return the alternatives; nothing said means that none is needed, which is one alternative."""
    if not isinstance(said, list) or not said:
        return frozenset({frozenset[tuple[str, str]]()})
    return frozenset(
        frozenset(
            (scheme, scope) for scheme, scopes in entry.items() for scope in ("", *_texts(scopes))
        )
        for entry in said
        if isinstance(entry, dict)
    )


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _suffices(before: frozenset[Alternative], after: frozenset[Alternative]) -> bool:
    return all(any(new <= old for new in after) for old in before)


def _show(alternatives: frozenset[Alternative]) -> str:
    return " or ".join(sorted(map(_show_one, alternatives)))


def _show_one(alternative: Alternative) -> str:
    schemes = sorted({scheme for scheme, _ in alternative})
    return " and ".join(_show_scheme(scheme, alternative) for scheme in schemes) or "none"


def _show_scheme(scheme: str, alternative: Alternative) -> str:
    scopes = sorted(scope for name, scope in alternative if name == scheme and scope)
    return f"{scheme} ({', '.join(scopes)})" if scopes else scheme


def _schemes(
    pairs: list[tuple[Operation, Operation]], documents: tuple[ApiDocument, ApiDocument]
) -> Iterator[Finding]:
    """Yield changes of how schemes work that some operation of both versions uses."""
    used = {
        scheme
        for old, new in pairs
        for scheme in _names(_required(old, documents[0])) & _names(_required(new, documents[1]))
    }
    old, new = (document.at("/components/securitySchemes") for document in documents)
    for name in dict.fromkeys((*old.entries, *new.entries)):
        before, after = documents[0].follow(old.below(name)), documents[1].follow(new.below(name))
        if canonical_text(_said(before)) == canonical_text(_said(after)):
            continue
        is_breaking = name in used and not _is_extended(before, after)
        check = "security-scheme-changed" if is_breaking else "security-scheme-extended"
        spot = after if after.node is not None else before
        yield found(check, spot, f"The security scheme {name} {_how(before, after)}.")


def _names(alternatives: frozenset[Alternative]) -> set[str]:
    return {scheme for alternative in alternatives for scheme, _ in alternative}


def _said(scheme: Spot) -> dict[str, Json]:
    return {k: v for k, v in scheme.entries.items() if k not in _WORDS and not k.startswith("x-")}


def _how(before: Spot, after: Spot) -> str:
    if after.node is None:
        return "was removed"
    if before.node is None:
        return "was added"
    keys = sorted({*_said(before), *_said(after)})
    differing = [
        k
        for k in keys
        if canonical_text(before.entries.get(k)) != canonical_text(after.entries.get(k))
    ]
    return f"changed its {', '.join(differing)}"


def _is_extended(before: Spot, after: Spot) -> bool:
    """Whether only flows or scopes came: what callers do today still works."""
    if before.node is None:
        return True
    old, new = dict(_said(before)), dict(_said(after))
    flows, more = _object(old.pop("flows", {})), _object(new.pop("flows", {}))
    if canonical_text(old) != canonical_text(new):
        return False
    return all(_flow_stays(flow, more.get(name)) for name, flow in flows.items())


def _flow_stays(before: Json, after: Json) -> bool:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    old, new = dict(before), dict(after)
    scopes, more = _object(old.pop("scopes", {})), _object(new.pop("scopes", {}))
    return canonical_text(old) == canonical_text(new) and set(scopes) <= set(more)


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
