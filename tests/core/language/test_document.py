"""The adapter document: what is read, what is refused, and that writing loses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.document import (
    Adapter,
    adapter_fingerprint,
    read_adapter,
    write_adapter,
)
from agent.core.language.parser import parse
from agent.core.language.syntax import (
    CopyRow,
    Drop,
    EachRow,
    Field,
    GroupRow,
    Literal,
    Name,
    ValueRow,
    WithRow,
)
from agent.errors import InvalidAdapter, InvalidExpression

HEAD: dict[str, Any] = {
    "driftmend_adapter": 1,
    "name": "orders-to-billing",
    "source": "orders",
    "source_fingerprints": ["sha256:1"],
    "source_schema": {"type": "object"},
    "consumer": "billing",
    "contract_fingerprint": "sha256:2",
    "contract": {"type": "object"},
    "rules": [],
    "drops": [{"path": "/internal", "reason": "no consumer field"}],
}
ONE = {"target": "/a", "value": "1"}
X = Field(Name("src"), "x")


def document(*rules: Any, **head: Any) -> dict[str, Any]:
    """Return a document with these rules."""
    return {**HEAD, "rules": list(rules), **head}


def refusal(given: Any) -> InvalidAdapter:
    """Return the refusal of a document."""
    with pytest.raises(InvalidAdapter) as caught:
        read_adapter(given)
    return caught.value


def test_read__of_every_kind_of_row__gives_its_record() -> None:
    """Each kind of row is known by its keys; `as` is `item` when it is not given."""
    adapter = read_adapter(
        document(
            {"target": "/v", "value": "src.x", "when": "src.on", "let": {"n": "src.x"}},
            {"target": "/e", "each": "src.x", "where": "item", "value": "item"},
            {"target": "/r", "each": "src.x", "as": "row", "rules": [ONE]},
            {"target": "/m", "each": "src.x", "key": "item", "value": "1"},
            {"target": "/w", "with": "src.x", "as": "w", "rules": [ONE]},
            {"target": "/c", "copy": "src.x", "except": ["/debug"]},
            {"target": "/g", "rules": [ONE]},
        )
    )
    one = ValueRow("/a", Literal(1))
    on = Field(Name("src"), "on")
    assert adapter.rows == (
        ValueRow("/v", X, when=on, let=(("n", X),)),
        EachRow("/e", X, "item", value=Name("item"), where=Name("item")),
        EachRow("/r", X, "row", rows=(one,)),
        EachRow("/m", X, "item", value=Literal(1), key=Name("item")),
        WithRow("/w", X, "w", (one,)),
        CopyRow("/c", X, ("/debug",)),
        GroupRow("/g", (one,)),
    )
    assert adapter.drops == (Drop("/internal", "no consumer field"),)
    assert read_adapter(write_adapter(adapter)) == adapter


def test_read__of_a_hand_written_head__may_leave_out_what_apply_does_not_ask_for() -> None:
    """Fingerprints, drops and let may be left out or empty."""
    head = {key: HEAD[key] for key in HEAD if "fingerprint" not in key and key != "drops"}
    adapter = read_adapter(head)
    assert (adapter.source_fingerprints, adapter.contract_fingerprint) == ((), "")
    assert (adapter.drops, adapter.let) == ((), ())


def test_write__of_an_adapter__is_canonical() -> None:
    """Expressions are printed canonically, names of a let stand in the order of their reading."""
    written = write_adapter(
        read_adapter(document({"target": "/a", "value": "(b)"}, let={"b": "a", "a": 'src["x"]'}))
    )
    assert list(written["let"].items()) == [("a", "src.x"), ("b", "a")]
    assert written["rules"] == [{"target": "/a", "value": "b"}]


def test_fingerprint__of_other_spellings__is_the_same() -> None:
    """White space, quotes and key order of the document do not count; a value does."""
    first = read_adapter(document({"target": "/a", "value": "src.a+1"}))
    same = read_adapter(
        dict(reversed(document({"value": "(src['a'] + 1)", "target": "/a"}).items()))
    )
    other = read_adapter(document({"target": "/a", "value": "src.a+1.0"}))
    assert adapter_fingerprint(first) == adapter_fingerprint(same)
    assert adapter_fingerprint(first) != adapter_fingerprint(other)


@pytest.mark.parametrize(
    ("given", "where", "found"),
    [
        ([], "", "an array"),
        ("x", "", "a string"),
        ({**HEAD, "driftmend_adapter": 2}, "/driftmend_adapter", "an integer"),
        ({**HEAD, "driftmend_adapter": True}, "/driftmend_adapter", "a boolean"),
        ({**HEAD, "driftmend_adapter": 1.0}, "/driftmend_adapter", "a number"),
        ({"rules": []}, "/driftmend_adapter", "no driftmend_adapter"),
        ({**HEAD, "extra": 1}, "", "unknown key 'extra'"),
        ({**HEAD, "name": 1}, "/name", "an integer"),
        ({**HEAD, "source_fingerprints": "x"}, "/source_fingerprints", "a string"),
        ({**HEAD, "source_fingerprints": [1]}, "/source_fingerprints/0", "an integer"),
        ({**HEAD, "contract": "x"}, "/contract", "a string"),
        ({**HEAD, "source_schema": None}, "/source_schema", "null"),
        ({**HEAD, "drops": [{"path": "x", "reason": ""}]}, "/drops/0/path", "start with /"),
        ({**HEAD, "drops": [{"path": "/x"}]}, "/drops/0/reason", "no reason"),
        ({**HEAD, "drops": [{"path": "/x", "reason": "", "by": ""}]}, "/drops/0", "'by'"),
        ({**HEAD, "rules": {}}, "/rules", "an object"),
        ({**HEAD, "let": []}, "/let", "an array"),
        (document("x"), "/rules/0", "a string"),
        (document({"value": "1"}), "/rules/0/target", "no target"),
        (document({"target": 1, "value": "1"}), "/rules/0/target", "an integer"),
        (document({"target": "a", "value": "1"}), "/rules/0/target", "start with /"),
        (document({"target": "/a~", "value": "1"}), "/rules/0/target", "~ stands alone"),
        (document({"target": "/a/*", "value": "1"}), "/rules/0/target", "* stands for items"),
        (document({"target": "/a"}), "/rules/0", "writes nothing"),
        (document({**ONE, "copy": "src"}), "/rules/0", "unknown key 'value'"),
        (document({**ONE, "rules": []}), "/rules/0", "value and rules"),
        (document({"target": "/a", "each": "src", "copy": "src"}), "/rules/0", "each and copy"),
        (document({**ONE, "where": "True"}), "/rules/0", "unknown key 'where'"),
        (document({**ONE, "as": "x"}), "/rules/0", "unknown key 'as'"),
        (document({**ONE, "confidence": 1}), "/rules/0", "unknown key 'confidence'"),
        (document({"target": "/a", "value": 1}), "/rules/0/value", "an integer"),
        (document({"target": "/a", "value": None}), "/rules/0/value", "null"),
        (document({**ONE, "when": True}), "/rules/0/when", "a boolean"),
        (document({"target": "/a", "each": "src.x"}), "/rules/0", "neither"),
        (document({"target": "/a", "each": "src.x", "key": "item"}), "/rules/0", "neither"),
        (document({"target": "/a", "value": "1", "key": "'k'"}), "/rules/0", "'key'"),
        (
            document({"target": "/a", "each": "src.x", "key": "other", "value": "1"}),
            "/rules/0/key",
            "unknown name other",
        ),
        (
            document({"target": "/a", "each": "src.x", "value": "1", "rules": []}),
            "/rules/0",
            "both",
        ),
        (document({"target": "/a", "with": "src.x"}), "/rules/0", "without rules"),
        (
            document({"target": "/a", "with": "src.x", "as": "src", "rules": []}),
            "/rules/0/as",
            "src",
        ),
        (document({"target": "/a", "each": "src", "as": "1", "value": "1"}), "/rules/0/as", "'1'"),
        (
            document({"target": "/a", "each": "src", "as": "if", "value": "1"}),
            "/rules/0/as",
            "word",
        ),
        (document({"target": "/a", "copy": "src", "except": "x"}), "/rules/0/except", "a string"),
        (document({"target": "/a", "copy": "src", "except": ["x"]}), "/rules/0/except/0", "start"),
        (document({"target": "/a", "copy": "src", "except": [""]}), "/rules/0/except/0", "whole"),
        (document({**ONE, "let": {"src": "1"}}), "/rules/0/let/src", "the payload"),
        (document({**ONE, "let": {"upper": "1"}}), "/rules/0/let/upper", "a function"),
        (document({**ONE, "let": {"größe": "1"}}), "/rules/0/let/größe", "ASCII"),
        (document({**ONE, "let": {"a": "b", "b": "a"}}), "/rules/0/let", "in a circle"),
        (document(let={"a": "a"}), "/let", "in a circle"),
        (document({"target": "/g", "rules": [ONE, 1]}), "/rules/0/rules/1", "an integer"),
    ],
)
def test_read__of_a_broken_document__names_the_place(given: Any, where: str, found: str) -> None:
    """Whatever breaks the format is refused, with the pointer of the row or key."""
    error = refusal(given)
    assert error.where == where, str(error)
    assert found in str(error)


def test_read__of_a_bad_expression__names_row_and_position() -> None:
    """An expression outside the language is refused with the row's pointer and its position."""
    with pytest.raises(InvalidExpression) as caught:
        read_adapter(document({"target": "/g", "rules": [{"target": "/a", "value": "src.a + y"}]}))
    assert (caught.value.where, caught.value.position) == ("/rules/0/rules/0/value", 8)


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ([ONE, ONE], "/rules/1"),
        ([{**ONE, "when": "True"}, ONE], "/rules/1"),
        ([ONE, {**ONE, "when": "True"}], "/rules/1"),
        ([{**ONE, "when": "True"}, {**ONE, "when": "True"}, ONE], "/rules/2"),
        ([ONE, {"target": "/a", "copy": "src"}], "/rules/1"),
        ([ONE, {"target": "/a", "each": "src", "value": "1"}], "/rules/1"),
        ([ONE, {"target": "", "rules": [ONE]}], "/rules/1/rules/0"),
        (
            [{"target": "/g/a", "value": "1"}, {"target": "/g", "rules": [ONE]}],
            "/rules/1/rules/0",
        ),
        ([{"target": "/l", "each": "src", "rules": [ONE, ONE]}], "/rules/0/rules/1"),
        (
            [{"target": "/l", "each": "src", "value": "1"}, {"target": "/l/0", "value": "1"}],
            "/rules/1",
        ),
        (
            [
                {"target": "/m", "each": "src", "key": "item", "value": "1"},
                {"target": "/m/a", "value": "1"},
            ],
            "/rules/1",
        ),
        ([{"target": "/~2", "value": "1"}, {"target": "/~2", "value": "2"}], "/rules/1"),
    ],
)
def test_read__of_two_rows_for_one_target__is_refused(rules: list[Any], where: str) -> None:
    """Two rows with one target are refused unless both carry a when, through groups too."""
    assert refusal(document(*rules)).where == where


@pytest.mark.parametrize(
    "rules",
    [
        [{**ONE, "when": "src.x"}, {**ONE, "when": "not src.x"}],
        [
            {"target": "/g", "rules": [ONE]},
            {"target": "/g", "rules": [{"target": "/b", "value": "1"}]},
        ],
        [{"target": "", "copy": "src"}, ONE],
        [{"target": "/g", "value": "src"}, {"target": "/g", "rules": [ONE]}],
        [
            {"target": "/g", "when": "src.x", "rules": [ONE]},
            {"target": "/g", "when": "not src.x", "rules": [ONE]},
        ],
        [{"target": "/w", "with": "src.x", "rules": [{"target": "", "copy": "item"}]}],
        [
            {"target": "/l", "each": "src", "rules": [ONE]},
            {"target": "/m", "each": "src", "rules": [ONE]},
        ],
    ],
)
def test_read__of_rows_that_may_share_a_place__is_fine(rules: list[Any]) -> None:
    """Conditional rows, groups, parts of a whole, and a block's own rows do not clash."""
    adapter = read_adapter(document(*rules))
    assert read_adapter(write_adapter(adapter)) == adapter


def test_read__of_names__keeps_them_to_their_block() -> None:
    """A name of a row is unknown outside it, an item outside its block."""
    assert "unknown name n" in str(
        refusal(document({**ONE, "let": {"n": "1"}}, {"target": "/b", "value": "n"}))
    )
    assert "unknown name item" in str(
        refusal(
            document(
                {"target": "/l", "each": "src", "value": "1"}, {"target": "/b", "value": "item"}
            )
        )
    )
    assert "unknown name p" in str(
        refusal(document({"target": "/l", "each": "p", "let": {"p": "item.x"}, "value": "1"}))
    )


def test_read__of_loops_through_blocks__counts_independent_ones() -> None:
    """Blocks and comprehensions over independent arrays go two deep together; dependent ones on."""

    def nested(second: str, value: str) -> dict[str, Any]:
        inner = {"target": "/m", "each": second, "as": "y", "value": value}
        return document({"target": "/l", "each": "src.x", "as": "x", "rules": [inner]})

    read_adapter(nested("x.y", "[[w for w in z.w] for z in y.z]"))
    read_adapter(nested("src.y", "y.z"))
    read_adapter(nested("src.y", "[z for z in y.z if z.id == x.id]"))
    assert "independent" in str(refusal(nested("src.y", "[z for z in src.z]")))
    derived = nested("x.y", "[z for z in deep]")
    derived["rules"][0]["let"] = {"deep": "x.deep"}
    read_adapter(derived)


def test_read__of_deep_or_large_documents__is_refused() -> None:
    """Rows, names and nesting are bounded, through names too."""
    deep: dict[str, Any] = ONE
    for _ in range(40):
        deep = {"target": "/g", "rules": [deep]}
    assert "nested more than 32 deep" in str(refusal(document(deep)))
    many = [{"target": f"/{number}", "value": "1"} for number in range(10_001)]
    assert "more than 10000 rows" in str(refusal(document(*many)))
    names = {f"n{number}": "1" for number in range(501)}
    assert "more than 500 names" in str(refusal(document(let=names)))
    chain = {f"n{number}": f"[n{number + 1}]" for number in range(80)} | {"n80": "src"}
    assert "through the names" in str(refusal(document(let=chain)))


def test_read__of_a_copy__needs_a_contract_that_is_a_schema() -> None:
    """An adapter that copies asks its contract, so that a broken one is refused at once."""
    broken = document({"target": "", "copy": "src"}, contract={"$ref": "#/$defs/none"})
    assert refusal(broken).where == "/contract"


def test_adapter__made_by_hand__writes_and_reads() -> None:
    """Records made by proposers are written like any other."""
    row = EachRow("/l", parse("src.l"), "x", rows=(ValueRow("/a", Field(Name("x"), "b")),))
    adapter = Adapter("n", "s", (), True, "c", "", {}, (("n", Literal("é")),), (row,), ())
    assert read_adapter(write_adapter(adapter)) == adapter
