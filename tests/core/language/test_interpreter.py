"""The interpreter beyond the language-free examples: bounds, purity, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.core.language.absence import MISSING, Instant
from agent.core.language.bounds import MAX_DEPTH
from agent.core.language.document import Adapter, read_adapter
from agent.core.language.interpreter import evaluate, run
from agent.core.language.parser import parse
from agent.core.language.rows import Visit
from agent.core.language.syntax import Name, ValueRow
from agent.errors import InvalidAdapter, PayloadRefused
from tests.timing import within

HEAD = {
    "driftmend_adapter": 1,
    "name": "n",
    "source": "s",
    "source_schema": {},
    "consumer": "c",
    "contract": {},
}


def adapter_of(*rules: Any, let: Any = None, contract: Any = None) -> Adapter:
    """Return an adapter with these rules."""
    return read_adapter(
        {**HEAD, "rules": list(rules), "let": let or {}, "contract": contract or {}}
    )


def value_of(text: str, payload: Any) -> Any:
    """Return the value of an expression."""
    return evaluate(parse(text), {"src": payload})


def refusal(adapter: Adapter, payload: Any) -> PayloadRefused:
    """Return how an adapter refuses a payload, and that it does so in reasonable time."""

    def refused() -> pytest.ExceptionInfo[PayloadRefused]:
        with pytest.raises(PayloadRefused) as caught:
            run(adapter, payload)
        return caught

    caught = within(5, refused)
    return caught.value


def nested(depth: int) -> Any:
    """Return arrays nested `depth` deep."""
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_evaluate__with_several_names__reads_each() -> None:
    """Names stand for the values that they are bound to; one may be missing."""
    names = frozenset({"a", "b"})
    assert evaluate(parse("a.x + b", names=names), {"a": {"x": 1}, "b": 2}) == 3
    assert evaluate(parse("b", names=names), {"a": None, "b": MISSING}) is MISSING


def test_evaluate__of_a_date__gives_the_internal_value() -> None:
    """A date is a value on the way."""
    assert isinstance(value_of("parse_date(src)", "2024-01-01T00:00:00Z"), Instant)


def test_evaluate__of_an_unbound_name__is_a_fault_of_the_adapter() -> None:
    """A tree made by hand may read a name that nothing binds."""
    with pytest.raises(InvalidAdapter):
        evaluate(Name("nobody"), {"src": 1})


def test_run__of_names_in_a_circle__is_a_fault_of_the_adapter() -> None:
    """Records made by hand may hold what no document may."""
    let = (("a", Name("b")), ("b", Name("a")))
    circle = Adapter("n", "s", (), {}, "c", "", {}, let, (ValueRow("/x", Name("a")),), ())
    with pytest.raises(InvalidAdapter):
        run(circle, {})


def test_run__of_a_name_read_twice__evaluates_it_once() -> None:
    """let is evaluated at most once: work that would pass the bound twice passes once."""
    heavy = "count([1 for x in src for y in src])"
    rules = [{"target": f"/{number}", "value": "n"} for number in range(20)]
    assert run(adapter_of(*rules, let={"n": heavy}), list(range(300)))["19"] == 90_000


def test_run__of_an_item_independent_name__evaluates_it_once_per_row() -> None:
    """A table in the let of an each is built once, not once per item."""
    payload = [{"id": number} for number in range(1_000)]
    row = {
        "target": "",
        "each": "src",
        "let": {"table": "index_by(src, 'id')", "found": "at(table, item.id)"},
        "value": "found.id",
    }
    assert run(adapter_of(row), payload) == list(range(1_000))


def test_run__of_two_rows_of_one_value__shares_nothing() -> None:
    """A later override of one target leaves the other, and the payload, alone."""
    rules = [
        {"target": "/a", "value": "n"},
        {"target": "/b", "value": "n"},
        {"target": "/a/x", "value": "2"},
    ]
    payload = {"o": {"x": 1}}
    output = run(adapter_of(*rules, let={"n": "src.o"}), payload)
    assert (output, payload) == ({"a": {"x": 2}, "b": {"x": 1}}, {"o": {"x": 1}})


def test_run__keeps_numbers_as_they_are() -> None:
    """2^53 + 1, 1.0, -0.0 and true come out as they went in."""
    payload = {"a": [9007199254740993, 1.0, -0.0, True, 1e300]}
    output = run(adapter_of({"target": "/a", "value": "src.a"}), payload)
    assert json.dumps(output) == json.dumps(payload)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (2**63, "beyond 64 bits"),
        (-(2**63) - 1, "beyond 64 bits"),
        (float("nan"), "no JSON number"),
        (float("inf"), "no JSON number"),
        ("\ud800", "surrogate"),
        ((1, 2), "no JSON value"),
        (b"x", "no JSON value"),
    ],
)
@pytest.mark.parametrize("text", ["src.a", "src", "[x for x in src.l]", "src.l[0]"])
def test_run__of_what_is_no_value__is_refused(value: Any, found: str, text: str) -> None:
    """What the language has no value for is refused wherever it is read or written."""
    error = refusal(adapter_of({"target": "/t", "value": text}), {"a": value, "l": [value]})
    assert found in error.reason
    assert error.target == ("/t/a" if text == "src" else "/t")


def test_run__of_an_integer_of_many_digits__is_refused() -> None:
    """Python itself refuses to print such an integer; the refusal does not try."""
    for text in ("src", "text(src)", "src + 1", "src == 1", "count([src])", "sum([src, src])"):
        try:
            run(adapter_of({"target": "/t", "value": text}), 2**20_000)
        except PayloadRefused as refused:
            seen = str(refused)
            assert len(seen) < 300


def test_run__of_a_key_that_is_no_text__is_refused() -> None:
    """A Python payload may hold keys that JSON has not."""
    payload: Any = {"o": {1: 2}}
    assert "key" in refusal(adapter_of({"target": "/t", "value": "src.o"}), payload).reason


def test_run__of_a_deep_payload__is_refused_beyond_the_bound() -> None:
    """Depth is bounded: 512 levels pass, 513 do not, and neither overflows."""
    adapter = adapter_of({"target": "", "value": "src"})
    assert run(adapter, nested(MAX_DEPTH)) == nested(MAX_DEPTH)
    assert "512 deep" in refusal(adapter, nested(MAX_DEPTH + 1)).reason
    assert "512 deep" in refusal(adapter, nested(50_000)).reason


def test_run__of_a_deep_payload__copies_and_compares_or_refuses() -> None:
    """At the bound, copy, comparison and the functions that look deep work or refuse."""
    deep = {"a": nested(MAX_DEPTH - 1)}
    copied = adapter_of({"target": "", "copy": "src"}, contract={"properties": {"a": {}}})
    assert run(copied, deep) == deep
    for text in ("src == src", "distinct([src.a, src.a])", "one_of(src.a, [src.a])"):
        try:
            run(adapter_of({"target": "/t", "value": text}), deep)
        except PayloadRefused as refused:
            assert "deep" in str(refused)  # noqa: PT017 - either outcome is right


def test_run__of_an_output_too_deep__is_refused() -> None:
    """The depth of the target counts."""
    adapter = adapter_of({"target": "/a/b", "value": "src"})
    assert "deep" in refusal(adapter, nested(MAX_DEPTH - 1)).reason
    assert run(adapter, nested(MAX_DEPTH - 2))
    wide = adapter_of({"target": "/x" * 600, "value": "1"})
    assert "deep" in refusal(wide, {}).reason


def test_run__of_doubling_arrays__is_refused() -> None:
    """A value that doubles with every name ends at the bound of size."""
    let = {"n0": "[src, src]"} | {f"n{i + 1}": f"[n{i}, n{i}]" for i in range(40)}
    for text in ("n40", "n40 == n39", "distinct(n40)", "count(n40)", "n40[0] in n40"):
        error = refusal(adapter_of({"target": "/a", "value": text}, let=let), 1)
        assert "bound" in error.reason


def test_run__of_doubling_text__is_refused() -> None:
    """A text that doubles with every name ends at the bound of text."""
    let = {"n0": "join('', src, src)"} | {f"n{i + 1}": f"join('', n{i}, n{i})" for i in range(48)}
    assert refusal(adapter_of({"target": "/a", "value": "n48"}, let=let), "ab").reason


@pytest.mark.parametrize(
    "text",
    [
        "join(src.s, [src.s for x in src.l])",
        "[replace(src.s, 'a', src.s) for x in src.l]",
        "count([pad('x', 9000000, ' ') for x in src.l])",
        "[split(src.s, 'a') for x in src.l]",
        "[sha256(src.s) for x in src.l for y in src.l]",
    ],
)
def test_run__of_growing_text__ends_in_time(text: str) -> None:
    """Text functions in loops end, with a result or a refusal."""
    payload = {"s": "a" * 20_000, "l": list(range(500))}

    def end() -> None:
        try:
            run(adapter_of({"target": "/a", "value": text}), payload)
        except PayloadRefused as refused:
            assert refused.reason  # noqa: PT017 - either outcome is right

    within(5, end)


def test_run__of_quadratic_work__is_refused_with_the_bound() -> None:
    """Work is bounded in steps, and the bound and a way out are reported."""
    payload = [{"id": number} for number in range(3_000)]
    row = {"target": "", "each": "src", "value": "count([x for x in src if x.id == item.id])"}
    error = refusal(adapter_of(row), payload)
    assert "steps" in error.reason
    assert "index_by" in error.help


def test_run__of_cubic_rows__is_refused() -> None:
    """A derived name does not smuggle a third independent loop past the bound of work."""
    text = "[1 for x in src for y in src for z in [src, x][0]]"
    assert "steps" in refusal(adapter_of({"target": "", "value": text}), list(range(500))).reason


def test_run__of_large_honest_work__passes() -> None:
    """Ten thousand items with twenty reads each are no bomb."""
    payload = [{f"f{i}": i for i in range(20)} for _ in range(10_000)]
    rules = [{"target": f"/g{i}", "value": f"item.f{i}"} for i in range(20)]
    output = run(adapter_of({"target": "", "each": "src", "rules": rules}), payload)
    assert len(output) == 10_000
    assert output[9_999]["g19"] == 19


def test_run__of_comparing_large_values__is_bounded() -> None:
    """Comparing deep values costs work like any other."""
    payload = {"a": [list(range(100)) for _ in range(100)]}
    row = "[1 for x in src.a for y in src.a if src.a == src.a]"
    assert "steps" in refusal(adapter_of({"target": "", "value": row}), payload).reason


def test_run__refused__names_every_place() -> None:
    """The message reads: target, source, operation, what was found, what helps."""
    row = {"target": "/t", "each": "src.l", "rules": [{"target": "/n", "value": "number(item.a)"}]}
    error = refusal(adapter_of(row), {"l": [{"a": "1"}, {"a": "12,50"}]})
    assert str(error).startswith(
        'target /t/1/n, source /l/1/a: number: the text "12,50", not a number'
    )


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("number(last(src.l).a)", "/l/1/a"),
        ("number(src.l[-1].a)", "/l/1/a"),
        ("[number(x.a) for x in sort_by(src.l, 'k')]", "/l/1/a"),
        ("[number(t) for t in src.t]", "/t/1"),
        ("[number(t) for t in src.t[1:]]", "/t/1"),
        ("[number(t) for t in distinct(src.t)]", "/t/1"),
        ("[number(v) for k, v in zip(src.t, src.t)]", "/t/1"),
        ("number(at(index_by(src.l, 'k'), 1).a)", "/l/1/a"),
        ("1 + (src.u if True else 2)", "/u"),
        ("number(trim(src.u))", "/u"),
        ("{'a': number(src['a/b']['*'])}", "/a~1b/~2"),
        ("fail('always')", ""),
    ],
)
def test_run__refused__finds_the_source(text: str, source: str) -> None:
    """The source path has array indexes where the item's place is known."""
    payload = {
        "l": [{"k": 2, "a": "1"}, {"k": 1, "a": "x"}],
        "t": ["1", "x"],
        "u": "u",
        "a/b": {"*": "x"},
    }
    error = refusal(adapter_of({"target": "/t", "value": text}), payload)
    assert error.source == source


def test_run__with_an_observer__tells_of_every_row() -> None:
    """Rows are told in order, with concrete targets and why they wrote nothing."""
    visits: list[Visit] = []
    adapter = adapter_of(
        {"target": "/a", "value": "src.x"},
        {"target": "/b", "value": "1", "when": "False"},
        {"target": "/l", "each": "[1, 2]", "value": "item"},
    )
    run(adapter, {}, observer=visits.append)
    assert [(visit.rule, visit.target, visit.outcome) for visit in visits] == [
        ("/rules/0", "/a", "its value is missing"),
        ("/rules/1", "/b", "its `when` does not hold"),
        ("/rules/2/value", "/l/0", ""),
        ("/rules/2/value", "/l/1", ""),
        ("/rules/2", "/l", ""),
    ]
