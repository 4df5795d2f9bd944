"""Writing one payload for a schema, with every choice answered by a policy."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.core.schema import Schema
from agent.core.values import Json, json_type, same_value
from agent.core.verify.choices import SIZE, WILD, Choice, Hints, Kind, Policy
from agent.core.verify.nodes import TYPES, NoValueError, Settled, settle, types_of
from agent.core.verify.objects import ObjectJob
from agent.core.verify.scalars import (
    Options,
    number_options,
    text_options,
    wild_number,
    wild_text,
)
from agent.core.verify.spots import Spot, anything

MAX_DEPTH = 48
MAX_VALUES = 300
"""Values after which unread parts are written as small as the schema allows."""

HARD_MAX_VALUES = 6_000
MANY_ITEMS = 101
"""A length past the round numbers that contracts bound their lists with."""

MAX_VISITS = 2
"""How often one `$ref` is followed on a path before its optional parts stay absent."""

_IMPLIED = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "multipleOf"),
}
_SHORTEST_FIRST = ("string", "integer", "number", "boolean", "null", "array", "object")


@dataclass(frozen=True, slots=True)
class Written:
    """A payload and the choices that were made for it, in order."""

    payload: Json
    choices: tuple[Choice, ...]


class Writer:
    """Writes payloads for one schema; it keeps what the next payload needs again."""

    def __init__(self, schema: Schema, *, hints: Hints) -> None:
        self.document = schema.document
        self.hints = hints
        self._settled: dict[tuple[int, tuple[int, ...]], tuple[Json, Settled]] = {}
        self._options: dict[tuple[int, str, str], tuple[Json, Options]] = {}
        self._reads: dict[str, bool] = {}

    def write(self, policy: Policy, *, rng: random.Random) -> Written:
        """Return a payload; it may still be invalid, so the caller validates it.

        Raises:
            NoValueError: these choices lead nowhere.
        """
        job = _Job(self, policy, rng)
        payload = job.value(self.document, Spot())
        return Written(payload=payload, choices=tuple(job.choices))

    def settle(self, node: Json, pick: Callable[[str, int], int]) -> Settled:
        """Return the settled node, the same object again for the same picks."""
        picks: list[int] = []

        def recording(keyword: str, count: int) -> int:
            picks.append(pick(keyword, count))
            return picks[-1]

        known = self._settled.get((id(node), ()))
        if known is not None:
            return known[1]
        settled = settle(self.document, node, recording)
        # The node is kept beside its id, so that the id is never given to another node.
        return self._settled.setdefault((id(node), tuple(picks)), (node, settled))[1]

    def options(self, node: Json, type_name: str, spot: Spot) -> Options:
        """Return the values for a text or number node at a spot."""
        key = (id(node), type_name, spot.path)
        if key not in self._options:
            self._options[key] = (node, self._list_options(node, type_name, spot))
        return self._options[key][1]

    def _list_options(self, node: Json, type_name: str, spot: Spot) -> Options:
        favourites = self.hints.favourites.get(spot.path, ())
        literals = self.hints.literals.get(spot.path, ())
        if type_name == "string":
            return text_options(node, name=spot.name, favourites=favourites, literals=literals)
        is_integer = type_name == "integer"
        return number_options(node, is_integer=is_integer, favourites=favourites, literals=literals)

    def is_read(self, path: str) -> bool:
        """Return whether a value at `path` may reach the output."""
        if path not in self._reads:
            self._reads[path] = self.hints.is_read(path)
        return self._reads[path]


class _Job:
    """The writing of one payload."""

    def __init__(self, writer: Writer, policy: Policy, rng: random.Random) -> None:
        self.writer = writer
        self.policy = policy
        self.rng = rng
        self.choices: list[Choice] = []
        self.written = 0

    @property
    def hints(self) -> Hints:
        """Return what is known about the adapter under search."""
        return self.writer.hints

    def value(self, node: Json, spot: Spot) -> Json:
        """Return a value for `node`."""
        self.written += 1
        if spot.depth > MAX_DEPTH or self.written > HARD_MAX_VALUES:
            raise NoValueError
        settled = self.writer.settle(node, self._picker(spot))
        spot = self._entered(spot, settled)
        plain = settled.node
        if "const" in plain:
            return plain["const"]
        if "enum" in plain:
            return self._enum(plain, spot)
        return self._typed(plain, self._type(plain, spot), spot)

    def _entered(self, spot: Spot, settled: Settled) -> Spot:
        if self.written > MAX_VALUES and not self.writer.is_read(spot.path):
            spot = spot.lean()
        if not settled.references:
            return spot
        visits = (*spot.visits, *sorted(settled.references))
        is_endless = any(visits.count(one) > MAX_VISITS for one in settled.references)
        return spot._replace(visits=visits, is_lean=spot.is_lean or is_endless)

    def _picker(self, spot: Spot) -> Callable[[str, int], int]:
        seen = 0

        def pick(keyword: str, count: int) -> int:
            nonlocal seen
            seen += 1
            if count == 0:
                raise NoValueError
            if spot.is_lean:
                # Another arm at another depth: sooner or later one that does not recur.
                return random.Random(spot.depth).randrange(count)
            return self.choose(spot, f"{keyword} {seen}", Kind.ARM, count)

        return pick

    def choose(
        self,
        spot: Spot,
        detail: str,
        kind: Kind,
        count: int,
        *,
        base: int = 0,
        least: int | None = None,
        plausible: int | None = None,
    ) -> int:
        """Return the policy's option, or the smallest one where payloads must end."""
        least = base if least is None else least
        if count <= 1:
            return 0
        if spot.is_lean:
            return least
        choice = Choice(
            (spot.at, detail),
            kind,
            count,
            base,
            least,
            plausible or count,
            self.writer.is_read(spot.path),
            spot.ordinal,
        )
        self.choices.append(choice)
        option = self.policy(choice)
        return option if option < count else base

    def _enum(self, node: Json, spot: Spot) -> Json:
        allowed = _of_types(node["enum"], types_of(node))
        if not allowed:
            raise NoValueError
        liked = [one for one in self.hints.favourites.get(spot.path, ()) if one in allowed]
        base = (allowed.index(liked[0]) if liked else 0) + spot.ordinal
        return allowed[self.choose(spot, "enum", Kind.ENUM, len(allowed), base=base % len(allowed))]

    def _type(self, node: Json, spot: Spot) -> str:
        declared = node.get("type")
        if isinstance(declared, str):
            return declared
        names = [*types_of(node)]
        if declared is None:
            names.sort(key=lambda name: not _is_implied(node, name))
        liked = {json_type(one) for one in self.hints.favourites.get(spot.path, ())[:1]}
        if liked:
            names.sort(key=lambda name: name not in liked)
        if not names:
            raise NoValueError
        if "number" in names and "integer" in names:
            names.remove("integer")
        if spot.is_lean:
            # What may recur for ever ends in the plainest type that is allowed.
            return min(names, key=_SHORTEST_FIRST.index)
        return names[self.choose(spot, "type", Kind.TYPE, len(names))]

    def _typed(self, node: Json, type_name: str, spot: Spot) -> Json:
        match type_name:
            case "null":
                return None
            case "boolean":
                return self.choose(spot, "value", Kind.ENUM, 2, base=1) == 1
            case "string" | "integer" | "number":
                return self._scalar(node, type_name, spot)
            case "object":
                return ObjectJob(self, node, spot).write()
            case "array":
                return self._array(node, spot)
            case _:
                raise NoValueError

    def _scalar(self, node: Json, type_name: str, spot: Spot) -> Json:
        options = self.writer.options(node, type_name, spot)
        if not options.values:
            return self._wild(node, type_name)
        option = self.choose(
            spot,
            "value",
            Kind.TEXT if type_name == "string" else Kind.NUMBER,
            len(options.values),
            base=spot.ordinal % options.plausible,
            plausible=options.plausible,
        )
        return self._wild(node, type_name) if option == WILD else options.values[option]

    def _wild(self, node: Json, type_name: str) -> Json:
        if type_name == "string":
            return wild_text(node, self.rng)
        return wild_number(node, self.rng, is_integer=type_name == "integer")

    def _array(self, node: Json, spot: Spot) -> Json:
        prefix = node.get("prefixItems", [])
        sizes = list(_sizes(node, self._usual_size(spot), len(prefix)))
        if not sizes:
            raise NoValueError
        # Two options more: every item the same, and very many.
        repeats = () if node.get("uniqueItems") else _repeated_sizes(node, max(sizes))
        smallest = sizes.index(min(sizes))
        count = len(sizes) + len(repeats)
        option = self.choose(spot, SIZE, Kind.SIZE, count, least=smallest)
        if option >= len(sizes):
            return self._repeated(node, spot, size=repeats[option - len(sizes)])
        items = [self._item(node, spot, index=index) for index in range(sizes[option])]
        items = _distinct(items) if node.get("uniqueItems") else items
        return items if "contains" not in node else self._with_contained(node, items, spot)

    def _repeated(self, node: Json, spot: Spot, *, size: int) -> list[Json]:
        """Return an array that repeats its last item, which is written once."""
        different = len(node.get("prefixItems", [])) if size > 2 else 0
        items = [self._item(node, spot, index=index) for index in range(different + 1)]
        return items + items[-1:] * (size - len(items))

    def _usual_size(self, spot: Spot) -> int:
        is_small = self.written < MAX_VALUES // 2 and spot.depth < 12
        usual = 2 if is_small and self.writer.is_read(spot.path) else 1
        return self.hints.sizes.get(spot.path, usual)

    def _item(self, node: Json, spot: Spot, *, index: int) -> Json:
        prefix = node.get("prefixItems", [])
        schema = prefix[index] if index < len(prefix) else node.get("items", True)
        return self.value(schema, anything(spot.item(index), schema))

    def _with_contained(self, node: Json, items: list[Json], spot: Spot) -> list[Json]:
        wanted = node.get("minContains", 1)
        both = {"allOf": [node.get("items", True), node["contains"]]}
        contained = [self.value(both, spot.item(index)) for index in range(min(wanted, 20))]
        return [*contained, *items[len(contained) :]]


def _of_types(values: list[Json], names: tuple[str, ...]) -> list[Json]:
    if set(names) == set(TYPES):
        return values
    return [one for one in values if _has_type(one, names)]


def _has_type(value: Json, names: tuple[str, ...]) -> bool:
    name = json_type(value)
    if name == "integer":
        return "integer" in names or "number" in names
    if name == "number" and "integer" in names and value.is_integer():
        return True
    return name in names


def _is_implied(node: Json, type_name: str) -> bool:
    return any(keyword in node for keyword in _IMPLIED.get(type_name, ()))


def _sizes(node: Json, usual: int, prefix: int) -> Iterator[int]:
    """Yield array lengths, the usual one first: empty, one, many, and the bounds."""
    least = int(node.get("minItems", 0))
    most = int(node.get("maxItems", max(least, prefix, usual, 3)))
    if node.get("items", True) is False:
        most = min(most, prefix)
    if least > 200 or least > most:
        return
    wanted = (max(usual, prefix), 0, 1, 3, least, most if most <= 20 else least)
    yield from dict.fromkeys(min(max(size, least), most) for size in wanted)


def _repeated_sizes(node: Json, largest: int) -> tuple[int, ...]:
    """Return the lengths that are reached by repeating an item, where that may be valid."""
    most = 0 if node.get("items", True) is False else int(node.get("maxItems", MANY_ITEMS))
    many = (min(most, MANY_ITEMS),) if most > largest else ()
    return (2, *many) if largest >= 2 else many


def _distinct(items: list[Json]) -> list[Json]:
    kept: list[Json] = []
    for item in items:
        if not any(same_value(item, other) for other in kept):
            kept.append(item)
    return kept
