"""What a model's suggestions must be before they are taken."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.language.document import read_adapter, write_adapter
from agent.core.language.parser import parse
from agent.core.language.reads import provenance
from agent.core.language.syntax import ValueRow
from agent.core.proposing import Answer, Sample, Unfed
from agent.pipeline.proposing import assemble
from agent.proposers.language_model import LanguageModel
from agent.proposers.model_patience import Patience
from agent.proposers.model_replies import Reply
from tests.proposers.fake_endpoint import says, suggests
from tests.proposers.model_story import (
    OPEN_NAME,
    OPEN_NOTE,
    OPEN_STATUS,
    PAYLOAD,
    SO_FAR,
    TASK,
    make_task,
    note_on,
    propose,
    rule_at,
)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("'Jo'", "it reads no source field, and values are not invented"),
        ("upper('jo')", "it reads no source field, and values are not invented"),
        ("src.cust_name", "it reads /cust_name, which the source does not declare"),
        ("src.items.code", "it reads /items/code, which the source does not declare"),
        ("default(src.cust_nm, 'n/a')", "it invents 'n/a', which nothing documents"),
        ("text(default(src.cust_nm, 'n/a'))", "it invents 'n/a', which nothing documents"),
        ("coalesce('Jo', src.cust_nm)", "it invents 'Jo', which nothing documents"),
        ("switch(src.id, {}, otherwise='Jo')", "it invents 'Jo', which nothing documents"),
        ("lookup(src.state, {'paid': 'Jo'})", "it invents 'Jo', which nothing documents"),
        ("'Jo' if src.id == 'A1' else src.id", "it invents 'Jo', which nothing documents"),
        ("first([src.id, 'Jo'])", "it invents 'Jo', which nothing documents"),
        ("['Jo', src.id][0]", "it invents 'Jo', which nothing documents"),
        ("src.id if present(src.id) else None", "it invents None, which nothing documents"),
        ("item.code", "outside the language: the unknown name item"),
        ("__import__('os').system('true')", "outside the language"),
        ("src.id.upper()", "outside the language"),
        ("[x for x in", "outside the language"),
        ("src['\ud800']", ""),
        ("src['\\ud800']", ""),
        ("1" * 1900 + " + src.id", ""),
        ("(" * 900 + "src.id" + ")" * 900, ""),
        ("pad(src.id, 9, 'x') + sum([1, default(src.n, 2)])", ""),
        ("", "outside the language: an empty expression"),
        ("src.id" + " " * 3000, "an expression of 3006 characters"),
    ],
)
def test_propose__when_an_expression_may_not_be__drops_it_with_the_reason(
    value: str, reason: str
) -> None:
    """What is unreadable, unknown or invented becomes no rule, and the reason is kept."""
    answer = propose(suggests(customer__name=value))
    assert (answer.rows, answer.unfed) == (SO_FAR.rows, SO_FAR.unfed)
    assert answer.usage is not None
    (failure,) = answer.usage.failures
    assert failure.startswith(f"dropped /customer/name: {reason}")


@pytest.mark.parametrize(
    ("unfed", "target", "value"),
    [
        (OPEN_STATUS, "status", "lookup(src.state, {'paid': 'PAID', 'void': 'CANCELLED'})"),
        (OPEN_STATUS, "status", "'PAID' if src.state == 'paid' else 'CANCELLED'"),
        (OPEN_NOTE, "note", "default(src.cust_nm, 'none')"),
        (OPEN_NOTE, "note", "join(' - ', src.id, src.cust_nm)"),
        (OPEN_NOTE, "note", "text(src.prices.EUR)"),
        (OPEN_NOTE, "note", "join(', ', [one.code for one in src.items])"),
    ],
)
def test_propose__when_constants_are_documented__takes_the_rule(
    unfed: Unfed, target: str, value: str
) -> None:
    """Members of an enum, defaults and separators are no inventions."""
    answer = propose(suggests(**{target: value}), so_far=replace(SO_FAR, unfed=(unfed,)))
    assert rule_at(answer, unfed.path) == value


def test_propose__when_a_pair_contradicts_a_rule__drops_it() -> None:
    """A rule that misses a paired sample would refute the whole adapter."""
    expected = {"id": "A1", "status": "PAID", "customer": {"name": "Jo"}}
    task = make_task(samples=(Sample(PAYLOAD, (("billing", expected),)),))
    so_far = replace(SO_FAR, unfed=(OPEN_NAME,))
    assert propose(suggests(customer__name="src.id"), task, so_far).rows == SO_FAR.rows
    answer = propose(suggests(customer__name="src.cust_nm"), task, so_far)
    assert note_on(answer, "/customer/name").confidence == 0.6


def test_propose__when_a_target_was_not_asked_for__drops_it() -> None:
    """A model cannot widen what it was asked, nor answer twice."""
    rules = [
        {"target": target, "value": value, "why": ""}
        for target, value in [
            ("/id", "src.alt_id"),
            ("/status", "src.state"),
            ("/customer/name", "src.alt_id"),
            ("/customer/name", "src.id"),
        ]
    ]
    answer = propose(says(json.dumps({"rules": rules})))
    assert answer.rows == (*SO_FAR.rows, ValueRow("/customer/name", parse("src.alt_id")))
    assert answer.usage is not None
    assert [text.partition(":")[0] for text in answer.usage.failures] == [
        "dropped /id",
        "dropped /status",
        "dropped /customer/name",
    ]


# hostile answers


def is_within_bounds(answer: Answer) -> bool:
    """Return whether every rule reads back, reads declared fields and writes an open target."""
    adapter = assemble(TASK, answer)
    declared = {field.path for field in TASK.after.fields}
    new = [one for one in provenance(adapter) if one.target in ("/customer/name", "/lines/*/sku")]
    return read_adapter(write_adapter(adapter)) == adapter and all(
        one.reads and one.reads <= declared | {"/prices/EUR"} for one in new
    )


class Scripted:
    """An endpoint in memory that says what it is told."""

    name = "scripted"
    max_tokens = 256

    def __init__(self, text: str) -> None:
        self.text = text

    def prepare(self) -> None:
        """Do nothing."""

    def ask(self, *prompt: str, **bounds: Any) -> Reply:
        """Return the scripted text, whatever is asked."""
        assert prompt
        assert bounds["timeout_s"] > 0
        return Reply(self.text)


WORDS = "src . id cust_nm items item code ( ) [ ] { } , 'x' default lookup text upper x == 0 None"
STRANGE = ["__class__", "import", "lambda:", ":=", "*", "**", "\n", "\u202e", "eval(", "~"]
PIECES = st.sampled_from([*WORDS.split(" "), " if ", " else ", " for x in ", *STRANGE])
FRAMES = st.sampled_from(
    [
        "src.{}",
        "item.{}",
        "src['{}']",
        "text(src.{})",
        "default(src.{}, 'x')",
        "src.items[0].{}",
        "[x.{} for x in src.items]",
        "join('-', src.{}, src.id)",
        "src.{}.id",
        "{}",
        "{}(src.id)",
        "src.id{}",
    ]
)
NAMES = st.sampled_from(["id", "code", "items", "cust_nm", "nope", "prices.EUR", "x", "__class__"])
EXPRESSIONS = st.one_of(
    st.builds(str.format, FRAMES, NAMES | PIECES),
    st.builds(str.format, FRAMES, NAMES | PIECES),
    st.lists(PIECES, max_size=9).map("".join),
    st.text(max_size=30),
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
TARGETS = st.sampled_from(["/customer/name", "/lines/*/sku"])
ODD_TARGETS = st.sampled_from(["/id", "", "/x", "/lines/0/sku", "/lines/*"]) | st.text(max_size=12)
RULES = st.fixed_dictionaries(
    {"target": TARGETS | ODD_TARGETS, "value": EXPRESSIONS, "why": st.text(max_size=20)}
)
ODD_RULES = st.fixed_dictionaries({"target": TARGETS | JUNK, "value": JUNK, "why": JUNK}) | JUNK
ANSWERS = st.one_of(
    st.lists(RULES, min_size=1, max_size=5).map(lambda rules: json.dumps({"rules": rules})),
    st.lists(RULES, min_size=1, max_size=5).map(lambda rules: json.dumps({"rules": rules})),
    st.lists(RULES | ODD_RULES, max_size=3).map(lambda rules: json.dumps({"rules": rules})),
    st.builds(
        lambda rules, more: json.dumps({"rules": rules, "more": more}), st.lists(RULES), JUNK
    ),
    st.builds(lambda rule, end: json.dumps({"rules": [rule]})[:end], RULES, st.integers(0, 99)),
    JUNK.map(json.dumps) | st.text(max_size=60),
)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=ANSWERS)
def test_propose__whatever_the_answer_says__accepts_nothing_outside_the_grammar(text: str) -> None:
    """Of a thousand mutated answers none puts more into the table than checked rules."""
    proposer = LanguageModel(Scripted(text), patience=Patience(timeout_s=10, max_calls=4))
    answer = proposer.propose(TASK, SO_FAR)
    assert is_within_bounds(answer)
    assert answer.rows[0] == SO_FAR.rows[0]
    assert {row.target for row in answer.rows} <= {"/id", "/lines", "/customer/name"}
    assert all(note.is_ambiguous and note.confidence <= 0.6 for note in answer.notes)


@pytest.mark.parametrize("value", ["src.id", "item.code", "[x.code for x in src.items]"])
def test_is_within_bounds__when_a_rule_is_good__says_so(value: str) -> None:
    """The thousand answers are judged by a check that good rules pass and reach."""
    rules = [{"target": "/lines/*/sku", "value": value, "why": ""}]
    proposer = LanguageModel(
        Scripted(json.dumps({"rules": rules})), patience=Patience(timeout_s=10, max_calls=4)
    )
    answer = proposer.propose(TASK, SO_FAR)
    assert rule_at(answer, "/lines/*/sku") == value
    assert is_within_bounds(answer)
    bad = replace(answer, rows=(*answer.rows, ValueRow("/customer/name", parse("src.nope"))))
    assert not is_within_bounds(bad)
