"""What an adapter tells the search: what it reads, what its rules mention, what they accept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.language.reads import Provenance, provenance
from agent.core.language.syntax import Literal, Row
from agent.core.language.walk import places
from agent.core.schema import FieldInfo, Schema
from agent.core.values import Json
from agent.core.verify.choices import Hints
from agent.core.verify.generate import payloads
from agent.core.verify.meant import meant_by
from agent.errors import PayloadRefused

MAX_LITERALS = 60
"""Literals kept per source path; a larger table is sampled from its start."""

MAX_NAMES = 40
MAX_FAVOURITES = 8
MAX_STEPS = 200
"""Runs spent on finding a payload that no rule refuses."""

_ACCEPTED_TEXTS = (
    "2024-01-15T10:30:00Z",
    "12.50",
    "7",
    "2024-01-15",
    "true",
    "https://example.com/one/two?three=4#five",
    "ada@example.com",
    "Ada Lovelace",
    "a-b-c",
    "a/b/c",
    "a,b,c",
    "a:b:c",
    "EUR",
    "P1D",
    "10:30:00",
    "YQ==",
    "123e4567-e89b-42d3-a456-426614174000",
    "2024-01-15 10:30:00",
    "15/01/2024",
    "20240115",
    "1705314600",
)
"""Texts that conversions take: a text that a rule refuses is replaced by the next of these."""

_LIKELY_TEXTS = {
    "number": "12.50",
    "integer": "7",
    "boolean": "true",
    "unbase64": "YQ==",
    "add_duration": "2024-01-15T10:30:00Z",
    "from_epoch": "1705314600",
}
"""The text that an operation most likely takes; dates, which lead above, are the usual rest."""

_SIZES = (1, 0, 3)


def hints_for(
    adapter: Adapter, *, after: Schema, contract: Schema, samples: Sequence[Json], seed: int
) -> Hints:
    """Return what the search should know about an adapter before it starts."""
    origins = provenance(adapter)
    reads = frozenset(read for origin in origins for read in origin.reads)
    hints = Hints(
        favourites=_sampled(samples, reads, after),
        literals=_literals(adapter, origins),
        reads=reads,
        walks=frozenset(walk for origin in origins for walk in origin.walks),
        names=_names(contract),
    )
    return _accepted(adapter, after=after, hints=hints, seed=seed, origins=origins)


def _sampled(
    samples: Sequence[Json], reads: frozenset[str], after: Schema
) -> dict[str, tuple[Json, ...]]:
    """Return the scalars that samples hold at source paths."""
    found: dict[str, tuple[Json, ...]] = {}
    for info in after.fields:
        if after.children(info.path) or not _is_near(info.path, reads):
            continue
        values: dict[tuple[type, Json], Json] = {}
        for sample in samples[:50]:
            for _, value in paths.find(sample, info.path):
                if not isinstance(value, (dict, list)) and value is not None:
                    values.setdefault((type(value), value), value)
                if len(values) >= MAX_FAVOURITES:
                    break
        if values:
            found[info.path] = tuple(values.values())
    return found


def _is_near(path: str, reads: frozenset[str]) -> bool:
    return any(paths.is_within(path, read) or paths.is_within(read, path) for read in reads)


def _literals(adapter: Adapter, origins: Sequence[Provenance]) -> dict[str, tuple[Json, ...]]:
    """Return the literals of the rules that read a path, and of the blocks around them."""
    own = {place.rule: tuple(_own_literals(place.row)) for place in places(adapter.rows)}
    shared = tuple(_literals_in(adapter.let))
    found: dict[str, dict[tuple[type, Json], Json]] = {}
    for origin in origins:
        blocks = [values for rule, values in own.items() if paths.is_within(origin.rule, rule)]
        for read in origin.reads:
            bucket = found.setdefault(read, {})
            values = [*itertools.chain(*reversed(blocks), shared)]
            for value in (*values, *(text for one in values for text in meant_by(one))):
                if len(bucket) < MAX_LITERALS:
                    bucket.setdefault((type(value), value), value)
    return {path: tuple(bucket.values()) for path, bucket in found.items()}


def _own_literals(row: Row) -> Iterator[Json]:
    """Yield the literals of a row without those of the rows within it."""
    for part in fields(row):
        if part.name != "rows":
            yield from _literals_in(getattr(row, part.name))


def _literals_in(node: object) -> Iterator[Json]:
    if isinstance(node, Literal):
        if isinstance(node.value, (str, int, float)):
            yield node.value
    elif isinstance(node, tuple):
        for item in node:
            yield from _literals_in(item)
    elif is_dataclass(node) and not isinstance(node, type):
        for part in fields(node):
            yield from _literals_in(getattr(node, part.name))


def _names(contract: Schema) -> tuple[str, ...]:
    """Return the contract's field names, to be tried as undeclared source fields."""
    names = {paths.last(info.path): None for info in contract.fields if info.path}
    return tuple(name for name in names if name != paths.ANY)[:MAX_NAMES]


def _accepted(
    adapter: Adapter,
    *,
    after: Schema,
    hints: Hints,
    seed: int,
    origins: Sequence[Provenance],
) -> Hints:
    """Return hints under which the ordinary payload is accepted by every rule, if that is found.

    Otherwise one rule that refuses an ordinary text would hide the faults of all the others.
    """
    turns: dict[str, int] = {}
    for _ in range(MAX_STEPS):
        payload = next(payloads(after, seed=seed, limit=1, hints=hints), None)
        if payload is None:
            return hints
        try:
            run(adapter, payload)
        except PayloadRefused as refusal:
            suspects = _suspects(refusal, origins=origins, after=after)
            guess = _next_guess(
                hints=hints, turns=turns, suspects=suspects, operation=refusal.operation
            )
            if guess is None:
                return hints
            hints, path = guess
            turns[path] = turns.get(path, 0) + 1
        else:
            return hints
    return hints


def _next_guess(
    *,
    hints: Hints,
    turns: Mapping[str, int],
    suspects: Sequence[FieldInfo],
    operation: str,
) -> tuple[Hints, str] | None:
    """Return hints with the value of one suspect replaced by the next candidate, and its path."""
    for info in suspects:
        path, turn = info.path, turns.get(info.path, 0)
        if "array" in info.types and turn < len(_SIZES):
            return replace(hints, sizes={**hints.sizes, path: _SIZES[turn]}), path
        likely = (_LIKELY_TEXTS.get(operation, _ACCEPTED_TEXTS[0]),)
        literals = hints.literals.get(path, ())
        meant = (text for one in literals for text in meant_by(one))
        texts = (*meant, *likely, *_ACCEPTED_TEXTS, *literals)
        if "string" in info.types and turn < len(texts):
            return replace(
                hints, favourites={**hints.favourites, path: texts[turn : turn + 1]}
            ), path
    return None


def _suspects(
    refusal: PayloadRefused, *, origins: Sequence[Provenance], after: Schema
) -> list[FieldInfo]:
    """Return the source fields that may be to blame for a refusal."""
    if refusal.source and refusal.source != "/":  # the whole payload is no field
        found = [generic(refusal.source, schema=after)]
    else:
        found = [
            read
            for origin in origins
            if _is_at(refusal.target, origin.target)
            for read in sorted(origin.reads)
        ]
    return [info for path in found if (info := after.field(path)) is not None]


def _is_at(pointer: str, target: str) -> bool:
    """Return whether a concrete pointer is at a target, in which `*` names items and fields."""
    tokens, wanted = paths.parse(pointer), paths.parse(target)
    return len(tokens) == len(wanted) and all(
        token == one or one == paths.ANY for token, one in zip(tokens, wanted, strict=True)
    )


def generic(pointer: str, *, schema: Schema) -> str:
    """Return a concrete source pointer with `*` for items and for keys that no schema names."""
    path = ""
    for token in paths.parse(pointer):
        named = paths.child(path, paths.key_of(token))
        path = named if schema.field(named) is not None else paths.items(path)
    return path
