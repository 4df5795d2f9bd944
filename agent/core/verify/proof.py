"""The proof of an adapter: that every valid payload conforms, or what stands open.

The shape of all outputs is inferred from the rules and the source schema, and has to be included
in the contract. What cannot be shown is an obligation; without any the adapter is proved, within
the printed limits of the language (DESIGN, section 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from agent.core import inclusion
from agent.core.contract import Contract
from agent.core.language.document import Adapter
from agent.core.language.printer import print_expression
from agent.core.language.syntax import EachRow, GroupRow, Row, WithRow
from agent.core.language.types import MayFail, infer_adapter
from agent.core.schema import Schema, make_schema
from agent.core.shapes import Shape, from_schema, to_document
from agent.core.values import Json
from agent.core.verify.backtracking import risky_patterns
from agent.core.verify.trial import starred
from agent.core.verify.undeclared import find_undeclared
from agent.errors import InvalidSchema

MAX_OBLIGATIONS: Final = 50
"""Most operations that are listed as ones that may refuse."""


class ObligationKind(StrEnum):
    """What could not be shown. The values are codes of findings."""

    MAY_REFUSE = "may_refuse"
    MAY_BREAK = "may_break"
    MAY_BE_UNDECLARED = "may_be_undeclared"
    INVARIANT = "invariant"


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that a proof needs and that could not be shown; `path` is in the output."""

    kind: ObligationKind
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands open. `hint` is an output that may be possible and would break the contract:
    it is made of what is known of the outputs, no payload need lead to it."""

    obligations: tuple[Obligation, ...] = ()
    hint: tuple[Json, ...] = ()

    @property
    def is_proved(self) -> bool:
        """Whether every valid payload surely conforms, and none is refused."""
        return not self.obligations


def prove(adapter: Adapter, *, after: Schema, contract: Contract) -> Proof:
    """Return what could be shown of `adapter` for all payloads that are valid under `after`."""
    typed = infer_adapter(adapter, from_schema(after))
    refusals = tuple(islice(_refusals(adapter, typed.failures), MAX_OBLIGATIONS))
    breaks, hint = _breaks(typed.shape, contract)
    undeclared = find_undeclared(typed.shape, contract.schema)
    beyond = (*_given_up(after, contract), *_invariants(contract))
    return Proof((*refusals, *breaks, *_undeclared(undeclared, contract), *beyond), hint)


def _refusals(adapter: Adapter, failures: Sequence[MayFail]) -> Iterator[Obligation]:
    targets = dict(_targets(adapter.rows, target="", rule=""))
    for failure in dict.fromkeys(failures):
        made = f" in {print_expression(failure.expression)}" if failure.expression else ""
        yield Obligation(
            ObligationKind.MAY_REFUSE,
            targets.get(failure.rule, ""),
            f"{failure.operation} may find {failure.reason}{made}",
        )


def _targets(rows: Sequence[Row], *, target: str, rule: str) -> Iterator[tuple[str, str]]:
    """Yield every rule with the target that it writes, `*` for items."""
    for number, row in enumerate(rows):
        here, pointer = target + row.target, f"{rule}/rules/{number}"
        yield pointer, here
        if isinstance(row, (EachRow, GroupRow, WithRow)):
            below = f"{here}/*" if isinstance(row, EachRow) else here
            yield from _targets(row.rows, target=below, rule=pointer)


def _breaks(shape: Shape, contract: Contract) -> tuple[tuple[Obligation, ...], tuple[Json, ...]]:
    if not shape.is_json:
        message = "an output may hold a date or a table, which no payload holds"
        return (Obligation(ObligationKind.MAY_BREAK, "", message),), ()
    try:
        outputs = make_schema(to_document(shape), origin="outputs")
    except InvalidSchema as error:
        message = f"what the outputs are cannot be written as a schema: {error.found}"
        return (Obligation(ObligationKind.MAY_BREAK, "", message),), ()
    found = inclusion.decide(outputs, contract.schema)
    if found.is_proved:
        return (), ()
    if found.is_refuted:
        return (_broken(found.witness, contract),), (found.witness,)
    message = f"it could not be decided whether every output meets {found.obstacle}"
    return (Obligation(ObligationKind.MAY_BREAK, "", message),), ()


def _broken(output: Json, contract: Contract) -> Obligation:
    for violation in contract.violations(output, limit=1):
        message = f"an output may break contract#{violation.clause}: {violation.message}"
        return Obligation(ObligationKind.MAY_BREAK, starred(violation.path), message)
    return Obligation(ObligationKind.MAY_BREAK, "", "an output may break the contract")


def _undeclared(path: str | None, contract: Contract) -> tuple[Obligation, ...]:
    if path is None:
        return ()
    message = f"an output may have a field that {contract.consumer}'s contract does not declare"
    return (Obligation(ObligationKind.MAY_BE_UNDECLARED, path, message),)


def _given_up(after: Schema, contract: Contract) -> Iterator[Obligation]:
    documents = (after.document, contract.schema.document)
    for pattern in dict.fromkeys(one for each in documents for one in risky_patterns(each)):
        message = f"validation may give up on a text before it knows whether {pattern!r} matches"
        yield Obligation(ObligationKind.MAY_BREAK, "", message)


def _invariants(contract: Contract) -> Iterator[Obligation]:
    for number, declared in enumerate(contract.invariants):
        message = f"no proof covers the invariant {number} of the contract: {declared.expression}"
        yield Obligation(ObligationKind.INVARIANT, "", message)
