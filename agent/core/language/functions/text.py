"""Text: joining, cutting, replacing, padding. Positions count Unicode scalar values."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from agent.core.language.absence import MISSING, OperationFailed, Value
from agent.core.language.functions.operands import (
    array_of,
    choice_of,
    describe,
    integer_of,
    refuse_long_text,
    text_form,
    text_of,
)
from agent.core.language.functions.table import Absence, Function, make_function


def join(sep: Value, /, *parts: Value) -> Value:
    """Return the parts with `sep` between them; scalars are written as by `text`.

    Missing parts are skipped, an array is spread (one level), a null part makes null. Of no parts
    it is the empty text.
    """
    if sep is MISSING or sep is None:
        return sep
    found = list(_spread(parts))
    if any(part is None for part in found):
        return None
    texts = [text_form(part) for part in found]
    refuse_long_text(sum(map(len, texts)) + len(text_of(sep)) * len(texts))
    return text_of(sep).join(texts)


def _spread(parts: tuple[Value, ...]) -> Iterator[Value]:
    for part in parts:
        if isinstance(part, list):
            yield from part
        elif part is not MISSING:
            yield part


def format_text(template: Value, /, *parts: Value) -> str:
    """Return `template` with each `{}` replaced by a part, as by `text`; `{{` and `}}` are braces.

    As many parts as `{}`, or it fails.
    """
    pieces = template_pieces(text_of(template))
    if len(pieces) != len(parts) + 1:
        raise OperationFailed(
            f"{len(pieces) - 1} {{}} and {len(parts)} values in {describe(template)}",
            "give one value for each {}",
        )
    texts = [text_form(part) for part in parts]
    refuse_long_text(sum(map(len, pieces)) + sum(map(len, texts)))
    return "".join(a + b for a, b in zip(pieces, [*texts, ""], strict=True))


_BRACES: Final = re.compile(r"\{\{|\}\}|\{\}|[{}]")


@functools.lru_cache(maxsize=256)
def template_pieces(template: str) -> tuple[str, ...]:
    """Return the texts before, between and after the `{}` of a template."""
    pieces, start = [""], 0
    for match in _BRACES.finditer(template):
        pieces[-1] += template[start : match.start()]
        start = match.end()
        match match.group():
            case "{}":
                pieces.append("")
            case "{{" | "}}":
                pieces[-1] += match.group()[0]
            case single:
                raise OperationFailed(
                    f"a single {single} in {describe(template)}", "write {} for a value, {{ for {"
                )
    pieces[-1] += template[start:]
    return tuple(pieces)


def split(s: Value, sep: Value, /, max: Value = None) -> list[str]:
    """Return the pieces of `s` between separators; at most `max` splits, from the left."""
    if max is None:
        return text_of(s).split(_separator(sep))
    limit = integer_of(max)
    if limit < 0:
        raise OperationFailed(f"max is {limit}", "give 0 or more splits")
    return text_of(s).split(_separator(sep), limit)


def _separator(sep: Value) -> str:
    if not text_of(sep):
        raise OperationFailed("an empty text to look for", "give at least one character")
    return text_of(sep)


def slice_of(s: Value, start: Value, /, end: Value = None) -> Value:
    """Return the part of a text or array from `start` to before `end`, as Python slices."""
    piece = slice(integer_of(start), None if end is None else integer_of(end))
    return list(array_of(s)[piece]) if isinstance(s, list) else text_of(s)[piece]


def part(s: Value, sep: Value, i: Value, /) -> Value:
    """Return piece `i` of `split(s, sep)`, negative from the end; past an end missing."""
    pieces = split(s, sep)
    index = integer_of(i)
    return pieces[index] if -len(pieces) <= index < len(pieces) else MISSING


def replace(s: Value, a: Value, b: Value, /) -> str:
    """Return `s` with every `a` replaced by `b`."""
    text, old, new = text_of(s), _separator(a), text_of(b)
    if len(new) > len(old):
        refuse_long_text(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def starts_with(s: Value, prefix: Value, /) -> bool:
    """Return whether the text starts with `prefix`."""
    return text_of(s).startswith(text_of(prefix))


def ends_with(s: Value, suffix: Value, /) -> bool:
    """Return whether the text ends with `suffix`."""
    return text_of(s).endswith(text_of(suffix))


def contains(s: Value, piece: Value, /) -> bool:
    """Return whether the text contains `piece`; of arrays, write `x in list`."""
    return text_of(piece) in text_of(s, help="of arrays, write `x in list`")


def trim(s: Value, /, chars: Value = None) -> str:
    """Return the text without white space, or without any of `chars`, at both ends."""
    return text_of(s).strip(None if chars is None else text_of(chars))


def collapse(s: Value, /) -> str:
    """Return the text with each run of white space made one space, and none at the ends."""
    return " ".join(text_of(s).split())


def pad(s: Value, n: Value, fill: Value, /, side: Value = "left") -> str:
    """Return the text filled up to `n` characters with `fill`, at its left or right."""
    text, width = text_of(s), integer_of(n)
    if len(text_of(fill)) != 1:
        raise OperationFailed(f"the fill is {describe(fill)}", "give one character")
    refuse_long_text(width)
    if choice_of(side, ("left", "right"), name="side") == "left":
        return text.rjust(width, fill)
    return text.ljust(width, fill)


TEXT_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        join,
        group="text",
        name="join",
        summary="The parts with sep between them; skips missing parts, spreads arrays, "
        "null makes null.",
        example="[join(' ', 'Ada', absent(), 'King'), join('-', [1, 2], 3), join(' ', 'a', None)]",
        result=["Ada King", "1-2-3", None],
        absence=Absence.OWN,
    ),
    make_function(
        format_text,
        group="text",
        name="format",
        summary="The template with each {} replaced by a value; a missing value makes it missing.",
        example="format('orders/{}/{}', 7, 'a')",
        result="orders/7/a",
    ),
    make_function(
        split,
        group="text",
        name="split",
        summary="The pieces between separators; at most max= splits.",
        example="[split('a,b,c', ','), split('a,b,c', ',', max=1)]",
        result=[["a", "b", "c"], ["a", "b,c"]],
    ),
    make_function(
        slice_of,
        group="text",
        name="slice",
        summary="The part of a text or array from start to before end=; negative from the end.",
        example="[slice('abcdef', 2), slice('abcdef', 0, 2), slice('abcdef', -2)]",
        result=["cdef", "ab", "ef"],
    ),
    make_function(
        part,
        group="text",
        name="part",
        summary="Piece i between separators, from 0, negative from the end; past an end missing.",
        example="[part('a/b/c', '/', 1), part('a/b/c', '/', -1), part('a/b/c', '/', 9)]",
        result=["b", "c"],
        gives_missing=True,
    ),
    make_function(
        replace,
        group="text",
        name="replace",
        summary="The text with every a replaced by b.",
        example="replace('1.234.567', '.', '')",
        result="1234567",
    ),
    make_function(
        starts_with,
        group="text",
        name="starts_with",
        summary="Whether the text starts with another.",
        example="starts_with('order-7', 'order-')",
        result=True,
    ),
    make_function(
        ends_with,
        group="text",
        name="ends_with",
        summary="Whether the text ends with another.",
        example="ends_with('a.csv', '.csv')",
        result=True,
    ),
    make_function(
        contains,
        group="text",
        name="contains",
        summary="Whether the text contains another.",
        example="contains('a@b', '@')",
        result=True,
    ),
    make_function(
        trim,
        group="text",
        name="trim",
        summary="The text without white space, or any of chars=, at both ends.",
        example="[trim('  a b '), trim('--a-', chars='-')]",
        result=["a b", "a"],
    ),
    make_function(
        collapse,
        group="text",
        name="collapse",
        summary="The text with each run of white space made one space, and none at the ends.",
        example="collapse('  a   b ')",
        result="a b",
    ),
    make_function(
        pad,
        group="text",
        name="pad",
        summary="The text filled up to n characters at side= left (the default) or right.",
        example="[pad('7', 3, '0'), pad('a', 3, '.', side='right')]",
        result=["007", "a.."],
    ),
    make_function(
        text_form,
        group="text",
        name="text",
        summary="The canonical text of a scalar; 1.0 is '1.0', true is 'true'.",
        example="[text(1), text(1.0), text(True), text('a')]",
        result=["1", "1.0", "true", "a"],
    ),
)
