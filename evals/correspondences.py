"""Pairs of schemas with known field correspondences: attribute-level gold, and what cases show.

A folder of gold pairs holds one folder each with `source.json`, `target.json` (lists of `path`,
`type`, `description`, `sample_values`) and `gold.json` (pairs of paths). From a fixture case, a
contract field corresponds to the source field whose values it repeats in every payload.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.core import paths
from agent.core.fields import ALL_TYPES, FieldInfo
from agent.core.values import Json
from agent.errors import InvalidCase
from agent.formats.cases import load_case_inputs
from evals.cases import load_case

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class KnownPair:
    """Two lists of fields, with the (source path, target path) that belong together.

    `unknown` holds the targets about which nothing is known; they count neither way. `family`
    names the pairs that share a system, which must not be on both sides of a held-apart check.
    """

    name: str
    family: str
    sources: tuple[FieldInfo, ...]
    targets: tuple[FieldInfo, ...]
    gold: frozenset[tuple[str, str]]
    unknown: frozenset[str] = frozenset()

    @cached_property
    def marks(self) -> Marks:
        """Which pairs belong together, rows by source."""
        return np.array(
            [[(s.path, t.path) in self.gold for t in self.targets] for s in self.sources],
            dtype=bool,
        ).reshape(len(self.sources), len(self.targets))

    @cached_property
    def judged(self) -> NDArray[np.intp]:
        """The columns of the targets about which something is known."""
        known = [at for at, one in enumerate(self.targets) if one.path not in self.unknown]
        return np.array(known, dtype=np.intp)


_TYPES = {
    "string": "string varchar nvarchar char text keyword wildcard code id markdown uri url ip",
    "integer": "int integer smallint tinyint bigint long",
    "number": "number numeric decimal real float double",
    "boolean": "bool boolean",
}
_FORMATS = {"date": "date", "date-time": "timestamp datetime", "uri": "uri url", "ip": "ip"}
_TYPE_OF = {word: frozenset({kind}) for kind, said in _TYPES.items() for word in said.split()}
_FORMAT_OF = {word: kind for kind, said in _FORMATS.items() for word in said.split()}
"""Types as databases and search engines write them; a type that is not here says nothing."""


def load_gold_pairs(folder: Path) -> tuple[KnownPair, ...]:
    """Return the pairs below a folder, in order of name.

    Raises:
        InvalidCase: there is none.
    """
    found = sorted(path.parent for path in folder.glob("*/gold.json"))
    if not found:
        raise InvalidCase(where=str(folder), found="holds no gold.json one folder down")
    return tuple(map(_gold_pair, found))


def _gold_pair(folder: Path) -> KnownPair:
    rows = {
        name: json.loads((folder / f"{name}.json").read_text("utf-8"))
        for name in ("source", "target", "gold")
    }
    sources, targets = (tuple(map(_attribute, rows[name])) for name in ("source", "target"))
    gold = frozenset((_pointer(left), _pointer(right)) for left, right in rows["gold"])
    return KnownPair(folder.name, _family(folder.name), sources, targets, gold)


def _family(name: str) -> str:
    """Return what the pairs of one system share: the last part of a target that several have."""
    first, last = name.split("-")[0], name.split("-")[-1]
    return last if first in ("schemanet", "smat") else first


def _pointer(dotted: str) -> str:
    at = ""
    for step in dotted.split("."):
        at = paths.child(at, step)
    return at


def _attribute(row: dict[str, Any]) -> FieldInfo:
    kind = row["type"].lower()
    said = "date" if kind == "date" else _FORMAT_OF.get(kind, "")
    return FieldInfo(
        path=_pointer(row["path"]),
        types=frozenset({"string"}) if said else _TYPE_OF.get(kind, ALL_TYPES),
        is_required=False,
        is_nullable=False,
        format=said,
        description=row["description"],
        examples=tuple(row["sample_values"]),
    )


def case_pairs(folder: str) -> tuple[KnownPair, ...]:
    """Return for each consumer of a case the correspondences that its payloads show.

    Source fields carry the values of the visible samples as examples, as a proposer sees them.
    """
    case, inputs = load_case(folder), load_case_inputs(folder)
    seen = [sample.payload for sample in inputs.samples]
    sources = tuple(
        replace(one, examples=(*one.examples, *_scalars(seen, one.path)))
        for one in inputs.after.fields[1:]
    )
    made = []
    for contract in inputs.contracts:
        shown = [
            (sample.payload, sample.expected_by(contract.consumer)) for sample in inputs.samples
        ]
        shown += [(one.payload, one.expected_by(contract.consumer)) for one in case.heldout]
        both = [(payload, expected[0]) for payload, expected in shown if expected]
        targets = contract.schema.fields[1:]
        gold = frozenset(_shown(sources, targets, both))
        unknown = {one.path for one in targets} - {target for _, target in gold}
        name = f"{case.family}/{case.id}:{contract.consumer}"
        made.append(KnownPair(name, case.family, sources, targets, gold, frozenset(unknown)))
    return tuple(one for one in made if one.gold)


def _scalars(payloads: Sequence[Json], path: str) -> tuple[Json, ...]:
    values = (value for payload in payloads for _, value in paths.find(payload, path))
    return tuple(value for value in values if isinstance(value, (str, int, float)))[:20]


LEAST_VALUES = 2
"""Different values that must agree before a field is believed to repeat another one."""


def _shown(
    sources: Sequence[FieldInfo], targets: Sequence[FieldInfo], both: Sequence[tuple[Json, Json]]
) -> Iterable[tuple[str, str]]:
    """Yield the targets that repeat exactly one source field, with it."""
    given = {one.path: [_values(payload, one.path) for payload, _ in both] for one in sources}
    for target in targets:
        wanted = [_values(output, target.path) for _, output in both]
        if len({value for values in wanted for value in values}) < LEAST_VALUES:
            continue
        repeated = [path for path, values in given.items() if values == wanted]
        if len(repeated) == 1:
            yield repeated[0], target.path


def _values(payload: Json, path: str) -> list[str]:
    """Return the scalars at a path as text, so that `1`, `1.0` and `"1"` agree."""
    found = (value for _, value in paths.find(payload, path))
    return [
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
        for value in found
        if isinstance(value, (str, int, float))
    ]
