from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.values import Json, same_value
from agent.errors import InvalidDocument
from api.payloads import read_payload, write_payload

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_payload__written_and_read__is_the_same_on_one_line(value: Json) -> None:
    """Bytes out and in again lose nothing, big integers included, and NDJSON stays NDJSON."""
    written = write_payload(value)
    assert b"\n" not in written
    assert same_value(read_payload(written), value, tolerance=0.0)


def test_payload__as_deep_as_we_read__can_be_written() -> None:
    """What was let in can go out, also where the fast writer gives up."""
    deep = json.loads("[" * 400 + "]" * 400)
    assert write_payload(deep) == b"[" * 400 + b"]" * 400


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"\xff", b"{'a': 1}", b"a: 1", b"NaN", b'{"a":1,"a":2}', b"1 2", b'"\\ud800"'],
)
def test_payload__not_strict_json__is_refused(body: bytes) -> None:
    """Nothing on the live path is guessed at: no YAML, no NaN, no repeated key."""
    with pytest.raises(InvalidDocument):
        read_payload(body)


def test_payload__with_a_byte_order_mark__is_read() -> None:
    """A mark at the start of a file is no part of its JSON."""
    assert read_payload(b"\xef\xbb\xbf1") == 1
