from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.contract import Violation
from agent.core.language.document import read_adapter, write_adapter
from agent.core.proposing import Answer, RuleNote, Task
from agent.core.repair import repair, replace_row, starred
from agent.core.verify.record import (
    Counterexample,
    CounterexampleKind,
    Verdict,
    Verification,
)
from agent.pipeline.proposing import assemble
from tests.core.verify.making import INT, TEXT, array, make_adapter, map_of, obj
from tests.proposers.small_tasks import make_proposing, make_task

NULLABLE = {"type": ["string", "null"]}


def answered(task: Task, rules: list[dict[str, Any]]) -> Answer:
    """Return an answer with these rules."""
    adapter = make_adapter(
        rules, source=task.after.document, contract=task.contract.schema.document
    )
    notes = tuple(RuleNote(row.target, 0.9) for row in adapter.rows)
    return Answer(rows=adapter.rows, notes=notes)


def check(task: Task, answer: Answer) -> Verification:
    """Return the verification of an answer."""
    return make_proposing().verify(task, answer)


def mended(after: Any, contract: Any, rules: list[dict[str, Any]]) -> Any:
    """Return the rules after one repair, which must pass; None when there is no repair."""
    task = make_task(after, contract)
    answer = answered(task, rules)
    refuted = check(task, answer)
    assert refuted.verdict is Verdict.REFUTED
    made = repair(task, answer, refuted)
    if made is None:
        return None
    assert check(task, made).verdict is not Verdict.REFUTED
    return write_adapter(assemble(task, made))["rules"]


X = {"target": "/x", "value": "src.x"}


@pytest.mark.parametrize(
    ("contract", "value"),
    [
        (obj("", x=TEXT), "not_null(src.x)"),
        (obj("x", x=TEXT), "require(src.x, 'the contract requires /x')"),
        (obj("x", x={**TEXT, "default": "-"}), "default(src.x, '-')"),
        (obj("", x={**TEXT, "default": "-"}), "default(src.x, '-')"),
    ],
)
def test_repair__null_that_the_contract_forbids__what_the_contract_documents(
    contract: Any, value: str
) -> None:
    """A null becomes absent, the documented default, or a refusal; nothing is invented."""
    assert mended(obj("x", x=NULLABLE), contract, [X]) == [{"target": "/x", "value": value}]


def test_repair__required_and_absent__refused_or_default() -> None:
    """A required field that may be absent refuses the payload, or takes the default."""
    made = mended(obj("", x=TEXT), obj("x", x=TEXT), [X])
    assert made == [{"target": "/x", "value": "require(src.x, 'the contract requires /x')"}]


def test_repair__inside_an_array__the_row_of_the_items_is_mended() -> None:
    """The rule is found inside loops, whichever item broke the contract."""
    rows = [{"target": "/b", "value": "i.b"}, {"target": "/a", "value": "i.a"}]
    made = mended(
        obj("l", l=array(obj("a b", a=NULLABLE, b=TEXT))),
        obj("l", l=array(obj("b", a=TEXT, b=TEXT))),
        [{"target": "/l", "each": "src.l", "as": "i", "rules": rows}],
    )
    assert made[0]["rules"] == [rows[0], {"target": "/a", "value": "not_null(i.a)"}]


def test_repair__undeclared_field_in_a_value__copied_instead() -> None:
    """An object that brings along what the contract does not declare is copied field by field."""
    source = obj("x", x=obj("a", a=TEXT, secret=TEXT))
    made = mended(source, obj("x", x=obj("a", a=TEXT)), [X])
    assert made == [{"target": "/x", "copy": "src.x"}]


STATUS = {"enum": ["new", "paid"]}


@pytest.mark.parametrize(
    ("source", "contract", "value"),
    [
        (INT, TEXT, "text(src.x)"),
        ({"type": "boolean"}, TEXT, "text(src.x)"),
        ({"type": ["string", "integer"]}, TEXT, "text(src.x)"),
        ({"type": "number", "minimum": 0, "maximum": 9}, INT, "integer(src.x)"),
        ({"enum": ["1", "2"]}, INT, "integer(src.x)"),
        ({"enum": ["1", "2.5"]}, {"type": "number"}, "number(src.x)"),
        ({"enum": ["true", "false"]}, {"type": "boolean"}, "boolean(src.x)"),
    ],
)
def test_repair__another_type__converted(source: Any, contract: Any, value: str) -> None:
    """A value of another type is turned into the one that the contract wants."""
    made = mended(obj("x", x=source), obj("x", x=contract), [X])
    assert made == [{"target": "/x", "value": value}]


@pytest.mark.parametrize(
    ("source", "contract", "condition"),
    [
        (TEXT, {**TEXT, "maxLength": 3}, r"matches(src.x, '\\A(?s:.){0,3}\\z')"),
        (TEXT, {**TEXT, "minLength": 1}, r"matches(src.x, '\\A(?s:.){1,}\\z')"),
        (TEXT, {**TEXT, "pattern": "^a"}, "matches(src.x, '^a')"),
        (INT, {**INT, "minimum": 0}, "src.x >= 0"),
        (INT, {**INT, "exclusiveMaximum": 9}, "src.x < 9"),
        (INT, {**INT, "multipleOf": 5}, "src.x % 5 == 0"),
        (array(INT), {**array(INT), "maxItems": 2}, "count(src.x) <= 2"),
    ],
)
def test_repair__beyond_a_bound__refused(source: Any, contract: Any, condition: str) -> None:
    """What the contract has no room for is refused and never cut; a reviewer sees the payload."""
    found = guarded(source, contract, condition)
    assert not any("what should" in one.message for one in found.findings)


def test_repair__of_a_kind_that_has_no_conversion__refused_and_asked() -> None:
    """A text where the contract wants an object is refused, and a person is asked."""
    found = guarded({"type": ["string", "object"]}, obj(), "is_object(src.x)")
    assert found.decision_needed
    assert any(one.code == "ambiguous" and "what should" in one.message for one in found.findings)


def guarded(source: Any, contract: Any, condition: str) -> Verification:
    """Return the verification of a rule after a repair that refuses what breaks a condition."""
    task = make_task(obj("x", x=source), obj("x", x=contract))
    answer = answered(task, [X])
    made = repair(task, answer, check(task, answer))
    assert made is not None
    value = write_adapter(assemble(task, made))["rules"][0]["value"]
    assert f"or {condition} else fail('the contract allows" in value
    found = check(task, made)
    assert found.verdict is Verdict.TESTED
    assert "may_refuse" in {one.code for one in found.findings}
    return found


def test_repair__value_that_the_contract_does_not_know__asked_about() -> None:
    """An unknown enum value is refused; which one it should become is a person's to say."""
    task = make_task(obj("s", s={"enum": ["new", "void"]}), obj("s", s=STATUS))
    answer = answered(task, [{"target": "/s", "value": "src.s"}])
    made = repair(task, answer, check(task, answer))
    assert made is not None
    (rule,) = write_adapter(assemble(task, made))["rules"]
    assert rule["value"] == "one_of(src.s, ['new', 'paid'])"
    assert made.notes[0].question == (
        'what should "void" become at /s? the contract knows "new", "paid"'
    )
    found = check(task, made)
    assert (found.verdict, found.decision_needed) == (Verdict.TESTED, True)


@pytest.mark.parametrize(
    ("source", "contract", "value"),
    [
        (TEXT, {"const": "a"}, "default(src.x, 'a')"),
        (TEXT, {"enum": ["a"]}, "default(src.x, 'a')"),
        ({**TEXT, "default": "s"}, TEXT, "default(src.x, 's')"),
        ({**TEXT, "default": "s"}, {**TEXT, "default": "c"}, "default(src.x, 'c')"),
        ({**TEXT, "default": "s"}, STATUS, "require(src.x, 'the contract requires /x')"),
        ({**TEXT, "default": "s"}, INT, "require(src.x, 'the contract requires /x')"),
    ],
)
def test_repair__required_and_absent__what_is_documented(
    source: Any, contract: Any, value: str
) -> None:
    """The contract's default comes first, then its only value, then the source's default."""
    task = make_task(obj("", x=source), obj("x", x=contract))
    answer = answered(task, [X])
    shown = Counterexample(
        CounterexampleKind.CONTRACT, {}, {}, (Violation("", "/required", "x is required"),)
    )
    made = repair(task, answer, replace(check(task, answer), counterexample=shown))
    assert made is not None
    assert write_adapter(assemble(task, made))["rules"] == [{"target": "/x", "value": value}]


ITEMS = obj("l", l=array(obj("", a=TEXT)))
STRICT = obj("l", l=array(obj("a", a=TEXT)))
REQUIRED = "'the contract requires /l/*/a'"


@pytest.mark.parametrize(
    ("rule", "mended_rule"),
    [
        (
            {"target": "/l", "each": "src.l", "as": "i", "value": "{'a': i.a}"},
            {"target": "/l", "each": "src.l", "as": "i",
             "value": f"{{'a': require(i.a, {REQUIRED})}}"},
        ),
        (
            {"target": "/l", "value": "[{'a': i.a} for i in src.l]"},
            {"target": "/l", "value": f"[{{'a': require(i.a, {REQUIRED})}} for i in src.l]"},
        ),
        (
            {"target": "/l", "value": "src.l"},
            {"target": "/l", "each": "src.l", "as": "item", "rules": [
                {"target": "", "copy": "item"},
                {"target": "/a", "value": f"require(item.a, {REQUIRED})",
                 "when": "present(item)"}]},
        ),
        (
            {"target": "/l", "each": "src.l", "as": "i", "rules": [{"target": "", "copy": "i"}]},
            {"target": "/l", "each": "src.l", "as": "i", "rules": [
                {"target": "", "copy": "i"},
                {"target": "/a", "value": f"require(i.a, {REQUIRED})", "when": "present(i)"}]},
        ),
    ],
)  # fmt: skip
def test_repair__at_any_depth__the_part_that_is_at_fault(
    rule: dict[str, Any], mended_rule: dict[str, Any]
) -> None:
    """Displays, comprehensions, whole arrays and copies are mended where the value is made."""
    assert mended(ITEMS, STRICT, [rule]) == [mended_rule]


def test_repair__inside_with_and_group__the_row_there_is_mended() -> None:
    """Blocks and groups are looked into, and names of a `let` stay in reach."""
    source = obj("w", w=obj("", a=NULLABLE))
    contract = obj("", g=obj("", b=obj("", a=TEXT)))
    rows = [{"target": "/b", "with": "src.w", "as": "w", "let": {"v": "w.a"},
             "rules": [{"target": "/a", "value": "v"}]}]  # fmt: skip
    made = mended(source, contract, [{"target": "/g", "rules": rows}])
    assert made[0]["rules"][0]["rules"] == [{"target": "/a", "value": "not_null(v)"}]


def test_repair__undeclared_field_of_items__copied_item_by_item() -> None:
    """An array of objects that bring along what is not declared is copied item by item."""
    source = obj("x", x=array(obj("a", a=TEXT, secret=TEXT)))
    made = mended(source, obj("x", x=array(obj("a", a=TEXT))), [X])
    assert made == [
        {"target": "/x", "each": "src.x", "as": "item", "rules": [{"target": "", "copy": "item"}]}
    ]


def test_repair__undeclared_field_of_a_computed_value__picked_out() -> None:
    """What is computed cannot be copied: the fields that the contract declares are picked."""
    part = obj("a", a=TEXT, secret=TEXT)
    source, contract = obj("", x=part, y=part), obj("", x=obj("a", a=TEXT))
    made = mended(source, contract, [{"target": "/x", "value": "coalesce(src.x, src.y)"}])
    assert made == [{"target": "/x", "value": "pick(coalesce(src.x, src.y), 'a')"}]


def test_repair__undeclared_field_of_computed_items__picked_out_of_each() -> None:
    """So they are of the items of an array, also of one that a loop writes into a map."""
    source = obj("l", l=array(obj("k", k=TEXT, secret=TEXT)))
    rule = {"target": "", "each": "entries(group_by(src.l, 'k'))", "as": "g", "key": "g.key"}
    made = mended(source, map_of(array(obj("k", k=TEXT))), [{**rule, "value": "g.value"}])
    assert made == [{**rule, "value": "[pick(item, 'k') for item in g.value]"}]


@pytest.mark.parametrize("more", [{}, {"key": "i.k"}])
def test_repair__array_or_map_that_no_loop_makes__empty_and_asked_about(more: Any) -> None:
    """Where there is no list there are no items, as far as one may guess."""
    source = obj("", l=array(obj("k", k=TEXT)))
    made = map_of(TEXT) if more else array(TEXT)
    rule = {"target": "/x", "each": "src.l", "as": "i", "value": "i.k", **more}
    task = make_task(source, obj("x", x=made))
    answer = answered(task, [rule])
    asked = repair(task, answer, check(task, answer))
    assert asked is not None
    (row,) = write_adapter(assemble(task, asked))["rules"]
    assert row == {**rule, "each": "default(src.l, [])"}
    assert asked.notes[-1].question == "is /x empty where src.l is absent?"
    assert check(task, asked).verdict is not Verdict.REFUTED


def test_repair__values_of_a_map__not_taken_for_items() -> None:
    """A map that is read whole is no array: looping over it would refuse every payload."""
    source, contract = (obj("", x=map_of(part)) for part in (NULLABLE, TEXT))
    task = make_task(source, contract)
    answer = answered(task, [X])
    asked = repair(task, answer, check(task, answer))
    assert asked is not None
    assert asked.rows == answer.rows
    assert asked.notes[-1].question


def test_repair__values_of_a_map_that_a_loop_writes__mended_there() -> None:
    """A row `each` with a `key` makes a map, and its value is mended like any item's."""
    source = obj("l", l=array(obj("k", k=TEXT, v=NULLABLE)))
    rule = {"target": "/m", "each": "src.l", "as": "i", "key": "i.k", "value": "i.v"}
    made = mended(source, obj("m", m=map_of(TEXT)), [rule])
    assert made == [{**rule, "value": "not_null(i.v)"}]


def test_repair__an_arm_of_a_union_that_the_contract_lacks__asked_about() -> None:
    """Which arm a new kind should become is asked, by the field that tells the arms apart."""
    card, cash = (obj("kind", kind={"const": kind}) for kind in ("card", "cash"))
    source = obj("pay", pay=obj("kind", kind={"enum": ["card", "cash", "gift"]}))
    task = make_task(source, obj("pay", pay={"oneOf": [card, cash]}))
    answer = answered(task, [{"target": "/pay", "copy": "src.pay"}])
    made = repair(task, answer, check(task, answer))
    assert made is not None
    assert "gift" in " ".join(note.question for note in made.notes)
    assert check(task, made).decision_needed


def test_repair__no_rule_to_mend__only_the_question_is_added_once() -> None:
    """What nobody can mend is asked about, and asked once."""
    contract = {**obj("x", x=INT), "x-driftmend-invariants": ["x > 0"]}
    task = make_task(obj("x", x=INT), contract)
    answer = answered(task, [X])
    asked = repair(task, answer, check(task, answer))
    assert asked is not None
    assert asked.rows == answer.rows
    assert repair(task, asked, check(task, asked)) is None


def test_repair__what_is_uncertain__lowers_the_confidence() -> None:
    """A conversion or a guard asks for a decision; a documented default does not."""
    task = make_task(obj("x", x=INT), obj("x", x=TEXT))
    answer = answered(task, [X])
    answer = replace(answer, notes=(RuleNote("/x", 1.0),))
    made = repair(task, answer, check(task, answer))
    assert made is not None
    assert made.notes[0].confidence == 0.9


def test_repair__mended_rule__says_so() -> None:
    """The repair stands among the evidence of its rule, and other notes stay."""
    task = make_task(obj("x y", x=NULLABLE, y=TEXT), obj("y", x=TEXT, y=TEXT))
    answer = answered(task, [X, {"target": "/y", "value": "src.y"}])
    made = repair(task, answer, check(task, answer))
    assert made is not None
    about_x, about_y = made.notes
    assert "repaired after a counterexample" in about_x.evidence[-1].text
    assert about_y == answer.notes[1]


def test_repair__nothing_refuted__none() -> None:
    """Without a counterexample there is nothing to mend."""
    task = make_task(obj("x", x=TEXT), obj("x", x=TEXT))
    answer = answered(task, [X])
    assert repair(task, answer, check(task, answer)) is None


PARTS: list[Any] = [
    TEXT,
    INT,
    NULLABLE,
    {"enum": ["new", "void", None]},
    {**TEXT, "default": "d", "maxLength": 2},
    {"type": "number", "minimum": 1},
    {"type": ["integer", "array"]},
    array(NULLABLE),
    array(obj("", a=NULLABLE)),
    obj("a", a=INT, b=NULLABLE),
    obj("", a=TEXT, b=obj("c", c=INT)),
]
RULES: list[list[dict[str, Any]]] = [
    [{"target": "/x", "value": "src.x"}],
    [{"target": "", "copy": "src"}],
    [{"target": "/x", "copy": "src.x"}, {"target": "/x/a", "value": "src.x.a"}],
    [{"target": "/x", "each": "src.x", "as": "i", "value": "i"}],
    [{"target": "/x", "each": "src.x", "as": "i", "rules": [{"target": "/a", "value": "i.a"}]}],
    [{"target": "/x", "with": "src.x", "as": "w", "rules": [{"target": "", "copy": "w"}]}],
    [{"target": "/x", "value": "{'a': src.x.a, 'b': src.x.b}"}],
    [{"target": "/x", "value": "src.x", "when": "present(src.y)"},
     {"target": "/x", "value": "src.y", "when": "not present(src.y)"}],
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARTS), st.sampled_from(PARTS), st.sampled_from(RULES), st.booleans())
def test_repair__again_and_again__ends_with_a_table_that_can_be_read(
    source: Any, contract: Any, rules: list[dict[str, Any]], is_owed: bool
) -> None:
    """Every step gives a rule table of the language, and the steps come to an end."""
    task = make_task(obj("", x=source, y=source), obj("x" if is_owed else "", x=contract))
    answer = answered(task, rules)
    for _ in range(30):
        found = check(task, answer)
        made = repair(task, answer, found)
        if made is None:
            return
        adapter = assemble(task, made)
        assert read_adapter(write_adapter(adapter)) == adapter
        answer = made
    raise AssertionError(write_adapter(assemble(task, answer))["rules"])


def test_starred__indexes_and_numeric_keys__as_the_contract_declares_them() -> None:
    """An index becomes a star, and a key that only looks like one stays."""
    task = make_task(obj(), obj("", l=array(obj("", **{"0": TEXT})), m={"type": "object",
                     "additionalProperties": TEXT}))  # fmt: skip
    assert starred(task, "/l/3/0") == "/l/*/0"
    assert starred(task, "/m/anything") == "/m/*"
    assert starred(task, "") == ""


def test_replace_row__chain_of_indexes__only_that_row_changes() -> None:
    """One row is changed wherever it is nested, and all others are the same objects."""
    inner = [{"target": "/a", "value": "1"}, {"target": "/b", "value": "2"}]
    rows = make_adapter([X, {"target": "/g", "rules": inner}], source=obj(), contract=obj()).rows
    made = replace_row(rows, [1, 0], lambda _: rows[0])
    assert made[0] is rows[0]
    assert made[1].rows == (rows[0], rows[1].rows[1])  # type: ignore[union-attr]
