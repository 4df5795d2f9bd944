"""Files and bodies read as JSON values."""

from __future__ import annotations

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import InvalidDocument
from agent.formats.documents import load_file, load_text
from agent.formats.limits import DEPTH_LIMIT


def _refused(text: str | bytes, **how) -> str:
    with pytest.raises(InvalidDocument) as caught:
        load_text(text, **how)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
        (b"\xef\xbb\xbf[1]", [1]),
        ("\ufeff[1]", [1]),
        ('{"a": 1}'.encode("utf-16"), {"a": 1}),
        ('{"a": 1}'.encode("utf-32"), {"a": 1}),
        ("12345678901234567890123", 12345678901234567890123),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"a": "\\ud83d\\ude00", "b\\u0000": "\\\\ud800"}', {"a": "😀", "b\x00": "\\ud800"}),
        ("a: 1\nb: [x, 'y']\n", {"a": 1, "b": ["x", "y"]}),
        ("hello", "hello"),
        ("1e5", 100000.0),
    ],
)
def test_load_text__of_json_or_yaml__gives_its_value(text, expected):
    """JSON and YAML are told apart by content; marks of UTF-16 and UTF-32 are heeded."""
    found = load_text(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty document"]),
        (" \n\t", ["empty document"]),
        ('{"a": 1', ["line 1, column 8", "cut off"]),
        ('{"a":\n 1}\n{"b": 2}', ["line 3, column 1", "extra data", "NDJSON"]),
        ('{"a": 1,}', ["line 1, column 9"]),
        ('[\n// no\n1]', ["line 2, column 1", "no comments"]),
        ("{'a': 1}", ["double quotes"]),
        ('{"a": NaN}', ["line 1, column 7", "/a is NaN"]),
        ('[1, -Infinity]', ["/1 is -Infinity"]),
        ('{"a": [1e400]}', ["line 1, column 8", "/a/0 is 1e400"]),
        ('{"a": [0, {"b/c": 1, "b/c": 2}]}', ["column 22", "/a/1/b~1c stands twice"]),
        ('{"a": "\\ud800"}', ["column 7", "/a holds a lone surrogate"]),
        ('{"\\udc00": 1}', ["column 2", "lone surrogate"]),
        ("9" * 5000, ["digits"]),
        ("[" * 2000 + "]" * 2000, [f"deeper than {DEPTH_LIMIT}"]),
        ("[" * 700 + "]" * 700, [f"deeper than {DEPTH_LIMIT}"]),
        (b'{"a": "\xe9"}', ["0xe9 at offset 7", "UTF-8"]),
        (b"\x1f\x8b\x08\x00", ["gzip"]),
        ("a: 1\na: 2", ["line 2, column 1", "'a' stands twice"]),
        ("a: .nan", ["line 1, column 4", ".nan"]),
        ("a: 1e999", ["beyond a 64-bit float"]),
        ("a: !!python/object/apply:os.system ['true']", ["line 1, column 4", "tag"]),
        ("a: !mine 1", ["the tag '!mine'"]),
        ("a: &x {b: *x}", ["*x, which holds itself"]),
        ("a: *x", ["of no anchor"]),
        ("? [a, b]\n: 1", ["a key that is not text"]),
        ("a: &k b\n*k : 1", ["an alias as a key"]),
        ("a: 1\n---\nb: 2", ["a second document"]),
        ("a: [1,\nb: }", ["line 2", "neither JSON nor YAML"]),
        ("a: " + "[" * 100_000, [f"deeper than {DEPTH_LIMIT}"]),
    ],
)  # fmt: skip
def test_load_text__of_what_cannot_be_read__says_where_and_what(text, words):
    """Every refusal names the file and the place, what was found and what helps, and soon."""
    start = time.process_time()
    message = _refused(text, where="orders")
    assert time.process_time() - start < 1
    assert message.startswith("orders")
    assert [word for word in words if word not in message] == []


def test_load_text__of_yaml_words__keeps_the_core_types_of_yaml_12():
    """Only true, false, null and numbers are anything but text."""
    text = "[no, yes, off, 2020-01-01, 12:30:45, 0o17, 0x1F, 012, 1_000, ~, 'true', True, .5, +3]"
    assert load_text("x: " + text)["x"] == [
        "no", "yes", "off", "2020-01-01", "12:30:45", 15, 31, 12, "1_000", None, "true", True,
        0.5, 3,
    ]  # fmt: skip


def test_load_text__of_yaml_keys__keeps_them_as_written():
    """Keys are text: `200`, `no` and `1.10` stay what the author wrote."""
    assert load_text("200: a\nno: b\n1.10: c\ntrue: d") == {
        "200": "a",
        "no": "b",
        "1.10": "c",
        "true": "d",
    }


def test_load_text__of_yaml_merges__puts_own_keys_first():
    """A merge key brings what the mapping does not say itself."""
    text = "base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3"
    assert load_text(text)["mine"] == {"x": 1, "y": 3}


def test_load_text__of_an_alias_bomb__counts_aliases_and_refuses():
    """Nine lines of nine aliases each would be 387 million values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert "aliases" in _refused("\n".join(lines))


def test_load_text__beyond_the_size_limit__is_refused():
    """The limit counts bytes and is a setting of the caller."""
    assert "more than the limit of 10" in _refused('"äääääääää"', limit_bytes=10)
    assert load_text('"ääää"', limit_bytes=10) == "ääää"


@pytest.mark.parametrize("name", ["a.yaml", "a.YML"])
def test_load_text__of_a_yaml_file_that_looks_like_json__is_yaml(name):
    """The name decides before the first character does."""
    assert load_text("{a: b}", where=name) == {"a": "b"}


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_load_file__of_no_file__says_so(tmp_path, name):
    """A missing file and a folder are refused by name."""
    with pytest.raises(InvalidDocument, match="cannot be read"):
        load_file(str(tmp_path / name))


def test_load_file__beyond_the_limit__is_not_read_whole(tmp_path):
    """A file that is too large is named with its size."""
    path = tmp_path / "big.json"
    path.write_bytes(b" " * 5000)
    with pytest.raises(InvalidDocument, match="5,000 bytes"):
        load_file(str(path), limit_bytes=1000)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda below: st.lists(below, max_size=4)
    | st.dictionaries(st.text(max_size=4), below, max_size=4),
    max_leaves=15,
)  # fmt: skip


@given(VALUES, st.booleans())
def test_load_text__of_written_json__gives_it_back(value, is_ascii):
    """Reading undoes writing, for every JSON value."""
    assert load_text(json.dumps(value, ensure_ascii=is_ascii), where="x.json") == value


PRINTABLE = st.text(alphabet=st.characters(categories=("L", "N", "P"), max_codepoint=0x3000))


@given(st.dictionaries(PRINTABLE, PRINTABLE | st.integers() | st.booleans() | st.none()))
def test_load_text__of_quoted_yaml__gives_it_back(value):
    """Reading undoes writing where texts are quoted, so that no version of YAML types them."""
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True)
    quoted = {key: str(item) if item is None else item for key, item in value.items()}
    found = load_text(text, where="x.yaml")
    assert found.keys() == quoted.keys()
    assert all(found[key] == item for key, item in value.items() if isinstance(item, str))


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,\\ud80e1-+.&*!#|>\n ', max_size=60))
def test_load_text__of_any_bytes__gives_json_or_refuses(data):
    """Whatever comes in is read or refused; nothing else is ever raised."""
    try:
        value = load_text(data)
    except InvalidDocument:
        return
    json.dumps(value, allow_nan=False).encode()
    json.dumps(value, ensure_ascii=False).encode()
