"""What changed about an operation apart from the schemas of its payloads."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.openapi.checks import level_of
from agent.core.openapi.document import ApiDocument, Spot
from agent.core.openapi.findings import Finding
from agent.core.openapi.operations import Operation, Parameter, media_key
from agent.core.values import Json, canonical_text

_DEFAULT_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def operation_changes(
    old: Operation, new: Operation, documents: tuple[ApiDocument, ApiDocument]
) -> Iterator[Finding]:
    """Yield what changed about an operation that both versions have, in a fixed order."""
    yield from _words(old, new)
    yield from _parameters(old, new)
    yield from _body(old, new)
    yield from _responses(old, new, documents)


def found(check: str, spot: Spot, detail: str, *places: str) -> Finding:
    """Return a finding whose level the table of checks gives."""
    return Finding(check, level_of(check), spot.pointer, detail, places)


def _words(old: Operation, new: Operation) -> Iterator[Finding]:
    place = new.name
    ids = tuple(op.spot.entries.get("operationId") for op in (old, new))
    if ids[0] != ids[1]:
        detail = f"The operationId changed from {ids[0] or 'none'} to {ids[1] or 'none'}."
        yield found("operation-id-changed", new.spot, detail, place)
    tags = tuple(canonical_text(_texts(op.spot.entries.get("tags"))) for op in (old, new))
    if tags[0] != tags[1]:
        detail = f"The tags changed from {tags[0]} to {tags[1]}."
        yield found("tags-changed", new.spot, detail, place)
    yield from _deprecated(old, new)


def _deprecated(old: Operation, new: Operation) -> Iterator[Finding]:
    was, now = (op.spot.entries.get("deprecated") is True for op in (old, new))
    before, after = (op.spot.entries.get("x-sunset") for op in (old, new))
    if now and not was:
        check = "operation-deprecated" if after else "operation-deprecated-without-sunset"
        detail = f"Now deprecated{f', until {after}' if after else ''}."
        yield found(check, new.spot, detail, new.name)
    elif was and not now:
        yield found("operation-undeprecated", new.spot, "No longer deprecated.", new.name)
    elif before and not after:
        detail = f"It no longer says that it stays until {before}."
        yield found("sunset-removed", new.spot, detail, new.name)
    elif before and before != after:
        check = "sunset-moved-up" if str(after) < str(before) else "sunset-put-off"
        detail = f"It stays until {after}, not until {before}."
        yield found(check, new.spot, detail, new.name)


def _texts(value: Json) -> list[str]:
    return sorted(str(item) for item in value) if isinstance(value, list) else []


def _parameters(old: Operation, new: Operation) -> Iterator[Finding]:
    gone = [key for key in old.parameters if key not in new.parameters]
    came = [key for key in new.parameters if key not in old.parameters]
    for key in list(gone):
        other = next((k for k in came if k[1].lower() == key[1].lower()), None)
        if other is not None:
            detail = f"The parameter {key[1]} moved from {key[0]} to {other[0]}."
            yield found("parameter-moved", new.parameters[other].spot, detail, new.name)
            gone.remove(key)
            came.remove(other)
    for key in gone:
        detail = f"The {key[0]} parameter {_name(old.parameters[key])} was removed."
        is_warned = old.parameters[key].spot.entries.get("deprecated") is True
        check = f"{'deprecated-' if is_warned else ''}parameter-removed"
        yield found(check, old.parameters[key].spot, detail, old.name)
    for key in came:
        parameter = new.parameters[key]
        kind = "required" if parameter.is_required else "optional"
        detail = f"The {kind} {key[0]} parameter {_name(parameter)} was added."
        yield found(f"{kind}-parameter-added", parameter.spot, detail, new.name)
    for key, parameter in new.parameters.items():
        if key in old.parameters:
            yield from _parameter(old.parameters[key], parameter, new.name)


def _name(parameter: Parameter) -> str:
    return str(parameter.spot.entries["name"])


def _parameter(old: Parameter, new: Parameter, place: str) -> Iterator[Finding]:
    words = f"The {new.key[0]} parameter {_name(new)}"
    if new.is_required != old.is_required:
        state = "required" if new.is_required else "optional"
        check = f"parameter-became-{state}"
        yield found(check, new.spot, f"{words} became {state}.", place)
    if _style(old) != _style(new):
        detail = f"{words} is written as {_style(new)}, not {_style(old)}."
        yield found("parameter-style-changed", new.spot, detail, place)
    yield from _deprecation(old.spot, new.spot, "parameter", words, place)
    before, after = (p.spot.entries.get("allowEmptyValue") is True for p in (old, new))
    if before and not after:
        yield found("parameter-empty-value-refused", new.spot, f"{words} must hold a value.", place)
    if after and not before:
        yield found("parameter-empty-value-allowed", new.spot, f"{words} may be empty.", place)


def _deprecation(old: Spot, new: Spot, kind: str, words: str, place: str) -> Iterator[Finding]:
    was, now = (spot.entries.get("deprecated") is True for spot in (old, new))
    if was != now:
        text = f"{words} is {'now' if now else 'no longer'} deprecated."
        yield found(f"{kind}-{'' if now else 'un'}deprecated", new, text, place)


def _style(parameter: Parameter) -> str:
    """Return how a parameter is written (OpenAPI 3, Style Values): what is not said is implied."""
    said = parameter.spot.entries
    style = said.get("style") or _DEFAULT_STYLES.get(parameter.key[0], "form")
    schema = said.get("schema")
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind not in ("array", "object") and not isinstance(kind, list):
        return str(style)
    explodes = said.get("explode", style == "form")
    return f"{style}{' exploded' if explodes else ''}"


def _body(old: Operation, new: Operation) -> Iterator[Finding]:
    before, after = old.body.node is not None, new.body.node is not None
    was, now = (op.body.entries.get("required") is True for op in (old, new))
    if before and not after:
        yield found("body-removed", old.spot, "The request body was removed.", old.name)
    elif after and not before:
        kind = "required" if now else "optional"
        detail = f"A request body, which is {kind}, was added."
        yield found(f"{kind}-body-added", new.body, detail, new.name)
    elif before and after:
        if was != now:
            state = "required" if now else "optional"
            detail = f"The request body became {state}."
            yield found(f"body-became-{state}", new.body, detail, new.name)
        yield from _media(old.body, new.body, "request", f"{new.name} request")


def _media(old: Spot, new: Spot, side: str, place: str) -> Iterator[Finding]:
    before = {media_key(media): media for media in old.below("content").entries}
    after = {media_key(media): media for media in new.below("content").entries}
    for key, media in before.items():
        if key not in after:
            spot = old.below("content", media)
            detail = f"The media type {media} was removed."
            yield found(f"{side}-media-type-removed", spot, detail, place)
    for key, media in after.items():
        spot = new.below("content", media)
        if key not in before:
            yield found(
                f"{side}-media-type-added", spot, f"The media type {media} was added.", place
            )
            continue
        was, now = ("schema" in s.entries for s in (old.below("content", before[key]), spot))
        if was != now:
            word = "added" if now else "removed"
            yield found(f"{side}-schema-{word}", spot, f"The schema of {media} was {word}.", place)


def _responses(
    old: Operation, new: Operation, documents: tuple[ApiDocument, ApiDocument]
) -> Iterator[Finding]:
    for status, spot in old.responses.items():
        if status not in new.responses:
            kind = "success" if status.startswith("2") else "other"
            detail = f"The response {status} was removed."
            yield found(f"{kind}-status-removed", spot, detail, old.name)
    for status, spot in new.responses.items():
        place = f"{new.name} response {status}"
        if status not in old.responses:
            yield found("status-added", spot, f"The response {status} was added.", new.name)
            continue
        yield from _media(old.responses[status], spot, "response", place)
        yield from _headers(old.responses[status], spot, documents, place)


def _headers(
    old: Spot, new: Spot, documents: tuple[ApiDocument, ApiDocument], place: str
) -> Iterator[Finding]:
    before = _named_headers(old, documents[0])
    after = _named_headers(new, documents[1])
    for key, (name, spot) in before.items():
        if key not in after:
            kind = "required" if _is_required(spot) else "optional"
            yield found(
                f"{kind}-header-removed", spot, f"The {kind} header {name} was removed.", place
            )
    for key, (name, spot) in after.items():
        if key not in before:
            yield found("header-added", spot, f"The header {name} was added.", place)
            continue
        yield from _deprecation(before[key][1], spot, "header", f"The header {name}", place)
        if _is_required(spot) != _is_required(before[key][1]):
            state = "required" if _is_required(spot) else "optional"
            detail = f"The header {name} became {state}."
            yield found(f"header-became-{state}", spot, detail, place)


def _named_headers(response: Spot, document: ApiDocument) -> dict[str, tuple[str, Spot]]:
    headers = response.below("headers")
    return {name.lower(): (name, document.follow(headers.below(name))) for name in headers.entries}


def _is_required(header: Spot) -> bool:
    return header.entries.get("required") is True
