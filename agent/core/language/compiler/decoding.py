"""The typed decoder of a source: it checks what the rules read, and skips what none reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from agent.core.language.absence import MISSING
from agent.core.language.compiler import kinds
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.source import Node
from agent.core.language.functions.operands import LARGEST_INTEGER, SMALLEST_INTEGER


def make_decoder(source: Node) -> Callable[[bytes], Any]:
    """Return what decodes a body; what breaks the schema fails with an `msgspec` error.

    Raises:
        CannotCompile: the schema says something of what is read that no typed decoder checks.
    """
    import msgspec

    try:
        return msgspec.json.Decoder(type_of(source)).decode
    except TypeError as error:
        raise CannotCompile(f"no typed decoder: {error}") from error


def type_of(node: Node) -> Any:
    """Return the type that holds what is valid at a place, but for patterns.

    What the decoder cannot check comes as it is, and is judged where it is read.
    """
    if node.is_plain:
        return Any
    if node.values is not None:
        return Literal[tuple(_listed(node))]
    arms = [_ARMS[kind](node) for kind in _ARMS if node.kinds & kind]
    if node.kinds & kinds.NULL:
        arms.append(None)
    union = arms[0]
    for arm in arms[1:]:
        union = union | arm
    return union


def _listed(node: Node) -> list[Any]:
    values = [value for value in node.values or () if kinds.kind_of(value) & node.kinds]
    if node.may_be_null and None not in values:
        values.append(None)
    return values


def _integer(node: Node) -> Any:
    import msgspec

    stated = node.schema
    lows, highs = [SMALLEST_INTEGER], [LARGEST_INTEGER]
    lows += [math.ceil(stated["minimum"])] if "minimum" in stated else []
    lows += [math.floor(stated["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in stated else []
    highs += [math.floor(stated["maximum"])] if "maximum" in stated else []
    highs += [math.ceil(stated["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in stated else []
    return Annotated[int, msgspec.Meta(ge=max(lows), le=min(highs))]


def _float(node: Node) -> Any:
    import msgspec

    stated = {
        name: node.schema[keyword]
        for keyword, name in _FLOAT_BOUNDS.items()
        if keyword in node.schema
    }
    return Annotated[float, msgspec.Meta(**stated)] if stated else float


_FLOAT_BOUNDS: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
}


def _text(node: Node) -> Any:
    return _sized(str, node, "minLength", "maxLength")


def _sized(kind: Any, node: Node, least: str, most: str) -> Any:
    import msgspec

    stated: dict[str, Any] = {
        name: int(node.schema[keyword])
        for keyword, name in ((least, "min_length"), (most, "max_length"))
        if keyword in node.schema
    }
    return Annotated[kind, msgspec.Meta(**stated)] if stated else kind


def _array(node: Node) -> Any:
    return _sized(list[type_of(node.item)], node, "minItems", "maxItems")  # type: ignore[misc]


def _object(node: Node) -> Any:
    if node.is_map_of_values:
        return dict[str, type_of(node.others)]  # type: ignore[misc]
    return _record(node)


def _record(node: Node) -> Any:
    """Return a record of the fields that are read; of the others, required ones must be there."""
    import msgspec

    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    names: dict[str, str] = {}
    for index, (key, below) in enumerate(node.reads.items()):
        names[f"f{index}"] = key
        if key in node.required:
            fields.append((f"f{index}", type_of(below)))
        else:
            fields.append((f"f{index}", type_of(below), MISSING))
    known = node.schema.get("properties", {}) if node.is_closed else ()
    for index, key in enumerate(sorted({*known, *node.required} - node.reads.keys())):
        names[f"s{index}"] = key
        skipped = (f"s{index}", msgspec.Raw)
        fields.append(skipped if key in node.required else (*skipped, MISSING))
    # Fields with a default come last, which msgspec asks for; they are read by name.
    fields.sort(key=len)
    return msgspec.defstruct(
        "Source", fields, rename=names, gc=False, forbid_unknown_fields=node.is_closed
    )


_ARMS: Final[dict[int, Callable[[Node], Any]]] = {
    kinds.BOOLEAN: lambda _: bool,
    kinds.INTEGER: _integer,
    kinds.FLOAT: _float,
    kinds.TEXT: _text,
    kinds.ARRAY: _array,
    kinds.OBJECT: _object,
}
