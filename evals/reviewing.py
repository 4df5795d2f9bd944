"""What a reviewer would make of a scored proposal, and what memory keeps of it.

The held-out payloads stand in for the reviewer's knowledge, once the proposal is scored: a rule
that gave its target rightly on all of them is approved, one that did not is rejected. What is
wrong or open a reviewer mends before approving: the mended rule is the one that the expected
outputs of the case's samples explain, where that is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.syntax import EachRow
from agent.core.language.walk import places
from agent.core.proposing import PriorMapping, Task
from agent.core.values import Json, fingerprint, same_value
from agent.errors import PayloadRefused
from agent.pipeline.remembering import mappings_of, taken_by
from agent.ports import Memory
from evals.attempt import ProposedLike, Proposes, load_tasks, run_or_refuse
from evals.cases import Case


@dataclass(slots=True)
class Reviewed:
    """Proposes with a memory, which keeps what a reviewer makes of each scored proposal.

    `mending` proposes without memory, from the samples with their expected outputs; what it makes
    of a case is the same in every order, and kept in the folder `mended`.
    """

    proposing: Proposes
    mending: Proposes
    memory: Memory
    mended: Path

    def propose(self, task: Task) -> ProposedLike:
        """Return a verified proposal."""
        return self.proposing.propose(task)

    def learn(self, case: Case, task: Task, adapter: Adapter) -> None:
        """Remember the rules of a proposal as approved or rejected, and the mended ones."""
        kept = {one.id: one for one in reviewed(case, task, adapter, run=run_or_refuse)}
        for known in load_tasks(case.folder, is_unpaired=False):
            if known.consumer == task.consumer and known.samples != task.samples:
                for one in self._mended(case, known):
                    rule = kept.get(one.id)
                    if rule is None or not rule.is_approved:
                        kept[f"{one.id} mended"] = replace(one, id=f"{one.id} mended")
        self.memory.remember(tuple(kept.values()))

    def _mended(self, case: Case, task: Task) -> tuple[PriorMapping, ...]:
        name = fingerprint([case.folder, task.consumer]).removeprefix("sha256:")
        path = self.mended / f"{name}.json"
        if path.exists():
            kept = json.loads(path.read_text("utf-8"))
            return tuple(PriorMapping(**one | {"reads": tuple(one["reads"])}) for one in kept)
        adapter = self.mending.propose(task).adapter
        found = reviewed(case, task, adapter, run=run_or_refuse)
        right = tuple(one for one in found if one.is_approved)
        path.write_text(json.dumps([asdict(one) for one in right]), "utf-8")
        return right


Run = Callable[[Adapter, Json], Json]


def reviewed(case: Case, task: Task, adapter: Adapter, *, run: Run) -> tuple[PriorMapping, ...]:
    """Return the rules of an adapter as approved or rejected mappings, under the case's name.

    In a task the source is nameless; a mapping of another case is one of another source.
    """
    right = right_targets(case, task.consumer, adapter, run=run)
    found: list[PriorMapping] = []
    for is_approved in (True, False):
        others = frozenset(path for path, is_right in right.items() if is_right != is_approved)
        unknown = frozenset(path for path, _ in _targets(adapter)) - right.keys()
        found += mappings_of(
            adapter,
            after=task.after,
            contract=task.contract.schema,
            proposal=f"{case.family}/{case.id}/{task.consumer}",
            is_approved=is_approved,
            skipped=others | unknown,
            source=f"{case.family}/{case.id}",
        )
    return tuple(found)


def right_targets(case: Case, consumer: str, adapter: Adapter, *, run: Run) -> dict[str, bool]:
    """Return for each target that a rule computes whether it is right on every held-out payload.

    A refused payload tells about the refusing rule alone; a target that no payload tells about
    is not in the answer.
    """
    verdicts: dict[str, bool] = {}
    targets = dict(_targets(adapter))
    for payload, expected in _heldout(case, consumer):
        try:
            output = run(adapter, payload)
        except PayloadRefused as refusal:
            refused = {one for one in targets if _names(one, refusal.target)}
            verdicts |= dict.fromkeys(refused, False)
            continue
        for target, is_loop in targets.items():
            found, wanted = _at(output, target, is_loop), _at(expected, target, is_loop)
            is_right = same_value(found, wanted, tolerance=case.tolerance)
            if found or wanted:
                verdicts[target] = is_right and verdicts.get(target, True)
    return verdicts


def _heldout(case: Case, consumer: str) -> Iterator[tuple[Json, Json]]:
    if not case.is_feasible(consumer):
        return
    for one in case.heldout:
        for expected in one.expected_by(consumer):
            yield one.payload, expected


def _at(document: Json, target: str, is_loop: bool) -> dict[str, Json]:
    """Return what stands at a target; of a loop's array only how many items it has."""
    found = dict(paths.find(document, target))
    if not is_loop:
        return found
    return {at: len(one) if isinstance(one, list | dict) else one for at, one in found.items()}


def _targets(adapter: Adapter) -> Iterator[tuple[str, bool]]:
    for place in places(adapter.rows, let=adapter.let):
        if taken_by(place.row) is not None:
            yield place.target, isinstance(place.row, EachRow) and place.row.value is None


def _names(target: str, place: str) -> bool:
    """Return whether a target with `*` names a concrete place."""
    wanted, found = paths.parse(target), paths.parse(place)
    return len(wanted) == len(found) and all(
        one in (paths.ANY, other) for one, other in zip(wanted, found, strict=True)
    )
