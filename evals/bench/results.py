"""What a run of the benchmark measured, as records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evals.bench.costs import CompileCost, Refusals
from evals.bench.mappings import MAPPINGS
from evals.bench.own import BASELINE, COMPILED, INTERPRETER
from evals.bench.stream import StreamCost
from evals.bench.timing import Timing


class Way(StrEnum):
    """What goes in and what comes out."""

    VALUES = "dict → dict"
    BYTES = "bytes → bytes"


@dataclass(frozen=True, slots=True)
class Cell:
    """One engine on one mapping, one way: its timing, or the reason why there is none."""

    mapping: str
    way: Way
    engine: str
    timing: Timing | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompilerCosts:
    """What is measured of the compiler alone, on one mapping."""

    mapping: str
    compiling: CompileCost
    refusals: Refusals
    refusing: Timing
    worst_refusing: Timing


@dataclass(frozen=True, slots=True)
class Results:
    """All that one run measured."""

    cells: tuple[Cell, ...]
    costs: tuple[CompilerCosts, ...] = ()
    stream: StreamCost | None = None

    def cell(self, mapping: str, way: Way, engine: str) -> Cell | None:
        """Return one cell, or None when it was not run."""
        wanted = (mapping, way, engine)
        return next(
            (cell for cell in self.cells if (cell.mapping, cell.way, cell.engine) == wanted), None
        )

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines: the baseline and the project's own first, then the others by name."""
        own = (BASELINE, COMPILED, INTERPRETER)
        found = {cell.engine for cell in self.cells}
        return (*(name for name in own if name in found), *sorted(found.difference(own)))

    @property
    def mappings(self) -> tuple[str, ...]:
        """The mappings that were run, in their usual order."""
        found = {cell.mapping for cell in self.cells}
        return tuple(name for name in MAPPINGS if name in found)
