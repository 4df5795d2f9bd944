"""Fixture cases as the scorer sees them: `case.json`, the consumers, the held-out payloads.

A proposer never gets what is read here; it goes through `agent.formats.cases` (DESIGN, section 9).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent.core.values import RELATIVE_TOLERANCE, Json
from agent.errors import DriftmendError, InvalidCase
from agent.formats.documents import load_file

_TEXTS = ("id", "title", "family", "kind", "origin", "license", "how_gold_was_made", "notes")
_KNOWN = frozenset({*_TEXTS, "tags", "paired_samples", "tolerance", "infeasible"})


class CaseKind(StrEnum):
    """What kind of integration a case stands for."""

    VERSION_CHANGE = "version-change"
    CROSS_SYSTEM = "cross-system"
    BY_EXAMPLE = "by-example"


@dataclass(frozen=True, slots=True)
class Heldout:
    """A payload that no proposer has seen, with what each consumer should get from it."""

    name: str
    payload: Json
    expected: tuple[tuple[str, Json], ...] = ()

    def expected_by(self, consumer: str) -> tuple[Json, ...]:
        """Return the expected output of one consumer: one value, or none when it is not given."""
        return tuple(value for name, value in self.expected if name == consumer)


@dataclass(frozen=True, slots=True)
class Case:
    """One case, all of it but the files that the proposer gets.

    `consumers` are all of them, in order of name; for `infeasible_consumers` the right answer is
    to refuse and to name every one of `infeasible_fields` (contract paths).
    """

    folder: str
    id: str
    title: str
    family: str
    kind: CaseKind
    origin: str
    license: str
    how_gold_was_made: str
    notes: str
    tags: tuple[str, ...]
    paired_samples: int
    consumers: tuple[str, ...]
    heldout: tuple[Heldout, ...]
    tolerance: float = RELATIVE_TOLERANCE
    infeasible_consumers: tuple[str, ...] = ()
    infeasible_fields: tuple[str, ...] = ()

    def is_feasible(self, consumer: str) -> bool:
        """Return whether the consumer's contract can be met."""
        return consumer not in self.infeasible_consumers


def find_cases(roots: Sequence[str]) -> list[str]:
    """Return the folders that hold a `case.json`, at any depth below the roots, in path order.

    Raises:
        InvalidCase: a root does not exist, or holds no case.
    """
    found: set[str] = set()
    for root in roots:
        if not Path(root).is_dir():
            raise InvalidCase(where=root, found="is no folder", help="name a folder with cases")
        below = [folder for folder, _, files in os.walk(root) if "case.json" in files]
        if not below:
            raise InvalidCase(
                where=root,
                found="holds no case.json at any depth",
                help="a case is a folder with case.json, schemas, contracts/, samples/, heldout/",
            )
        found.update(os.path.realpath(folder) for folder in below)
    return sorted(found)


def consumers_of(folder: str) -> tuple[str, ...]:
    """Return the consumers that have a contract in a case folder, in order of name."""
    contracts = Path(folder, "contracts").glob("*.schema.json")
    return tuple(sorted(path.name.removesuffix(".schema.json") for path in contracts))


def load_case(folder: str | Path) -> Case:
    """Return the case of one folder.

    Raises:
        InvalidCase: a file is missing or unreadable, or `case.json` breaks the case format.
    """
    root = Path(folder)
    about = _read(root / "case.json")
    where = str(root / "case.json")
    _check_keys(about, where)
    consumers = consumers_of(str(root))
    if not consumers:
        raise InvalidCase(where=str(root / "contracts"), found="holds no <consumer>.schema.json")
    bad, fields = _infeasible(about, consumers, where=where)
    return Case(
        folder=str(root),
        **{key: _text(about, key, where) for key in _TEXTS if key != "kind"},
        kind=_kind(about, where),
        tags=_texts(about.get("tags", []), "tags", where),
        paired_samples=_count(about, where),
        consumers=consumers,
        heldout=_load_heldout(root),
        tolerance=_tolerance(about, where),
        infeasible_consumers=bad,
        infeasible_fields=fields,
    )


def _read(path: Path) -> Json:
    try:
        return load_file(str(path))
    except (DriftmendError, OSError) as error:
        raise InvalidCase(where=str(path), found=f"cannot be read: {error}") from error


def _check_keys(about: Json, where: str) -> None:
    if not isinstance(about, dict):
        raise InvalidCase(where=where, found="is not an object")
    unknown = sorted(set(about) - _KNOWN)
    if unknown:
        raise InvalidCase(
            where=where,
            found=f"has unknown keys: {', '.join(unknown)}",
            help=f"known are {', '.join(sorted(_KNOWN))}",
        )


def _text(about: Json, key: str, where: str) -> str:
    value = about.get(key)
    if not isinstance(value, str):
        raise InvalidCase(where=f"{where}#/{key}", found="is missing or not text")
    return value


def _texts(value: Json, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidCase(where=f"{where}#/{key}", found="is not an array of texts")
    return tuple(value)


def _kind(about: Json, where: str) -> CaseKind:
    text = _text(about, "kind", where)
    if text not in tuple(CaseKind):
        raise InvalidCase(
            where=f"{where}#/kind", found=f"is {text!r}", help=f"one of {', '.join(CaseKind)}"
        )
    return CaseKind(text)


def _count(about: Json, where: str) -> int:
    value = about.get("paired_samples")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidCase(where=f"{where}#/paired_samples", found="is not a count")
    return value


def _tolerance(about: Json, where: str) -> float:
    value = about.get("tolerance", RELATIVE_TOLERANCE)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise InvalidCase(where=f"{where}#/tolerance", found="is not a number from 0 to below 1")
    return float(value)


def _infeasible(
    about: Json, consumers: Iterable[str], *, where: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    given = about.get("infeasible")
    if given is None:
        return (), ()
    place = f"{where}#/infeasible"
    if not isinstance(given, dict) or set(given) != {"consumers", "fields"}:
        raise InvalidCase(where=place, found="does not have exactly the keys consumers and fields")
    bad = _texts(given["consumers"], "infeasible/consumers", where)
    fields = _texts(given["fields"], "infeasible/fields", where)
    unknown = sorted(set(bad) - set(consumers))
    if unknown or not bad or not fields:
        found = f"names consumers without a contract: {', '.join(unknown)}"
        raise InvalidCase(where=place, found=found if unknown else "names no consumer or no field")
    return bad, fields


def _load_heldout(root: Path) -> tuple[Heldout, ...]:
    files = sorted((root / "heldout").glob("*.json"))
    if not files:
        raise InvalidCase(where=str(root / "heldout"), found="holds no payload")
    return tuple(_heldout(path) for path in files)


def _heldout(path: Path) -> Heldout:
    row = _read(path)
    if not isinstance(row, dict) or "payload" not in row or set(row) - {"payload", "expected"}:
        raise InvalidCase(where=str(path), found='is not {"payload", "expected"?}')
    expected = row.get("expected", {})
    if not isinstance(expected, dict):
        raise InvalidCase(where=f"{path}#/expected", found="does not map consumers to outputs")
    return Heldout(path.stem, row["payload"], tuple(expected.items()))
