"""Whether a value satisfies a formula: the meaning that everything else here is checked against."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from agent.core.inclusion.formulas import (
    And,
    Atom,
    Contains,
    Fields,
    Format,
    Formula,
    High,
    Items,
    Keys,
    Low,
    Multiple,
    Names,
    OneOfValues,
    Opaque,
    Or,
    Pattern,
    Size,
    Type,
    Types,
    Unique,
)
from agent.core.inclusion.graph import Graph, Literal, Spot
from agent.core.inclusion.keywords import Expander, exact
from agent.core.merging import value_key
from agent.core.shapes.facts import does_match, has_format
from agent.core.values import Json


def type_of(value: Json) -> Type:
    """Return the JSON type of a value."""
    match value:
        case None:
            return Type.NULL
        case bool():
            return Type.BOOLEAN
        case int() | float():
            return Type.NUMBER
        case str():
            return Type.STRING
        case list():
            return Type.ARRAY
        case dict():
            return Type.OBJECT
        case _:
            raise TypeError(f"not a JSON value: {type(value).__name__}")


def is_key(keys: Keys, key: str) -> bool:
    """Return whether a set of keys holds a key."""
    if keys.name is not None:
        return key == keys.name
    if keys.pattern is not None:
        return does_match(keys.pattern, key)
    return key not in keys.names and not any(does_match(one, key) for one in keys.patterns)


class Membership:
    """Tests values. `spend` is told of every step and may end the test by raising."""

    def __init__(self, graph: Graph, expander: Expander, spend: Callable[[], None]) -> None:
        self._graph = graph
        self._expander = expander
        self._spend = spend
        self._engines: dict[Literal, Any] = {}

    def holds(self, formula: Formula, value: Json) -> bool:
        """Return whether a value satisfies a formula."""
        self._spend()
        match formula:
            case int():
                return self._is_literal(formula, value)
            case And():
                return all(self.holds(part, value) for part in formula.parts)
            case Or():
                return any(self.holds(part, value) for part in formula.parts)
            case Types():
                return type_of(value) in formula.types
            case OneOfValues():
                return (value_key(value) in formula.keys) is formula.positive
            case Atom():
                if type_of(value) is not formula.type:
                    return formula.elsewhere
                return self._is_atom(formula, value) is formula.holds
            case Opaque():
                return self._is_valid(formula.literal, value) is formula.positive
            case _:
                assert_never(formula)

    def _is_literal(self, literal: Literal, value: Json) -> bool:
        return self.holds(self._expander.formula(literal), value)

    def _is_atom(self, atom: Atom, value: Any) -> bool:
        match atom.body:
            case Low(bound=bound, is_open=is_open):
                number = exact(value)
                return number > bound or (number == bound and not is_open)
            case High(bound=bound, is_open=is_open):
                number = exact(value)
                return number < bound or (number == bound and not is_open)
            case Multiple(of=step):
                return not exact(value) % step
            case Size(count=count):
                return len(value) >= count
            case Pattern(pattern=pattern):
                return does_match(pattern, value)
            case Format(format=name):
                return has_format(name, value)
            case Items(start=start, end=end, literal=literal):
                return all(self._is_literal(literal, item) for item in value[start:end])
            case Contains(literal=literal, count=count):
                return sum(self._is_literal(literal, item) for item in value) >= count
            case Unique():
                return is_distinct(value)
            case Fields(keys=keys, literal=literal):
                return all(
                    self._is_literal(literal, item)
                    for key, item in value.items()
                    if is_key(keys, key)
                )
            case Names(literal=literal):
                return all(self._is_literal(literal, key) for key in value)
            case _:
                assert_never(atom.body)

    def _is_valid(self, literal: Literal, value: Json) -> bool:
        """Ask the engine that validates payloads about a whole subschema."""
        engine = self._engines.get(literal)
        if engine is None:
            engine = self._engines[literal] = _engine(self._graph.spot(literal))
        return bool(engine.is_valid(value))


def _engine(spot: Spot) -> Any:
    """Return a validator of one node, which becomes a definition of its document."""
    import jsonschema_rs

    from agent.core.contract import spelled

    definitions = spot.root.document.get("$defs", {})
    name = next(name for name in map(str, itertools.count()) if name not in definitions)
    whole = {**spot.root.document, "$defs": {**definitions, name: spot.node}}
    document = {**spelled(whole), "$id": "urn:driftmend:root"}
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"urn:driftmend:root#/$defs/{name}"},
        registry=jsonschema_rs.Registry([("urn:driftmend:root", document)]),
        validate_formats=spot.root.asserts_formats,
    )


def is_distinct(values: Sequence[Json]) -> bool:
    """Return whether no two values are equal."""
    return len({value_key(value) for value in values}) == len(values)
