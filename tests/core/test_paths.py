from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import paths

KEYS = st.text(st.sampled_from("ab~012*/"), max_size=4)


@given(st.lists(KEYS, max_size=4))
def test_child__of_any_keys__is_parsed_back(keys: list[str]) -> None:
    """A pointer made of literal keys names those keys again, `*` and `~2` included."""
    pointer = ""
    for key in keys:
        pointer = paths.child(pointer, key)
    tokens = paths.parse(pointer)
    assert [paths.key_of(token) for token in tokens] == keys
    assert paths.ANY not in tokens
    assert paths.join(tokens) == pointer


def test_find__star_and_literal_star__are_two_things() -> None:
    """`*` names every key, `~2` only the key that is a star."""
    payload = {"*": 1, "a": 2, "~2": 3}
    assert dict(paths.find(payload, "/*")) == {"/~2": 1, "/a": 2, "/~02": 3}
    assert dict(paths.find(payload, "/~2")) == {"/~2": 1}
    assert dict(paths.find(payload, "/~02")) == {"/~02": 3}


def test_find__in_arrays__takes_indexes_and_stars() -> None:
    """Items are named by position or all at once; a position past the end names nothing."""
    payload = {"a": [{"b": 1}, {}, {"b": 3}]}
    assert list(paths.find(payload, "/a/*/b")) == [("/a/0/b", 1), ("/a/2/b", 3)]
    assert list(paths.find(payload, "/a/2/b")) == [("/a/2/b", 3)]
    assert list(paths.find(payload, "/a/9")) == []


def test_parse__of_what_is_no_pointer__is_an_error() -> None:
    """A pointer is empty or starts with a slash."""
    assert paths.parse("") == ()
    with pytest.raises(ValueError, match="starts with '/'"):
        paths.parse("a/b")


def test_is_within__of_a_name_that_only_begins_alike__is_false() -> None:
    """`/ab` is not below `/a`."""
    assert paths.is_within("/a/b", "/a")
    assert paths.is_within("/a", "/a")
    assert not paths.is_within("/ab", "/a")
    assert (paths.parent("/a/b"), paths.parent("")) == ("/a", "")
    assert (paths.last("/a/~2"), paths.last("")) == ("*", "")
