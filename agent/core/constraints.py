"""What one field accepts, read off its schema: types, values, bounds, arms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from agent.core.keywords import is_number
from agent.core.schema import FieldInfo
from agent.core.values import Json, canonical_text

ANY_TYPE = frozenset({"string", "boolean", "integer", "number", "object", "array"})
_VALUES_SHOWN = 5
_TEXT_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Lower:
    """A value that must be reached, or passed when it is `is_open`."""

    value: Fraction
    is_open: bool = False


Bound: TypeAlias = Lower
"""Upper bounds are kept as lower bounds of the negated value, so that one order serves both."""

_SIDES: tuple[tuple[str, str, str, int], ...] = (
    ("number", "minimum", "exclusiveMinimum", 1),
    ("number", "maximum", "exclusiveMaximum", -1),
    ("string", "minLength", "", 1),
    ("string", "maxLength", "", -1),
    ("array", "minItems", "", 1),
    ("array", "maxItems", "", -1),
    ("array", "minContains", "", 1),
    ("array", "maxContains", "", -1),
    ("object", "minProperties", "", 1),
    ("object", "maxProperties", "", -1),
)
"""JSON type, inclusive keyword, exclusive keyword, sign."""


def accepted_types(field: FieldInfo) -> frozenset[str]:
    """Return the JSON types that a field accepts, null aside; `number` includes `integer`."""
    return field.types | {"integer"} if "number" in field.types else field.types


def says_type(field: FieldInfo) -> bool:
    """Return whether the schema restricts the type at all."""
    return accepted_types(field) != ANY_TYPE


def value_key(value: Json) -> str:
    """Return text that is equal for values that JSON Schema calls equal: `1.0` is `1`."""
    return canonical_text(_plain(value))


def _plain(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def show(values: Iterable[Json]) -> str:
    """Return a few values as short JSON text."""
    listed = list(values)
    texts = [_short(canonical_text(value)) for value in listed[:_VALUES_SHOWN]]
    more = len(listed) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_SHOWN else text[: _TEXT_SHOWN - 1] + "…"


def is_closed(node: Json) -> bool:
    """Return whether an object refuses properties that it does not name."""
    if not isinstance(node, dict):
        return False
    return (
        node.get("additionalProperties") is False
        or node.get("unevaluatedProperties") is False
        or any(is_closed(part) for part in node.get("allOf", ()))
    )


def multiple(node: Json) -> Fraction | None:
    """Return `multipleOf` exactly, as the shortest decimal says it."""
    found = node.get("multipleOf") if isinstance(node, dict) else None
    return exact(found) if is_number(found) else None


def exact(number: Json) -> Fraction:
    """Return a JSON number as the decimal that its shortest text says: 0.1 is a tenth."""
    return Fraction(number if isinstance(number, int) else repr(number))


def bounds(node: Json, arms: tuple[Json, ...], *, types: frozenset[str]) -> dict[str, Bound]:
    """Return the bounds that hold, by inclusive keyword: the node's own, and its arms' loosest."""
    found: dict[str, Bound] = {}
    for kind, inclusive, exclusive, sign in _SIDES:
        if not types & ({"number", "integer"} if kind == "number" else {kind}):
            continue
        own = _bound(node, inclusive, exclusive, sign)
        shared = _loosest(arms, kind, (inclusive, exclusive, sign))
        tightest = max((b for b in (own, shared) if b), key=_tightness, default=None)
        if tightest and not _is_idle(tightest, inclusive):
            found[inclusive] = _whole(tightest, types) if kind == "number" else tightest
    return found


def _tightness(bound: Bound) -> tuple[Fraction, bool]:
    return bound.value, bound.is_open


def _bound(node: Json, inclusive: str, exclusive: str, sign: int) -> Bound | None:
    if not isinstance(node, dict):
        return None
    found = [Lower(Fraction(1))] if inclusive == "minContains" and "contains" in node else []
    if inclusive == "minContains" and inclusive in node:
        found = []
    for keyword, is_open in ((inclusive, False), (exclusive, True)):
        number = node.get(keyword) if keyword else None
        if is_number(number):
            found.append(Lower(sign * exact(number), is_open))
    return max(found, key=_tightness, default=None)


def _loosest(arms: tuple[Json, ...], kind: str, side: tuple[str, str, int]) -> Bound | None:
    accepting = [arm for arm in arms if _may_be(arm, kind)]
    found = [_bound(arm, *side) for arm in accepting]
    known = [bound for bound in found if bound]
    if not known or len(known) < len(found):
        return None
    return min(known, key=_tightness)


def _may_be(arm: Json, kind: str) -> bool:
    if not isinstance(arm, dict):
        return arm is not False
    declared = arm.get("type")
    types = [declared] if isinstance(declared, str) else declared
    if not isinstance(types, list):
        return True
    return kind in types or (kind == "number" and "integer" in types)


def _is_idle(bound: Bound, keyword: str) -> bool:
    """A size is never below 0 anyway."""
    return keyword in ("minLength", "minItems", "minProperties") and bound.value == 0


def _whole(bound: Bound, types: frozenset[str]) -> Bound:
    """Among integers `> 0` is `>= 1`: one bound, one form."""
    if "number" in types or not bound.is_open:
        return bound if "number" in types else Lower(Fraction(-(-bound.value // 1)))
    return Lower(Fraction(bound.value // 1 + 1))


def show_bound(keyword: str, bound: Bound | None) -> str:
    """Return `minimum 3`, `minimum above 3` or `no minimum`."""
    if bound is None:
        return f"no {keyword}"
    value = -bound.value if keyword.startswith("max") else bound.value
    number = show_number(value)
    aside = ("below " if keyword.startswith("max") else "above ") if bound.is_open else ""
    return f"{keyword} {aside}{number}"


def show_number(value: Fraction) -> str:
    """Return a number as people write it."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
