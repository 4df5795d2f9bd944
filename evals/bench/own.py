"""This project's own engines, and what is measured of them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any, Final, Protocol, cast

from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.values import Json
from evals.bench.baselines import BASELINES, over_bytes
from evals.bench.engines import (
    CHECKING,
    DATES,
    GUARDED,
    NO_DATES,
    NOT_CHECKING,
    Absent,
    Engine,
)

BASELINE: Final = "hand-written Python"
INTERPRETER: Final = "reference interpreter"
COMPILED: Final = "compiled adapter"
WITHOUT_DATES: Final = "compiled, without the date"
"""The adapter less the rule that datalogic-py cannot say, to hold against it."""

_COMPILER: Final = "agent.core.language.compiler"


class Compiled(Protocol):
    """A compiled adapter; its functions are generated when they are first asked for."""

    @property
    def of_bytes(self) -> Callable[[bytes], Any]:
        """The function from bytes to bytes."""

    def run(self, payload: Json) -> Json:
        """Return the output for one payload."""

    def run_bytes(self, body: bytes) -> bytes:
        """Return the output for one payload, both as JSON text."""


def find_compiler() -> Callable[[Adapter], Compiled] | None:
    """Return what compiles an adapter, or None where it is not there."""
    try:
        module: Any = import_module(_COMPILER)
    except ModuleNotFoundError:
        return None
    return cast("Callable[[Adapter], Compiled]", module.compile_adapter)


def make_baseline(mapping: str) -> Engine:
    """Return the hand-written function of one mapping."""
    function = BASELINES[mapping]
    return Engine(BASELINE, function, over_bytes(function), remarks=(NOT_CHECKING,))


def make_own(adapter: Adapter) -> Iterator[Engine | Absent]:
    """Yield the project's engines for one mapping."""
    interpret = partial(run, adapter)
    yield Engine(INTERPRETER, interpret, over_bytes(interpret), remarks=(GUARDED,))
    compile_adapter = find_compiler()
    if compile_adapter is None:
        yield Absent(COMPILED, "not there")
        return
    compiled = compile_adapter(adapter)
    by_bytes = compiled.run_bytes if has_bytes(compiled) else None
    yield Engine(COMPILED, compiled.run, by_bytes, remarks=(CHECKING,))
    kept = tuple(row for row in adapter.rows if row.target.removeprefix("/") not in DATES)
    if by_bytes is not None and len(kept) < len(adapter.rows):
        less = compile_adapter(replace(adapter, rows=kept))
        remarks = (CHECKING, NO_DATES)
        yield Engine(WITHOUT_DATES, less.run, less.run_bytes, left_out=DATES, remarks=remarks)


def has_bytes(compiled: Compiled) -> bool:
    """Return whether a compiled adapter goes from bytes to bytes yet."""
    return hasattr(compiled, "run_bytes")
