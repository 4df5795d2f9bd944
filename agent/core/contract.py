"""One consumer's contract: what it accepts, and how a payload breaks it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.declared import undeclared
from agent.core.dialects import subschemas
from agent.core.invariants.declaring import KEYWORD, Invariant, declared_in
from agent.core.invariants.judging import broken
from agent.core.paths import child
from agent.core.patterns import translate
from agent.core.schema import Schema, make_schema
from agent.core.values import Json
from agent.errors import PayloadRefused

__all__ = [
    "Contract",
    "Validator",
    "Violation",
    "payload_validator",
    "refuse_misfit",
    "undeclared",
    "with_invariants",
    "without_invariants",
]

VIOLATIONS_SHOWN = 20
_MESSAGE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a payload breaks a schema.

    `path` points into the payload, `clause` into the canonical schema (`/properties/id/type`;
    what lies behind a reference is named by its definition: `/$defs/NAME/...`).
    """

    path: str
    clause: str
    message: str


class Validator:
    """Judges payloads by one schema. `format` is an annotation unless `asserts_formats`.

    Patterns run on a linear engine; look-arounds and back-references run on one that gives up
    after a fixed number of steps, and a payload on which it gives up is not valid.
    """

    def __init__(self, schema: Schema, *, asserts_formats: bool = False) -> None:
        self._rules = _compile(spelled(schema.document), asserts_formats)

    def is_met(self, payload: Json) -> bool:
        """Return whether a payload is valid. What is not JSON (NaN, lone surrogates) is not."""
        try:
            return bool(self._rules.is_valid(payload))
        except ValueError:
            return False

    def violations(self, payload: Json, *, limit: int = VIOLATIONS_SHOWN) -> tuple[Violation, ...]:
        """Return how a payload breaks the schema, ordered by path; the first `limit` that come."""
        found = set(itertools.islice(self._broken(payload), limit))
        return tuple(sorted(found, key=lambda each: (each.path, each.clause, each.message)))

    def _broken(self, payload: Json) -> Iterator[Violation]:
        try:
            for error in self._rules.iter_errors(payload):
                yield Violation(
                    path=_pointer(error.instance_path),
                    clause=_pointer(error.schema_path),
                    message=_trim(error.message),
                )
        except ValueError as error:
            yield Violation(path="", clause="", message=_trim(f"cannot be judged: {error}"))


def _compile(document: Json, asserts_formats: bool) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        document, validate_formats=asserts_formats, offline=True
    )


def _trim(message: str) -> str:
    return message if len(message) <= _MESSAGE_LIMIT else message[: _MESSAGE_LIMIT - 3] + "..."


def _pointer(tokens: list[str | int]) -> str:
    return functools.reduce(child, tokens, "")


def spelled(document: Json) -> Json:
    """Return the document with its patterns in the spelling of the validation engine."""
    if not _has_other_spelling(document):
        return document
    root: dict[str, Json] = {}
    stack: list[tuple[dict[str, Json], dict[str, Json]]] = [(document, root)]
    while stack:
        node, out = stack.pop()
        out.update(node)
        if "pattern" in node:
            out["pattern"] = translate(node["pattern"])
        for key in ("patternProperties",):
            if key in node:
                out[key] = {translate(pattern): part for pattern, part in node[key].items()}
        for container, key, part in _slots(out):
            if isinstance(part, dict):
                fresh: dict[str, Json] = {}
                container[key] = fresh
                stack.append((part, fresh))
    return root


def _has_other_spelling(document: Json) -> bool:
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            patterns = [node["pattern"]] if "pattern" in node else []
            if any(
                translate(each) != each for each in (*patterns, *node.get("patternProperties", ()))
            ):
                return True
            stack.extend(part for _, part in subschemas(node))
    return False


def _slots(out: dict[str, Json]) -> Iterator[tuple[Any, Any, Json]]:
    """Yield every (container, key, subschema) of a node; containers are fresh copies."""
    for first in {tokens[0] for tokens, _ in subschemas(out)}:
        value = out[first]
        if isinstance(value, list):
            out[first] = value = list(value)
            yield from ((value, index, part) for index, part in enumerate(value))
        elif first in ("properties", "patternProperties", "dependentSchemas", "$defs"):
            out[first] = value = dict(value)
            yield from ((value, name, part) for name, part in list(value.items()))
        else:
            yield out, first, value


@functools.lru_cache(maxsize=256)
def payload_validator(schema: Schema) -> Validator:
    """Return the validator of a schema; the same schema gets the same one."""
    return Validator(schema)


def refuse_misfit(schema: Schema, payload: Json, *, operation: str, help: str = "") -> None:
    """Return quietly when the payload is valid under the schema.

    Raises:
        PayloadRefused: it is not; the first violation is named.
    """
    validator = payload_validator(schema)
    if validator.is_met(payload):
        return
    for violation in validator.violations(payload, limit=1):
        raise PayloadRefused(
            found=violation.message, source=violation.path or "/", operation=operation, help=help
        )


@functools.lru_cache(maxsize=256)
def _invariants_of(schema: Schema) -> tuple[Invariant, ...]:
    return declared_in(schema.document)


def with_invariants(schema: Schema, declared: Sequence[Json], *, origin: str = "") -> Schema:
    """Return a schema that declares these invariants too; `origin` names it in messages.

    Raises:
        InvalidSchema: one of them is no invariant, or there are too many.
    """
    if not declared:
        return schema
    known = schema.document.get(KEYWORD, [])
    return make_schema({**schema.document, KEYWORD: [*known, *declared]}, origin=origin)


def without_invariants(schema: Schema) -> Schema:
    """Return what a schema says about shapes alone."""
    if KEYWORD not in schema.document:
        return schema
    return make_schema({key: part for key, part in schema.document.items() if key != KEYWORD})


@dataclass(frozen=True, slots=True)
class Contract:
    """What one consumer accepts: a schema, the invariants that it declares, and example payloads.

    Invariants are judged on outputs that satisfy the schema; one that is broken is named by its
    place in the schema (`/x-driftmend-invariants/0`).
    """

    consumer: str
    schema: Schema
    examples: tuple[Json, ...] = ()

    @property
    def has_invariants(self) -> bool:
        """Return whether there is something that no shape can prove."""
        return bool(self.invariants)

    @property
    def invariants(self) -> tuple[Invariant, ...]:
        """The invariants that the schema declares, in its order."""
        return _invariants_of(self.schema)

    def violations(self, payload: Json, *, limit: int = VIOLATIONS_SHOWN) -> tuple[Violation, ...]:
        """Return how a payload breaks the schema, or else the invariants; at most `limit` ways."""
        found = payload_validator(self.schema).violations(payload, limit=limit)
        return found or tuple(itertools.islice(self._broken(payload), limit))

    def is_met(self, payload: Json) -> bool:
        """Return whether a payload satisfies the contract's schema and all its invariants."""
        is_valid = payload_validator(self.schema).is_met(payload)
        return is_valid and not any(True for _ in self._broken(payload))

    def _broken(self, payload: Json) -> Iterator[Violation]:
        for number, said in broken(self.invariants, payload, self.schema):
            yield Violation(path="", clause=f"/{KEYWORD}/{number}", message=_trim(said))
