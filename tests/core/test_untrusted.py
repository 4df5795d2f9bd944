"""Rules for showing text that somebody else wrote."""

from __future__ import annotations

import html
import json
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.core.untrusted import markdown, visible, visible_json


@pytest.mark.parametrize("text", ["order_id", "/lines/*/price", "straße", "数量", "naïve", "a b"])
def test_visible__plain_text__stays(text: str) -> None:
    """Ordinary names of any script are shown as they are."""
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a[U+001B][31mb"),
        ("a\nb\r\tc", "a[U+000A]b[U+000D][U+0009]c"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("a\u00a0b\u2800", "a[U+00A0]b[U+2800]"),
        ("x\U000e0041", "x[U+E0041]"),
        ("\u3164\ufe0f", "[U+3164][U+FE0F]"),
        ("\ud800", "[U+D800]"),
        ("a\u2028b", "a[U+2028]b"),
    ],
)
def test_visible__what_acts_or_hides__is_written_out(text: str, shown: str) -> None:
    """Control, bidi, invisible and unpaired characters appear as their code point."""
    assert visible(text) == shown


def test_visible__stacked_marks__are_written_out_past_the_third() -> None:
    """A stack of combining marks cannot cover its neighbours."""
    assert visible("e" + "\u0301" * 5) == "e" + "\u0301" * 3 + "[U+0301][U+0301]"


def test_visible__too_long__ends_in_an_ellipsis() -> None:
    """A long text is cut to the limit, the ellipsis included."""
    assert visible("x" * 300, limit=20) == "x" * 19 + "…"
    assert visible("x" * 20, limit=20) == "x" * 20


@given(st.text(st.characters(), max_size=60), st.integers(1, 40))
def test_visible__any_text__is_inert_and_within_its_limit(text: str, limit: int) -> None:
    """Nothing comes out but visible characters, marks and blanks, never more than the limit."""
    shown = visible(text, limit=limit)
    assert len(shown) <= limit
    assert all(unicodedata.category(c)[0] != "C" for c in shown)
    assert not any(unicodedata.category(c).startswith("Z") and c != " " for c in shown)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "a | b `c` *d* _e_ ~~f~~",
        "https://example.org www.example.org WWW.example.org",
        "&lt;b&gt; \\` ![i](u)",
    ],
)
def test_markdown__markup__reads_back_as_the_text(text: str) -> None:
    """Markup, links and tables come out as the same text, with nothing left that could act."""
    shown = markdown(text)
    assert html.unescape(shown) == text
    assert not set(re.sub(r"&#\d+;", "", shown)) & set("<>|`*_[]\\!~:&")


def test_markdown__mentions_and_issues__stand_in_code() -> None:
    """A forge neither notifies anybody nor links an issue because of a field's name."""
    assert markdown("@me #1") == "<code>&#64;</code>me <code>&#35;</code>1"


def test_markdown__www__is_no_link() -> None:
    """A bare host name does not become a link."""
    assert "www." not in markdown("www.example.org").lower()


@given(st.text())
@example("\x7f")
def test_visible_json__of_any_text__says_the_same_and_shows_all(text: str) -> None:
    """JSON stays what it was, and nothing in it acts on a terminal or hides."""
    line = visible_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(line) == text
    assert line.isprintable()
