"""Each pair left out in turn."""

from __future__ import annotations

from dataclasses import replace

from agent.core.confidence.signals import Ground, Signals
from agent.core.language.document import Adapter
from agent.core.proposing import Answer, RuleNote, Sample, Task, Unfed
from agent.pipeline.leaving_out import MOST, tried_on_left_out
from tests.core.verify.making import TEXT, make_adapter, obj
from tests.proposers.small_tasks import make_task

SOURCE, CONTRACT = obj("a", a=TEXT), obj("b", b=TEXT)
ON_PAIRS = RuleNote("/b", 0.5, signals=Signals(Ground.PAIRS))


def task_of(*outputs: str) -> Task:
    """Return a task whose pairs show the same payload field, and these outputs."""
    samples = tuple(Sample({"a": text}, (("billing", {"b": text}),)) for text in outputs)
    task = make_task(SOURCE, CONTRACT)
    return replace(
        task,
        samples=tuple(
            replace(one, expected=tuple((task.consumer, out) for _, out in one.expected))
            for one in samples
        ),
    )


class Reciting:
    """Gives the output of the first pair that it is shown, whatever comes."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, task: Task) -> Adapter:
        """Return an adapter with a constant."""
        self.seen.append(len(task.pairs()))
        known = task.pairs()[0][1]["b"]
        rules = [{"target": "/b", "value": repr(known)}]
        return make_adapter(rules, source=SOURCE, contract=CONTRACT)


def reading(_: Task) -> Adapter:
    """Return an adapter that reads the field."""
    rules = [{"target": "/b", "value": "src.a"}]
    return make_adapter(rules, source=SOURCE, contract=CONTRACT)


def test_tried__rule_that_recites__is_wrong_where_its_pair_is_left_out() -> None:
    """It explains what it has seen and no more; it gets less sure than one that reads."""
    task = task_of("x", "y", "z")
    recited = tried_on_left_out(task, Answer(notes=(ON_PAIRS,)), Reciting()).notes[0]
    read = tried_on_left_out(task, Answer(notes=(ON_PAIRS,)), reading).notes[0]

    assert recited.signals == replace(ON_PAIRS.signals, left_out_wrong=3)  # type: ignore[type-var]
    assert read.signals == replace(ON_PAIRS.signals, left_out_right=3)  # type: ignore[type-var]
    assert recited.confidence < read.confidence
    assert read.evidence[-1].text == "right on 3 of 3 pairs when each was left out in turn"


def test_tried__many_pairs__leaves_out_a_few_of_them() -> None:
    """Each is left out alone, and no more than a bounded number."""
    make = Reciting()
    tried_on_left_out(task_of(*"abcdefgh"), Answer(notes=(ON_PAIRS,)), make)

    assert make.seen == [7] * MOST


def test_tried__nothing_to_leave_out__asks_nobody() -> None:
    """One pair, a rule that no pair shows, or a field that nothing feeds: there is no trial."""
    make = Reciting()
    named = replace(ON_PAIRS, signals=Signals(Ground.NAMES))
    unfed = Answer(notes=(ON_PAIRS,), unfed=(Unfed("/c", is_required=True, question=""),))

    for task, answer in (
        (task_of("x"), Answer(notes=(ON_PAIRS,))),
        (task_of("x", "y"), Answer(notes=(named,))),
        (task_of("x", "y"), unfed),
    ):
        assert tried_on_left_out(task, answer, make) == answer
    assert make.seen == []
