from __future__ import annotations

import pytest
from hypothesis import given

from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import (
    names_in,
    path_of,
    read_of,
    reads_in,
    replace_name,
    replace_reads,
)
from agent.core.language.scoping import free_names
from agent.core.language.syntax import Expression, Literal, Name
from tests.core.language.trees import expressions

NAMES = frozenset({"src", "item", "a"})


def expression(text: str) -> Expression:
    """Return the expression that a text stands for."""
    return parse(text, names=NAMES)


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("", "src"),
        ("/a/b", "src.a.b"),
        ("/lines/*/sku", "item.sku"),
        ("/lines/*", "item"),
        ("/content-type", "src['content-type']"),
        ("/a~1b/~0", "src['a/b']['~']"),
        ("/~2", "src['*']"),
    ],
)
def test_read_of__path_in_reach__is_read_from_the_innermost_name(path: str, printed: str) -> None:
    """A path is read from the name that is nearest to it, whatever its keys are."""
    scope = {"src": "", "item": "/lines/*"}
    read = read_of(path, scope=scope)
    assert read is not None
    assert print_expression(read) == printed
    assert path_of(read, scope=scope) == path


def test_read_of__array_between__none() -> None:
    """What lies behind an array that no name stands in cannot be read."""
    assert read_of("/lines/*/sku") is None
    assert read_of("/a", scope={"item": "/lines/*"}) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("src.lines[0].sku", "/lines/*/sku"),
        ("src.lines[1:3]", "/lines"),
        ("item.sku", None),
        ("upper(src.a)", None),
    ],
)
def test_path_of__chain_of_reads__source_path(text: str, path: str | None) -> None:
    """Indexes stand for any item, slices for the array; anything but a chain has no path."""
    assert path_of(expression(text), scope={"src": ""}) == path


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("src.a.b + src.a.b + src.c", ("/a/b", "/c")),
        ("[x.sku for x in src.lines if x.qty > src.least]", ("/lines", "/lines/*/qty", "/least",
                                                             "/lines/*/sku")),
        ("{e.key: e.value for e in entries(src.map)}", ("/map",)),
        ("lookup(src.state, {'a': src.b}, otherwise=src.c)", ("/state", "/b", "/c")),
        ("[p for o in src.outer for p in o.inner]", ("/outer", "/outer/*/inner",
                                                     "/outer/*/inner/*")),
    ],
)  # fmt: skip
def test_reads_in__expression__every_source_path_once(text: str, reads: tuple[str, ...]) -> None:
    """All reads are found, in order and each once, those of loop names by their source path."""
    assert reads_in(expression(text)) == reads


def test_replace_reads__longest_chain__is_changed_as_one() -> None:
    """A chain of reads is changed as a whole, and all around it stays."""
    seen: list[str] = []

    def change(read: Expression, path: str) -> Expression:
        seen.append(path)
        return Literal(1) if path == "/a/b" else read

    made = replace_reads(expression("default(src.a.b, {'k': [src.c]})"), change)
    assert print_expression(made) == "default(1, {'k': [src.c]})"
    assert seen == ["/a/b", "/c"]


def test_replace_reads__loop_name_hides_an_outer_one__it_is_left_alone() -> None:
    """A loop's own name is no read of the name that it hides."""
    made = replace_reads(
        expression("[item for item in entries(src.a)]"),
        lambda _, path: Literal(path),
        scope={"src": "", "item": "/lines/*"},
    )
    assert print_expression(made) == "[item for item in entries('/a')]"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("[x.sku for x in a if x.qty > 0]", "[x.sku for x in src.lines if x.qty > 0]"),
        ("{e.k: e.v for e in a}", "{e.k: e.v for e in src.lines}"),
        ("[a for a in a]", "[a for a in src.lines]"),
        ("first(a)", "first(src.lines)"),
    ],
)
def test_replace_name__inside_loops__only_the_outer_name_changes(text: str, made: str) -> None:
    """What a loop runs over is replaced, and the items of the loop stay as they are written."""
    assert print_expression(replace_name(expression(text), "a", expression("src.lines"))) == made


@given(expressions())
def test_replace_reads__nothing_changed__same_expression(tree: Expression) -> None:
    """Replacing every read by itself gives the expression back."""
    assert replace_reads(tree, lambda read, _: read) == tree


@given(expressions())
def test_names_in__any_expression__its_free_names(tree: Expression) -> None:
    """The names that are read from outside are those that the language takes for free."""
    assert names_in(tree) == free_names(tree)


@given(expressions())
def test_replace_name__a_name_by_itself__same_expression(tree: Expression) -> None:
    """A name replaced by itself changes nothing."""
    assert replace_name(tree, "src", Name("src")) == tree
