"""Generated objects of the output: what the rows drafted, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.compiler import kinds
from agent.core.language.compiler.generator import Generator
from agent.core.language.compiler.source import is_odd
from agent.core.language.compiler.values import Value


@dataclass
class Draft:
    """What some rows write: values by target, and where an object or null stands without any.

    `nulls` and `opens` hold the code of whether it does. `targets` tell how many rows write
    at or beneath a target, `outer` is the draft of the rows around a block that may not run.
    """

    targets: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    outer: Draft | None = None
    leaves: dict[tuple[str, ...], Value] = field(default_factory=dict)
    nulls: dict[tuple[str, ...], str] = field(default_factory=dict)
    opens: dict[tuple[str, ...], str] = field(default_factory=dict)

    def before(self, target: tuple[str, ...]) -> Value | None:
        """Return what has been written at a target so far, here or around."""
        if target in self.leaves or self.outer is None:
            return self.leaves.get(target)
        return self.outer.before(target)

    def flag(self, kind: str, target: tuple[str, ...]) -> str:
        """Return the code of whether null (`nulls`) or an object (`opens`) stands there so far."""
        flags: dict[tuple[str, ...], str] = getattr(self, kind)
        if target in flags or self.outer is None:
            return flags.get(target, "False")
        return self.outer.flag(kind, target)

    def is_alone(self, target: tuple[str, ...], *, own: int) -> bool:
        """Return whether only one row writes there: one with so many targets, inner rows' too."""
        return self.targets.get(target, 0) == own


@dataclass
class Place:
    """One object of the output: its fields, and the code of when it stands without any."""

    fields: dict[str, Place] = field(default_factory=dict)
    leaf: Value | None = None
    null: str = ""
    is_open: str = ""


def tree_of(draft: Draft) -> Place:
    """Return the objects of an output, with what a draft says of each."""
    root = Place()
    for target, value in draft.leaves.items():
        place_at(root, target).leaf = value
    for target, code in draft.nulls.items():
        place_at(root, target).null = code
    for target, code in draft.opens.items():
        place_at(root, target).is_open = code
    return root


def place_at(place: Place, target: tuple[str, ...]) -> Place:
    """Return the place of a target, made where there is none yet."""
    for token in target:
        place = place.fields.setdefault(paths.key_of(token), Place())
    return place


def assemble(gen: Generator, place: Place, *, is_root: bool = False) -> tuple[str, bool]:
    """Return the code of an object with its fields, and whether it is surely there."""
    if place.leaf is not None:
        return place.leaf.code, not place.leaf.has(kinds.MISSING)
    fields = {key: assemble(gen, below) for key, below in place.fields.items()}
    is_sure = is_root or place.is_open == "True" or any(sure for _, sure in fields.values())
    if gen.is_typed and len(fields) >= _FEWEST_FIELDS and not any(map(is_odd, fields)):
        return _assemble_struct(gen, place, fields, is_sure=is_sure)
    sure = ", ".join(f"{key!r}: {code}" for key, (code, is_there) in fields.items() if is_there)
    name = gen.code.assign(f"{{{sure}}}", "d")
    for key, (code, is_there) in fields.items():
        if not is_there:
            gen.code.line(f"if {code} is not M: {name}[{key!r}] = {code}")
    if is_sure:
        return name, True
    there = f"{name} or {place.is_open}" if place.is_open else name
    return gen.code.assign(f"{name} if {there} else {_otherwise(place)}", "d"), False


_FEWEST_FIELDS = 4
"""Objects of fewer fields are not worth a type of their own."""


def _assemble_struct(
    gen: Generator, place: Place, fields: dict[str, tuple[str, bool]], *, is_sure: bool
) -> tuple[str, bool]:
    """Return an object as a record, which is made and written faster than a dictionary."""
    record = gen.code.hold(_record(tuple(fields)), "RECORD")
    made = f"{record}({', '.join(code for code, _ in fields.values())})"
    if is_sure:
        return gen.code.assign(made, "d"), True
    tests = [f"{code} is not M" for code, _ in fields.values()]
    tests += [place.is_open] if place.is_open else []
    return gen.code.assign(f"{made} if {' or '.join(tests)} else {_otherwise(place)}", "d"), False


def _otherwise(place: Place) -> str:
    return f"(None if {place.null} else M)" if place.null else "M"


def _record(keys: tuple[str, ...]) -> type:
    """Return a record type with these fields; one that is missing is not written."""
    import msgspec

    names = {f"f{index}": key for index, key in enumerate(keys)}
    return msgspec.defstruct(
        "Record",
        [(name, object, MISSING) for name in names],
        rename=names,
        gc=False,
        omit_defaults=True,
    )
