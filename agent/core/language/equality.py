"""Equality inside the language: JSON's, where true is not 1 and 1 is 1.0, exactly."""

from __future__ import annotations

from collections.abc import Hashable

from agent.core.language.absence import Instant, Missing, OperationFailed, Table, Value, scalar_key


def equality_key(value: Value) -> Hashable:
    """Return a hashable key that two values share exactly when they are equal.

    Key order of objects is free, array order is not. Numbers are compared exactly, with no
    tolerance: `2**53 + 1` and `2.0**53` differ.
    """
    if isinstance(value, (list, dict)):
        return ("deep", _flat_text(value))
    if isinstance(value, Instant):
        return ("date", value)
    if isinstance(value, Table):
        raise OperationFailed("a table", "compare the values that it holds, with at(...)")
    return scalar_key(value)


def are_equal(left: Value, right: Value) -> bool:
    """Return whether two values are equal; a missing one equals nothing, not even itself."""
    if isinstance(left, Missing) or isinstance(right, Missing):
        return False
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and bool(left == right)
    return equality_key(left) == equality_key(right)


def _flat_text(value: Value) -> str:
    """Return a text that says all of an array or object.

    Counts come before what they count, so that nothing needs an end mark; flat and without
    recursion, so that the deepest payload can be compared.
    """
    pieces: list[str] = []
    pending = [value]
    while pending:
        item = pending.pop()
        match item:
            case list():
                pieces.append(f"[{len(item)}:")
                pending.extend(reversed(item))
            case dict():
                pieces.append(f"{{{len(item)}:")
                for key in sorted(item, reverse=True):
                    pending += (item[key], key)
            case str():
                pieces.append(f"s{len(item)}:{item}")
            case _:
                pieces.append(_scalar_text(item))
    return "".join(pieces)


def _scalar_text(value: Value) -> str:
    if isinstance(value, Instant):
        return f"d{value.in_utc().isoformat()};"
    kind, scalar = scalar_key(value)
    if isinstance(scalar, float) and scalar.is_integer():
        scalar = int(scalar)
    return f"{kind[0]}{scalar!r};"
