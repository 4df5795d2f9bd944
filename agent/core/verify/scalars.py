"""Boundary values of texts, numbers and booleans under one settled schema node."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agent.core.values import Json, json_type
from agent.core.verify.formats import FORMATS, WELL_KNOWN, text_of_format
from agent.core.verify.patterns import no_numbers_matching, text_matching, texts_matching
from agent.core.verify.spelling import is_found

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
"""The language's integers (DESIGN, section 4); payloads stay within its printed limits."""

MAX_TEXT = 5_000
"""Longest text that is written, however large `minLength` or `maxLength` is."""

INTEGRAL_FLOAT_SHARE = 0.1
"""Share of random integers that are written with a fraction of zero, which is valid too."""

FORMATTED_SHARE = 0.8
"""Share of random texts that follow a `format`; the rest show that nothing forces them to."""

MAX_KNOWN = 2
"""Well-known texts that lead where a pattern admits them."""

NEAR_LITERALS = 3
"""Literals per field whose neighbours are tried too."""

_SURROUNDINGS = (("x", ""), ("", "x"), ("\n", "\n"), ("🙂", "🙂"))

ODD_TEXTS = (
    "",
    "a",
    " ",
    "ß",
    "𝒳 🙂",
    "e\u0301",
    "line\nbreak\ttab",
    "\u0000\u001f",
    "0",
    "-12.50",
    "true",
    "null",
    '"quoted" \\ / {} \' , ; : |',
    "İıſ",
    "a/b~c*d.e",
    "2024-02-30",
    " a",
    "a ",
    "1e5",
    "007",
    "9" * 40,
    "٣",
    "NaN",
    "x" * MAX_TEXT,
)
"""Texts that a schema admits and that rules forget; `format` is an annotation, so these fit too."""

_INTEGERS = (0, -1, 1.0, 1, INT64_MAX, INT64_MIN, 2, 3.0, 100, 2**31, 2**53 + 1)
_NUMBERS = (0, -1, 0.5, 1e-7, 1, 1e308, 2.675, 1.0, -0.1, 1e16, -1e308, 2**53 + 1, INT64_MAX)


@dataclass(frozen=True, slots=True)
class Options:
    """Values for one node. The first `plausible` ones look like ordinary payloads."""

    values: tuple[Json, ...]
    plausible: int


def text_options(
    node: Json, *, name: str, favourites: Iterable[Json] = (), literals: Iterable[Json] = ()
) -> Options:
    """Return texts for a string node: favourites, ordinary ones, literals, then odd ones."""
    liked = [one for one in favourites if isinstance(one, str) and _fits_text(node, one)]
    ordinary = _plausible_texts(node, name)
    mentioned = [one for one in literals if isinstance(one, str)]
    # The empty text comes first: of all odd texts it is forgotten most.
    odd = ["", *mentioned, *(near for one in mentioned[:NEAR_LITERALS] for near in _near(one))]
    odd += no_numbers_matching(node["pattern"]) if node.get("pattern") else ()
    odd += [*_documented(node, str), *_lengths(node), *_surrounded(node, ordinary), *ODD_TEXTS]
    return _options(liked or ordinary, [*odd, *ordinary], lambda text: _fits_text(node, text))


def number_options(
    node: Json,
    *,
    is_integer: bool,
    favourites: Iterable[Json] = (),
    literals: Iterable[Json] = (),
) -> Options:
    """Return numbers for a node: favourites, ordinary ones, bounds, literals ±1, extremes."""
    liked = [one for one in favourites if _is_number(one) and _fits_number(node, one, is_integer)]
    ordinary = [*_inside(node), *((3, 5, 7) if is_integer else (3, 12.5, 7.25))]
    odd = [*_edges(node), *_documented(node, (int, float))]
    odd += [near for one in literals if _is_number(one) for near in (one, one + 1, one - 1)]
    odd += [*(_INTEGERS if is_integer else _NUMBERS), *ordinary]
    return _options(liked or ordinary, odd, lambda number: _fits_number(node, number, is_integer))


def wild_text(node: Json, rng: random.Random) -> str:
    """Return a random text for a string node: mostly one for its `pattern` or of its `format`."""
    if node.get("pattern"):
        text = text_matching(node["pattern"], rng)
        return rng.choice(texts_matching(node["pattern"]) or ("",)) if text is None else text
    formatted = text_of_format(node.get("format", ""), rng)
    if formatted is not None and rng.random() < FORMATTED_SHARE:
        return formatted
    least, most = node.get("minLength", 0), min(node.get("maxLength", 12), MAX_TEXT)
    alphabet = rng.choice(("abc", "0123456789", "0123456789.-", "aB-_ /", "é漢🙂 \u200b\n"))
    length = rng.randint(min(least, most), max(least, min(most, least + 12)))
    return "".join(rng.choice(alphabet) for _ in range(min(length, MAX_TEXT)))


def wild_number(node: Json, rng: random.Random, *, is_integer: bool) -> Json:
    """Return a random number within the bounds of a node."""
    low = _bound(node, "minimum", "exclusiveMinimum", default=-(10 ** rng.randint(0, 12)))
    high = _bound(node, "maximum", "exclusiveMaximum", default=low + 10 ** rng.randint(1, 13))
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        return 0
    step = node.get("multipleOf")
    if step and math.isfinite(step):
        number = _multiple(rng.uniform(low, high), step)
        return number if _fits_number(node, number, is_integer) else 0
    if is_integer or rng.random() < 0.3:
        whole = rng.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))
        return float(whole) if rng.random() < INTEGRAL_FLOAT_SHARE else whole
    return round(rng.uniform(low, high), rng.randint(0, 6))


def _options(plausible: list[Any], odd: list[Any], fits: Any) -> Options:
    """Return the fitting values once each; when no plausible one fits, the first odd one leads."""
    first = _distinct(one for one in plausible if fits(one))
    values = _distinct([*first, *(one for one in odd if fits(one))])
    return Options(values=tuple(values), plausible=len(first) or min(1, len(values)))


def _distinct(values: Iterable[Json]) -> list[Json]:
    """Return each value once; 1 and 1.0 are different payloads."""
    return list({(json_type(one), one): one for one in values}.values())


def _documented(node: Json, kinds: Any) -> list[Json]:
    found = [*node.get("examples", ()), *([node["default"]] if "default" in node else ())]
    return [one for one in found if isinstance(one, kinds) and not isinstance(one, bool)]


def _plausible_texts(node: Json, name: str) -> list[str]:
    if node.get("pattern"):
        fitting = [one for one in WELL_KNOWN if is_found(node["pattern"], one)]
        return [*_documented(node, str), *fitting[:MAX_KNOWN], *texts_matching(node["pattern"])]
    known = FORMATS.get(node.get("format", ""))
    if known:
        return list(known)
    word = name if name.isprintable() and 0 < len(name) <= 40 else "text"
    texts = [*_documented(node, str), f"{word} one", f"{word} two", f"{word} three"]
    return [_fitted(node, text) for text in texts]


def _fitted(node: Json, text: str) -> str:
    """Return `text` cut or padded to the length that the node asks for, its end kept distinct."""
    least, most = node.get("minLength", 0), node.get("maxLength", MAX_TEXT)
    if len(text) > most:
        return text[len(text) - int(most) :]
    return text + "x" * (min(int(least), MAX_TEXT) - len(text))


def _near(text: str) -> tuple[str, ...]:
    """Return texts that a comparison with `text` may take for it, or forget."""
    return (f"{text}x", text.swapcase(), f" {text}", f"a{text}", f"a{text}b{text}c")


def _surrounded(node: Json, ordinary: list[str]) -> list[str]:
    """Return ordinary texts within others: a pattern without ends admits those too."""
    if not node.get("pattern"):
        return []
    return [f"{before}{text}{after}" for text in ordinary[:1] for before, after in _SURROUNDINGS]


def _lengths(node: Json) -> list[str]:
    bounds = [int(node[keyword]) for keyword in ("minLength", "maxLength") if keyword in node]
    return ["x" * min(bound, MAX_TEXT) for bound in bounds]


def _fits_text(node: Json, text: str) -> bool:
    if not node.get("minLength", 0) <= len(text) <= node.get("maxLength", math.inf):
        return False
    return "pattern" not in node or is_found(node["pattern"], text)


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _bound(node: Json, inclusive: str, exclusive: str, *, default: Json) -> Json:
    return node.get(inclusive, node.get(exclusive, default))


def _edges(node: Json) -> list[Json]:
    """Return the bounds of a node and their neighbours; what lies outside is sifted later."""
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    edges = [node[keyword] for keyword in bounds if keyword in node]
    return [near for edge in edges for near in (edge, edge + 1, edge - 1)]


def _inside(node: Json) -> list[Json]:
    """Return numbers well inside bounds that leave ordinary numbers out."""
    low = _bound(node, "minimum", "exclusiveMinimum", default=None)
    high = _bound(node, "maximum", "exclusiveMaximum", default=None)
    step = node.get("multipleOf")
    if step and math.isfinite(step):
        start = _multiple(low if low is not None else 0, step)
        return [start, start + step, start + 2 * step, start + 3 * step]
    if low is not None and low > 3:
        return [low + 1, low + 2, low + 3]
    if low is not None and high is not None and high - low < 10:
        return [low + (high - low) / 2, low, high]
    return [high - 1, high - 2] if high is not None and high < 7 else []


def _multiple(number: Json, step: Json) -> Json:
    count = math.floor(number / step)
    product = count * step
    return int(product) if float(product).is_integer() else product


def _fits_number(node: Json, number: Json, is_integer: bool) -> bool:
    if is_integer and isinstance(number, float) and not number.is_integer():
        return False
    if isinstance(number, int) and not INT64_MIN <= number <= INT64_MAX:
        return False
    if not node.get("minimum", number) <= number <= node.get("maximum", number):
        return False
    if "exclusiveMinimum" in node and number <= node["exclusiveMinimum"]:
        return False
    if "exclusiveMaximum" in node and number >= node["exclusiveMaximum"]:
        return False
    step = node.get("multipleOf")
    return not step or _is_multiple(number, step)


def _is_multiple(number: Json, step: Json) -> bool:
    """Return whether every validator takes the number for a multiple: also those on floats."""
    if isinstance(number, int) and isinstance(step, int):
        return number % step == 0
    ratio = number / step
    return abs(ratio) < 2**53 and float(ratio).is_integer()
