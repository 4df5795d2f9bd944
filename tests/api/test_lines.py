from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from api.lines import Line, Splitter


def split(chunks: list[bytes], *, limit_bytes: int = 100) -> list[Line]:
    """Return all lines of a stream."""
    splitter = Splitter(limit_bytes=limit_bytes)
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    return [*lines, *splitter.end()]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_splitter__whatever_the_chunks__gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    """Where the network cuts a stream has no effect on its lines."""
    places = [0, *sorted(cuts), len(data)]
    chunks = [data[a:b] for a, b in itertools.pairwise(places)]
    expected = [
        Line(number, text.strip(b" \t\r"))
        for number, text in enumerate(data.split(b"\n"), start=1)
        if text.strip(b" \t\r")
    ]
    assert split(chunks, limit_bytes=1000) == expected


def test_splitter__blank_lines__are_counted_and_left_out() -> None:
    """A line keeps the number that an editor shows for it."""
    assert split([b"1\n\n  \r\n4\n"]) == [Line(1, b"1"), Line(4, b"4")]


def test_splitter__a_line_over_the_limit__is_marked_and_the_rest_goes_on() -> None:
    """One line that is too long costs no memory and not the lines behind it."""
    chunks = [b"ok\n" + b"x" * 60, b"x" * 60, b"x\nok", b"\n" + b"y" * 101]
    assert split(chunks) == [
        Line(1, b"ok"),
        Line(2, b"", is_cut=True),
        Line(3, b"ok"),
        Line(4, b"", is_cut=True),
    ]


def test_splitter__a_line_of_exactly_the_limit__is_kept() -> None:
    """The limit is the longest line that is still read."""
    assert split([b"x" * 100 + b"\n"]) == [Line(1, b"x" * 100)]
