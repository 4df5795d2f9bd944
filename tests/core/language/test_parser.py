"""The parser: what it reads, and what it refuses, where and with which advice."""

from __future__ import annotations

import time

import pytest

from agent.core.language.parser import MAX_LENGTH, parse
from agent.core.language.syntax import (
    Comparison,
    Field,
    Index,
    Literal,
    Logic,
    Name,
    Negative,
    Slice,
)
from agent.errors import InvalidExpression

SRC = Name("src")
A = Field(SRC, "a")


def refusal(text: str, **options: object) -> InvalidExpression:
    """Return the refusal of a text."""
    with pytest.raises(InvalidExpression) as caught:
        parse(text, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("src", SRC),
        ("  src.a  ", A),
        ("src['a']", A),
        ("src.items", Field(SRC, "items")),
        ("src.__class__", Field(SRC, "__class__")),
        ("src['größe']", Field(SRC, "größe")),
        ("src.a[-1]", Index(A, -1)),
        ("src.a[1:]", Slice(A, 1, None)),
        ("-5", Literal(-5)),
        ("--5", Literal(5)),
        ("-9223372036854775808", Literal(-(2**63))),
        ("-src.a", Negative(A)),
        ("1.0", Literal(1.0)),
        ("True", Literal(True)),
        ("None", Literal(None)),
        ("'a' 'b'", Literal("ab")),
        (r"'\d+'", Literal(r"\d+")),
        ("(\n  src.a\n)", A),
        ("src.a  # what is sent", A),
    ],
)
def test_parse__of_text_inside_the_language__gives_its_tree(text: str, tree: object) -> None:
    """Reads, literals and displays become the nodes that they look like."""
    assert parse(text) == tree


def test_parse__of_a_float_and_an_integer__keeps_them_apart() -> None:
    """1, 1.0 and True are three literals."""
    assert len({parse("1"), parse("1.0"), parse("True")}) == 3


def test_parse__of_a_chained_comparison__becomes_a_conjunction() -> None:
    """a < b < c means a < b and b < c."""
    links = (Comparison(Literal(1), "<", A), Comparison(A, "<=", Literal(3)))
    assert parse("1 < src.a <= 3") == Logic("and", links)


@pytest.mark.parametrize(
    ("text", "position", "found", "help"),
    [
        ("", 0, "empty expression", "write a value"),
        ("1 + x", 4, "unknown name x", "src"),
        ("src.a + null", 8, "unknown name null", "None"),
        ("upper", 0, "unknown name upper", "upper(s)"),
        ("len(src.a)", 0, "unknown function len", "count(x)"),
        ("trimm(src.a)", 0, "unknown function trimm", "trim"),
        ("src.a.upper()", 0, "method upper", "upper(s)"),
        ("src.a.strip()", 0, "method strip", "trim(s"),
        ("src.a()()", 0, "a call of a value", "by name"),
        ("lambda: 1", 0, "lambda", "comprehension"),
        ("(a := 1)", 1, "assignment", "let"),
        ("f'{src.a}'", 0, "f-string", "format"),
        ("join(*src.a)", 5, "starred", "join"),
        ("join('', **src.a)", 11, "** in a call", "out"),
        ("{**src.a}", 3, "** in an object", "merge"),
        ("{1, 2}", 0, "a set", "list"),
        ("(1, 2)", 0, "a tuple", "list"),
        ("1 in (1, 2)", 5, "a tuple", "list"),
        ("sum(x for x in src.a)", 3, "generator", "brackets"),
        ("{x for x in src.a}", 0, "set comprehension", "distinct"),
        ("[x async for x in src.a]", 13, "asynchronous", "async"),
        ("src.a is None", 0, "is", "is_null"),
        ("src.a is not None", 0, "is not", "!= None"),
        ("src.a ** 2", 0, "**", "product"),
        ("src.a | src.b", 0, "|", "merge"),
        ("~src.a", 0, "~", "not"),
        ("+src.a", 0, "unary +", "number"),
        ("'a' * 3", 0, "text as an operand of *", "repeated"),
        ("3 * 'a'", 4, "text as an operand of *", "repeated"),
        ("src.a + 'x'", 8, "text as an operand of +", "join"),
        ("'%s' % src.a", 0, "text as an operand of %", "format"),
        ("[1] + src.a", 0, "an array as an operand", "concat"),
        ("src.a + {}", 8, "an object as an operand", "merge"),
        ("src[src.k]", 4, "not written out", "at(c, key)"),
        ("src.a[True]", 6, "not written out", "at(c, key)"),
        ("src.a[1.0]", 6, "not written out", "at(c, key)"),
        ("src.a[::2]", 6, "a step", "enumerate"),
        ("src.from", 3, "read of .from", "['from']"),
        ("src.größe", 0, "outside ASCII", "['…']"),
        ("src.\ufb01eld", 0, "outside ASCII", "['…']"),
        ("\u017frc.a", 0, "outside ASCII", "letters"),
        ("[ª for ª in src.a]", 7, "outside ASCII", ""),
        ("trim(src.a, ｃhars='x')", 12, "outside ASCII", ""),
        ("9223372036854775808", 0, "beyond 64 bits", "text"),
        ("-9223372036854775809", 0, "beyond 64 bits", "text"),
        ("src.a[9223372036854775808]", 6, "beyond 64 bits", ""),
        ("1e999", 0, "too large", ""),
        ("1j", 0, "complex", "literals"),
        ("b'a'", 0, "bytes", "literals"),
        ("...", 0, "ellipsis", "literals"),
        (r"'\ud800'", 0, "surrogate", "character"),
        (r"src['\udc00']", 4, "surrogate", "character"),
        ("{'a': 1, 'a': 2}", 9, "'a' twice", "remove"),
        ("upper()", 0, "is not given", "upper(s)"),
        ("upper(src.a, src.b)", 0, "too many arguments", "upper(s)"),
        ("upper(src.a, x=1)", 0, "no argument 'x'", "upper(s)"),
        ("round(src.a, mode='up', mode='up')", 0, "twice", "round("),
        ("1 < upper(src.a) < 2", 4, "chained comparison", "and"),
        ("[src for src in src.a]", 9, "cannot be rebound", "another"),
        ("[upper for upper in src.a]", 11, "cannot be rebound", "another"),
        ("[x for x.y in src.a]", 7, "binds more than names", "one name"),
        ("[x for x, x in src.a]", 10, "twice", "another"),
        ("[x for x, y, z in src.a]", 7, "binds more than names", "two"),
        ("[x for x in x]", 12, "unknown name x", "src"),
        ("src.a && src.b", 7, "no expression", "and"),
        ("src.a ? 1 : 2", 6, "no expression", "if condition else"),
        ("src.a = 1", 6, "no expression", "=="),
        ("1 +", 3, "no expression", ""),
        ("(src.a", 0, "no expression", ""),
        ("'abc", 0, "no expression", ""),
        ("src.a\nsrc.b", 6, "no expression", ""),
        ("src.a\x00", 6, "null bytes", ""),
    ],
)
def test_parse__of_text_outside_the_language__is_refused_with_advice(
    text: str, position: int, found: str, help: str
) -> None:
    """A refusal says where, what was found and what to write instead."""
    error = refusal(text)
    assert (found in error.found, help in error.help) == (True, True), str(error)
    assert error.position == position, str(error)


def test_parse__of_a_fault_behind_wide_characters__counts_characters() -> None:
    """Positions count characters, not bytes, and start with the text as it was given."""
    assert refusal("  join('é😀', x)").position == 13
    assert refusal("(\n'é',\n x)").position == 0
    assert refusal("[\n'é',\n x]").position == 8


def test_parse__with_names__reads_those_only() -> None:
    """Names are what the row binds; where is the place in the document."""
    assert parse("item.a", names=frozenset({"item"})) == Field(Name("item"), "a")
    error = refusal("src.a", names=frozenset({"item"}), where="/rules/3/value")
    assert (error.where, error.position) == ("/rules/3/value", 0)


@pytest.mark.parametrize(
    "text",
    [
        "[x for a in src.a for b in src.b for x in src.c]",
        "[[[c for c in src.c] for b in src.b] for a in src.a]",
        "[x for a in src.a if [b for b in src.b if [c for c in src.c]]for x in a.x]",
    ],
)
def test_parse__of_three_independent_loops__is_refused(text: str) -> None:
    """Loops over independent arrays go no more than two deep."""
    assert "loops over independent arrays" in refusal(text).found


@pytest.mark.parametrize(
    "text",
    [
        "[d for a in src.a for b in a.b for c in b.c for d in c.d]",
        "[[at(c, 'd') for c in b.c] for b in src.b if b.x]",
        "[[x for x in src.x] for a in src.a for b in a.b]",
        "[[x for x in src.x], [y for y in src.y], [z for z in src.z]]",
    ],
)
def test_parse__of_loops_over_nested_arrays__goes_as_deep_as_the_data(text: str) -> None:
    """Loops over what an outer loop gives do not count, nor do loops side by side."""
    parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 19_000 + "1",
        "not " * 4_000 + "src",
        "(" * 9_000 + "1" + ")" * 9_000,
        "[" * 150 + "]" * 150,
        "src" + ".a" * 5_000,
        "+".join(["1"] * 5_000),
        "default(src.a, " * 150 + "1" + ")" * 150,
        "{'a': " * 150 + "1" + "}" * 150,
        "src.a if src.b else " * 900 + "1",
        "f'{" * 300,
    ],
)
def test_parse__of_deep_text__is_refused_at_once(text: str) -> None:
    """Depth is bounded, and a bomb costs no time."""
    start = time.process_time()
    assert refusal(text).found
    assert time.process_time() - start < 1


def test_parse__of_long_text__is_refused() -> None:
    """Length is bounded, and what is just within the bound is read."""
    assert "20001 characters" in refusal("'" + "a" * (MAX_LENGTH - 1) + "'").found
    assert parse("'" + "a" * (MAX_LENGTH - 2) + "'") == Literal("a" * (MAX_LENGTH - 2))


def test_parse__of_depth_just_within_the_bound__reads() -> None:
    """A hundred levels are read, a hundred and one are not."""
    parse("not " * 99 + "src")
    assert "more than 100 deep" in refusal("not " * 100 + "src").found


def test_parse__of_odd_escapes__warns_no_one(recwarn: pytest.WarningsRecorder) -> None:
    """An escape that Python warns about is text, quietly."""
    parse(r"matches(src.a, '^\d+\.\w')")
    assert len(recwarn) == 0
