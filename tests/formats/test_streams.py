"""Streams are cut into items one at a time, whatever is in them and however it arrives."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import InvalidDocument
from agent.formats.array_items import ArrayItems
from agent.formats.limits import DEPTH_LIMIT, SIZE_LIMIT
from agent.formats.streams import array_items, line_items, read_item

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(alphabet='a"\\[]{},: ß\n😀', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('k"\\}', max_size=2), inner)
    ),
    max_leaves=8,
)


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a slow pipe does."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, never more than it drips."""
        end = len(self._data) if size < 0 else min(size, self._size)
        given, self._data = self._data[:end], self._data[end:]
        return given


def values_of(text: str | bytes, *, drip: int = 0) -> list[Any]:
    """Return what an array's items are: values, and messages of what is wrong."""
    data = text.encode() if isinstance(text, str) else text
    stream = Dripping(data, drip) if drip else io.BytesIO(data)
    found = []
    for item in array_items(stream, where="in.json"):  # type: ignore[arg-type]
        try:
            found.append(read_item(item))
        except InvalidDocument as error:
            found.append(str(error))
    return found


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1]), st.booleans(), st.integers(0, 5))
def test_array_items__of_any_array__are_its_items(
    values: list[Any], indent: int | None, is_ascii: bool, drip: int
) -> None:
    """The items of a written array are the array, however it is written and arrives."""
    text = json.dumps(values, indent=indent, ensure_ascii=is_ascii)
    assert values_of(text, drip=drip) == values


@given(st.text(alphabet='[]{},:"\\ 1a\n', max_size=40), st.integers(0, 3))
def test_array_items__of_any_text__end_without_a_fault_of_ours(text: str, drip: int) -> None:
    """Whatever follows the bracket, the items end; a text that is an array gives that array."""
    try:
        wanted = json.loads("[" + text)
    except ValueError:
        wanted = None
    found = values_of("[" + text, drip=drip)
    if isinstance(wanted, list) and '"' not in text:
        assert found == wanted
    assert values_of("[" + text) == found


@pytest.mark.parametrize(
    ("text", "values", "word"),
    [
        ('[1, {"a": 1, "a": 2}, 3]', [1, ..., 3], "item 2, column 10: the key /a stands twice"),
        ("[1, nope, 3]", [1, ..., 3], "item 2, column 1"),
        ("[1, 2 3, 4]", [1, ..., 4], "item 2, column 3: extra data"),
        ("[1,,2]", [1, ..., 2], "item 2: an empty document"),
        ("[1,]", [1, ...], "item 2: an empty document"),
        ("[,1]", [..., 1], "item 1: an empty document"),
        ('[{"a": 1}}, 2]', [..., 2], "item 1"),
        ('[{"a": [1}], 2]', [..., 2], "item 1"),
        ("[1, NaN, 2]", [1, ..., 2], "item 2, column 1: the document is NaN"),
        ("[1, 'a', 2]", [1, ..., 2], "item 2"),
        ('[1,\n {"a": 1,\n  "b": x}, 2]', [1, ..., 2], "item 2, line 3, column 8"),
        ("[1, \x0c2, 3]", [1, ..., 3], "item 2, column 1"),
        ('[\n\n1,\n\n {"b": x}, 2]', [1, ..., 2], "item 2, column 7"),
    ],
)
def test_array_items__of_which_one_is_bad__are_the_rest_and_a_report(
    text: str, values: list[Any], word: str
) -> None:
    """A bad item is reported with its number and place, and the rest goes on."""
    found = values_of(text)
    bad = values.index(...)
    assert word in found[bad]
    found[bad] = ...
    assert found == values


@pytest.mark.parametrize("text", ["[1, 2", "[1, 2,", '[1, {"a": [', '[1, "a]', '[1, "a\\', "["])
def test_array_items__that_are_cut_off__end_with_a_report(text: str) -> None:
    """An array that does not end gives what came whole, and one report."""
    *whole, last = values_of(text)
    assert whole == ([1, 2] if text == "[1, 2," else [1] if "1" in text else [])
    assert "the end of the input" in last


def test_array_items__with_more_behind_them__end_with_a_report() -> None:
    """What stands behind the array is one report and is not read."""
    *whole, last = values_of("[1]\n\n [2]")
    assert whole == [1]
    assert "line 3: something behind the array" in last
    assert values_of("[1] \n\n") == [1]


def test_array_items__of_an_empty_array_or_nothing__are_none() -> None:
    """Neither an empty array nor an empty stream has an item."""
    assert [values_of(text) for text in ("[]", " [ \n ] ", "", " \n", "\ufeff[]")] == [[]] * 5


def test_array_items__behind_a_byte_order_mark_or_in_utf_16__are_read() -> None:
    """A mark in front is passed over; another encoding is read as a whole."""
    assert values_of("\ufeff [1, 2]") == [1, 2]
    assert values_of("[1, 2]".encode("utf-16")) == [1, 2]


def test_array_items__of_no_array__are_refused() -> None:
    """A root that is no array is an unusable call."""
    with pytest.raises(InvalidDocument, match="leave out --items"):
        values_of('{"a": 1}')


def test_array_items__beyond_the_limits__cost_that_item_alone() -> None:
    """An item that is too large or too deep is reported; those around it come out."""
    large = b'[1, {"x": "' + b"y" * (SIZE_LIMIT + 10) + b'"}, 2]'
    deep = b"[1, " + b"[" * 600 + b"]" * 600 + b", 2]"
    assert [values_of(text)[::2] for text in (large, deep)] == [[1, 2]] * 2
    assert "more than the limit" in values_of(large)[1]
    broken = b"[1, [" + b"\n" * (SIZE_LIMIT + 100_000) + b"], nope]"
    assert [text[:25] for text in values_of(broken)[1:]] == [
        "in.json, item 2, line 1: ",
        "in.json, item 3, column 1",
    ]
    assert f"deeper than {DEPTH_LIMIT}" in values_of(deep)[1]
    assert len(values_of(b"[" + b"[" * 500_000)) == 1


def test_array_items__of_a_long_array__hold_one_at_a_time() -> None:
    """Forty megabytes of items, most of them one item, pass through a few."""

    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.left = [b'{"a": [1, 2, {"b": "x"}]},' * 2500] * 20
            self.left += [b'{"long": "' + b"x" * 65_000] + [b"x" * 65_000] * 600 + [b'"}, 1]']

        def read(self, _size: int = -1) -> bytes:
            return self.left.pop(0) if self.left else b""

    tracemalloc.start()
    try:
        cuts = ArrayItems(Endless(), b"", line=1, limit_bytes=1_000_000)  # type: ignore[arg-type]
        count = faults = 0
        for cut in cuts:
            count, faults = count + 1, faults + bool(cut.fault)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (count, faults) == (2500 * 20 + 2, 1)
    assert peak_bytes < 8_000_000


def test_line_items__with_a_bad_line__name_it_and_go_on() -> None:
    """A line is an item by its number; a bad one is told with its line and column."""
    items = list(line_items(io.BytesIO(b'{"a":1}\n\n{"a":x}\n2'), where="in.ndjson"))
    assert [item.number for item in items] == [1, 3, 4]
    assert read_item(items[2]) == 2
    with pytest.raises(InvalidDocument, match=r"^in.ndjson, line 3, column 6: expecting value"):
        read_item(items[1])


@pytest.mark.parametrize("data", [b'{"a": 1, "a": 2}', b"[NaN]", b"[1e999]", rb'["\ud800"]'])
def test_read_item__when_brief__tells_no_place_within(data: bytes) -> None:
    """A brief answer says that the item is bad, where it stands, and does not search it."""
    (item,) = line_items(io.BytesIO(data), where="in.ndjson")
    with pytest.raises(InvalidDocument) as caught:
        read_item(item, is_brief=True)
    assert caught.value.where == "in.ndjson, line 1"
