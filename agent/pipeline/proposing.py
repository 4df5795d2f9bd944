"""Propose ⇄ verify: the one loop of the walk, bounded, carrying counterexamples."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.core.language.document import Adapter
from agent.core.language.syntax import Drop
from agent.core.language.walk import places
from agent.core.matching.names import field_text
from agent.core.proposing import Answer, PriorMapping, Task
from agent.core.repair import blamed, noted_again, repair, without
from agent.core.schema import FieldInfo
from agent.core.verify.accounting import account
from agent.core.verify.record import Verdict, Verification
from agent.core.verify.verify import verify
from agent.errors import MemoryUnavailable
from agent.pipeline.leaving_out import tried_on_left_out
from agent.pipeline.remembering import mappings_of
from agent.ports import Memory, Proposer

MAX_REPAIRS = 12
"""Repairs tried on one proposal; each must mend the counterexample that it was made for."""

MAX_ROUNDS = 2
"""Times that the proposers are asked again, each with one more counterexample."""

RECALLED = 40
MOST_RECALLED = 400
RECALLED_PER_FIELD = 4
"""Prior mappings recalled for one task: at least so many, at most, and per field asked about."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What proposing gave for one consumer. `seconds` is wall time."""

    adapter: Adapter
    verification: Verification
    answer: Answer
    seconds: float
    recalled: tuple[str, ...] = ()


class Proposing:
    """Asks every proposer in order and verifies what comes out, without a ledger."""

    def __init__(
        self,
        proposers: Sequence[Proposer],
        *,
        memory: Memory | None = None,
        seed: int = 0,
        tries: int = 300,
        watch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._proposers = tuple(proposers)
        self._memory = memory
        self._seed = seed
        self._tries = tries
        self._watch = watch

    def propose(self, task: Task) -> Proposed:
        """Return an adapter for the task's consumer, and its verification."""
        started = self._watch()
        if not task.priors:
            task = replace(task, priors=self._recall(task))
        answer = self._asked(task, self._proposers)
        answer = tried_on_left_out(task, answer, self._made_freely)
        answer, verification = self._repair(task, answer)
        answer, verification = self._ask_again(task, answer, verification)
        return Proposed(
            adapter=assemble(task, answer),
            verification=verification,
            answer=answer,
            seconds=self._watch() - started,
            recalled=tuple(prior.id for prior in task.priors),
        )

    def _asked(
        self, task: Task, proposers: Sequence[Proposer], so_far: Answer | None = None
    ) -> Answer:
        answer = so_far or Answer()
        for proposer in proposers:
            answer = proposer.propose(task, answer)
        return answer

    def _made_freely(self, task: Task) -> Adapter:
        """Return what the proposers make of a task that may be asked as often as one likes."""
        return assemble(task, self._asked(task, [one for one in self._proposers if one.is_free]))

    def _ask_again(
        self, task: Task, answer: Answer, verification: Verification
    ) -> tuple[Answer, Verification]:
        """Return what the proposers make of a counterexample that no repair mends.

        The rules that it blames are taken out and count as rejected. A round is taken when it
        meets the counterexample; the loop ends with the first that does not, or learns nothing.
        """
        for _ in range(MAX_ROUNDS):
            shown = verification.counterexample
            if verification.verdict is not Verdict.REFUTED or shown is None:
                break
            wrong = blamed(task, answer, shown)
            if not wrong or shown.payload in task.counterexamples:
                break
            rejected = self._rejected(task, answer, wrong)
            task = replace(
                task,
                counterexamples=(*task.counterexamples, shown.payload),
                priors=(*task.priors, *rejected),
            )
            asked = self._asked(task, self._proposers, without(answer, wrong))
            if asked.rows == answer.rows:
                break
            asked = noted_again(asked, wrong, shown.payload)
            mended, found = self._repair(task, asked)
            if found.verdict is Verdict.INFEASIBLE or found.counterexample == shown:
                break
            answer, verification = mended, found
        return answer, verification

    def _rejected(
        self, task: Task, answer: Answer, wrong: frozenset[str]
    ) -> tuple[PriorMapping, ...]:
        adapter = assemble(task, answer)
        others = frozenset(place.target for place in places(adapter.rows, let=adapter.let)) - wrong
        return mappings_of(
            adapter,
            after=task.after,
            contract=task.contract.schema,
            proposal=f"round {len(task.counterexamples) + 1}",
            is_approved=False,
            skipped=others,
        )

    def verify(self, task: Task, answer: Answer) -> Verification:
        """Return the verification of one answer."""
        return verify(
            assemble(task, answer),
            after=task.after,
            contract=task.contract,
            samples=task.samples,
            notes=answer.notes,
            unfed=answer.unfed,
            seed=self._seed,
            tries=self._tries,
        )

    def _repair(self, task: Task, answer: Answer) -> tuple[Answer, Verification]:
        verification = self.verify(task, answer)
        for _ in range(MAX_REPAIRS):
            if verification.verdict is not Verdict.REFUTED:
                break
            mended = repair(task, answer, verification)
            if mended is None:
                break
            found = self.verify(task, mended)
            if found.verdict is Verdict.INFEASIBLE:
                # A row for one field made a parent whose other required fields nothing feeds.
                break
            is_asked_only = mended.rows == answer.rows
            answer, verification = mended, found
            if is_asked_only:
                break
        return answer, verification

    def _recall(self, task: Task) -> tuple[PriorMapping, ...]:
        if self._memory is None:
            return ()
        texts = [field_text(field) for field in _of_the_change(task) if field.path]
        limit = min(max(RECALLED, RECALLED_PER_FIELD * len(texts)), MOST_RECALLED)
        try:
            return self._memory.recall(texts, limit=limit)
        except MemoryUnavailable:
            return ()


def _of_the_change(task: Task) -> tuple[FieldInfo, ...]:
    """Return the fields that memory is asked about: the contract's, and those that changed."""
    changed = {one.after_path for one in task.diff.changes} if task.diff is not None else set()
    return (
        *task.contract.schema.fields,
        *(one for one in task.after.fields if one.path in changed),
    )


def assemble(task: Task, answer: Answer) -> Adapter:
    """Return the adapter that an answer stands for, with a reason for every unread field."""
    adapter = Adapter(
        name=f"{task.source}-to-{task.consumer}",
        source=task.source,
        source_fingerprints=(task.after.fingerprint,),
        source_schema=task.after.document,
        consumer=task.consumer,
        contract_fingerprint=task.contract.schema.fingerprint,
        contract=task.contract.schema.document,
        let=answer.let,
        rows=answer.rows,
        drops=answer.drops,
    )
    unread = account(adapter, task.after, task.contract).unaccounted
    drops = tuple(Drop(path, _reason(task, path)) for path in unread)
    return replace(adapter, drops=answer.drops + drops)


def _reason(task: Task, path: str) -> str:
    if task.before is not None and task.before.field(path) is None:
        return "new, and no contract field asks for it"
    return "no contract field asks for it"
