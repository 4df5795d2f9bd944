"""What a proposal may see of a fixture case (DESIGN section 9): never its card, never held-out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.core.contract import Contract
from agent.core.proposing import Sample
from agent.core.schema import Schema
from agent.errors import InvalidCase
from agent.formats.samples import load_samples
from agent.formats.schemas import load_schema

_SUFFIX = ".schema.json"


@dataclass(frozen=True, slots=True)
class CaseInputs:
    """The schemas, contracts (by consumer name) and samples (by file name) of a case."""

    before: Schema | None
    after: Schema
    contracts: tuple[Contract, ...]
    samples: tuple[Sample, ...]


def load_case_inputs(folder: str) -> CaseInputs:
    """Return what a fixture case gives to a proposer.

    `case.json` and `heldout/` are never opened.

    Raises:
        InvalidCase: the folder is no case: a schema or all contracts are missing.
        InvalidDocument, InvalidSchema: one of its files cannot be used.
    """
    place = Path(folder)
    after, before = place / f"source_after{_SUFFIX}", place / f"source_before{_SUFFIX}"
    if not after.is_file():
        raise InvalidCase(
            where=folder, found=f"no {after.name}", help="is this the folder of a fixture case?"
        )
    samples = place / "samples"
    return CaseInputs(
        before=load_schema(str(before)) if before.is_file() else None,
        after=load_schema(str(after)),
        contracts=_load_contracts(place / "contracts"),
        samples=load_samples(str(samples)) if samples.is_dir() and any(samples.iterdir()) else (),
    )


def _load_contracts(folder: Path) -> tuple[Contract, ...]:
    files = {
        path.name.removesuffix(_SUFFIX): path
        for path in (folder.glob(f"*{_SUFFIX}") if folder.is_dir() else ())
    }
    if not files:
        raise InvalidCase(
            where=str(folder), found="no contract", help=f"put CONSUMER{_SUFFIX} files there"
        )
    return tuple(Contract(name, load_schema(str(files[name]))) for name in sorted(files))
