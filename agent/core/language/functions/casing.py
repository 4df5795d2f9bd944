"""Letter case and the names that programs give to fields. Unicode's rules, of no locale."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Final

from agent.core.language.absence import Value
from agent.core.language.functions.operands import text_of
from agent.core.language.functions.table import Function, make_function

_APOSTROPHES: Final = "'’"


def upper(s: Value, /) -> str:
    """Return the text in capitals; `straße` gives `STRASSE`."""
    return text_of(s).upper()


def lower(s: Value, /) -> str:
    """Return the text in small letters."""
    return text_of(s).lower()


def title(s: Value, /) -> str:
    """Return the text with each word capitalised and its rest in small letters.

    A word is a run of letters, digits and marks, apostrophes inside it included: `They're`.
    """
    runs = itertools.groupby(text_of(s), key=lambda char: _is_of_word(char) or char in _APOSTROPHES)
    return "".join(
        _capitalise("".join(chars)) if is_word else "".join(chars) for is_word, chars in runs
    )


def _capitalise(word: str) -> str:
    bare = word.lstrip(_APOSTROPHES)
    return word[: len(word) - len(bare)] + bare.capitalize()


def _is_of_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


def snake(s: Value, /) -> str:
    """Return the words in small letters, joined by `_`; words also part where case changes."""
    return "_".join(_words(text_of(s)))


def kebab(s: Value, /) -> str:
    """Return the words in small letters, joined by `-`."""
    return "-".join(_words(text_of(s)))


def camel(s: Value, /) -> str:
    """Return the words joined, each but the first capitalised."""
    words = _words(text_of(s))
    return "".join(words[:1] + [word.capitalize() for word in words[1:]])


def _words(text: str) -> list[str]:
    runs = itertools.groupby(text, key=_is_of_word)
    return [word for is_word, run in runs if is_word for word in _case_words("".join(run))]


def _case_words(run: str) -> list[str]:
    """Return the words of `HTTPServerId2`: http, server, id2."""
    words, start = [], 0
    for index in range(1, len(run)):
        follows_small = not run[index - 1].isupper() and run[index].isupper()
        ends_capitals = (
            run[index - 1].isupper()
            and run[index].isupper()
            and run[index + 1 : index + 2].islower()
        )
        if follows_small or ends_capitals:
            words.append(run[start:index].lower())
            start = index
    return [*words, run[start:].lower()]


CASING_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        upper,
        group="text",
        name="upper",
        summary="The text in capitals, by Unicode's rules.",
        example="upper('straße')",
        result="STRASSE",
    ),
    make_function(
        lower,
        group="text",
        name="lower",
        summary="The text in small letters, by Unicode's rules.",
        example="lower('ÉCOLE')",
        result="école",
    ),
    make_function(
        title,
        group="text",
        name="title",
        summary="The text with each word capitalised.",
        example="title('o’neill, jean-luc')",
        result="O’neill, Jean-Luc",
    ),
    make_function(
        snake,
        group="text",
        name="snake",
        summary="The words in small letters, joined by _.",
        example="[snake('orderId'), snake('HTTPServer 2')]",
        result=["order_id", "http_server_2"],
    ),
    make_function(
        camel,
        group="text",
        name="camel",
        summary="The words joined, each but the first capitalised.",
        example="[camel('order_id'), camel('HTTP-Server')]",
        result=["orderId", "httpServer"],
    ),
    make_function(
        kebab,
        group="text",
        name="kebab",
        summary="The words in small letters, joined by -.",
        example="kebab('orderId')",
        result="order-id",
    ),
)
