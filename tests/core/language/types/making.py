"""Random schemas, expressions that read them, and whether a result is in its inferred shape."""

from __future__ import annotations

import random
from typing import Any

from agent.core import paths
from agent.core.language.absence import Instant, Table
from agent.core.language.functions import FUNCTIONS
from agent.core.schema import Schema
from agent.core.shapes import Shape, contains
from agent.core.shapes.containers import field_of
from agent.core.shapes.lattice import meet
from agent.core.shapes.parts import is_between

LIMITS = ("beyond the bound of", "more than 512 deep", "nesting too deep")
"""What refusals say that come of the bounds on depth, size and work, which types leave out.

Integers beyond 64 bits are not among them: payloads that hold such are left out instead, so that
arithmetic that overflows has to be inferred.
"""

KEYS = ("a", "b", "kind", "items", "x-y")
TEXTS = (
    *("a", "b", "card", "iban", "", "12", "1.50", "a,b", "2024-05-01T12:00:00Z", "ß", "é😀"),
    "'\"{}\\\n",
)
PATTERNS = ("[0-9]+", "(a)(b)?", "^x", "(")


def make_document(rng: random.Random, *, depth: int = 3) -> Any:
    """Return a random schema, mostly of objects at the top."""
    if depth == 3:
        return make_object(rng, depth)
    kinds = ["text", "integer", "number", "boolean", "enum", "nullable", "const", "any"]
    if depth > 0:
        kinds += ["object", "object", "array", "array", "union", "tuple", "map"]
    match rng.choice(kinds):
        case "text":
            return {"type": "string", **_bounds(rng, "minLength", "maxLength", 0, 6)}
        case "integer":
            return {"type": "integer", **_bounds(rng, "minimum", "maximum", -5, 40)}
        case "number":
            low = rng.choice(["minimum", "exclusiveMinimum"])
            return {"type": "number", **_bounds(rng, low, "maximum", -5, 40)}
        case "boolean":
            return {"type": "boolean"}
        case "enum":
            return {"enum": rng.sample([*TEXTS, 1, 2, 0, 1.5, True, None], rng.randint(1, 4))}
        case "const":
            return {"const": rng.choice([*TEXTS, 1, 0, True])}
        case "nullable":
            kinds = ["null", rng.choice(["string", "integer", "boolean", "array", "object"])]
            return {"type": kinds}
        case "object":
            return make_object(rng, depth)
        case "array":
            bounds = _bounds(rng, "minItems", "maxItems", 0, 3)
            return {"type": "array", "items": make_document(rng, depth=depth - 1), **bounds}
        case "tuple":
            first = [make_document(rng, depth=depth - 1) for _ in range(2)]
            return {"type": "array", "prefixItems": first, "items": False, "minItems": 2}
        case "map":
            return _map(rng, depth)
        case "union":
            return _union(rng, depth)
        case _:
            return {}


def _bounds(rng: random.Random, low: str, high: str, least: int, most: int) -> dict[str, int]:
    found = {}
    start = rng.randint(least, most)
    if rng.random() < 0.4:
        found[low] = start
    if rng.random() < 0.4:
        found[high] = rng.randint(start, most + 1)
    return found


def make_object(rng: random.Random, depth: int) -> dict[str, Any]:
    """Return a random object schema."""
    named = {key: make_document(rng, depth=depth - 1) for key in KEYS if rng.random() < 0.7}
    required = [key for key in named if rng.random() < 0.5]
    found: dict[str, Any] = {"type": "object", "properties": named, "required": required}
    if rng.random() < 0.5:
        found["additionalProperties"] = False
    return found


def _map(rng: random.Random, depth: int) -> dict[str, Any]:
    values = make_document(rng, depth=depth - 1)
    if rng.random() < 0.7:
        return {"type": "object", "additionalProperties": values}
    patterns = {
        one: make_document(rng, depth=depth - 1)
        for one in rng.sample(["a", "^[a-c]"], rng.randint(1, 2))
    }
    others = rng.choice([values, False])
    return {"type": "object", "patternProperties": patterns, "additionalProperties": others}


def _union(rng: random.Random, depth: int) -> dict[str, Any]:
    if rng.random() < 0.3:
        return {"anyOf": [make_document(rng, depth=depth - 1) for _ in range(2)]}
    arms = []
    for name in ("card", "iban"):
        arm = make_object(rng, depth)
        arm["properties"]["kind"] = {"const": name}
        arm["required"] = sorted({*arm["required"], "kind"})
        arms.append(arm)
    return {"oneOf": arms}


_WANTED = {
    "s": ("string",),
    "prefix": ("string",),
    "piece": ("string",),
    "items": ("array",),
    "lists": ("array",),
    "a": ("array", "object"),
    "others": ("array", "object"),
    "o": ("object",),
    "c": ("object", "array"),
    "x": ("integer", "number", "string", "boolean"),
    "d": ("string",),
    "parts": ("string", "integer"),
}
"""Types that parameters of functions want, by their names."""


_ORDERS = ("<", "<=", ">", ">=")
_TESTS = ("is_text", "is_number", "is_object", "is_array", "is_boolean")


class Writer:
    """Writes random expressions, as text, that mostly read what is there."""

    def __init__(self, rng: random.Random, schema: Schema | None = None) -> None:
        self._rng = rng
        self._reads: dict[str, list[str]] = {}
        for info in schema.fields[1:] if schema is not None else ():
            if "*" not in info.path:
                read = "src" + "".join(f"[{key!r}]" for key in paths.parse(info.path))
                for kind in sorted(info.types):
                    self._reads.setdefault(kind, []).append(read)

    def _read(self, *kinds: str) -> str:
        """Return a read of a declared field of one of some types, or of any."""
        found = [read for kind in kinds or self._reads for read in self._reads.get(kind, ())]
        return self._rng.choice(found) if found else self.path(("src",))

    def expression(self, depth: int = 3, names: tuple[str, ...] = ("src",)) -> str:
        """Return an expression that reads some names."""
        if depth == 0:
            return self._leaf(names)
        own = self._rng.choice(
            [
                *[self._leaf] * 3,
                *[self._call] * 6,
                *[self._conditional] * 2,
                *[self._condition] * 2,
                self._arithmetic,
                self._display,
                self._loop,
                self._slice,
            ]
        )
        return own(names) if own == self._leaf else own(depth - 1, names)

    def _leaf(self, names: tuple[str, ...]) -> str:
        return self.path(names) if self._rng.random() < 0.75 else self.literal()

    def path(self, names: tuple[str, ...]) -> str:
        """Return a read."""
        if self._reads and self._rng.random() < 0.5:
            return self._read()
        text = self._rng.choice(names)
        for _ in range(
            self._rng.choice([1, 1, 1, 2, 2, 3]) if text == "src" else self._rng.choice([0, 1, 1])
        ):
            text += self._rng.choice(
                [*[f"[{key!r}]" for key in KEYS], ".a", ".b", ".kind", "[0]", "[-1]"]
            )
        return text

    def literal(self) -> str:
        """Return a literal."""
        return repr(self._rng.choice([*TEXTS, 0, 1, 2, -1, 1.0, 0.5, True, False, None]))

    def _call(self, depth: int, names: tuple[str, ...]) -> str:
        function = self._rng.choice(list(FUNCTIONS.values()))
        if function.name in ("lookup", "switch"):
            return self._table_call(function.name, depth, names)
        required = [p for p in function.parameters if p.is_required and not p.is_keyword_only]
        arguments = [self._argument(p.name, depth, names) for p in required]
        if function.is_variadic:
            variadic = next(p for p in function.parameters if p.is_variadic)
            arguments += [
                self._argument(variadic.name, depth, names) for _ in range(self._rng.randint(0, 2))
            ]
        named = [
            f"{p.name}={self._argument(p.name, depth, names)}"
            for p in function.parameters
            if function.parameter_named(p.name) and not p.is_required and self._rng.random() < 0.4
        ]
        return f"{function.name}({', '.join([*arguments, *named])})"

    def _argument(self, name: str, depth: int, names: tuple[str, ...]) -> str:
        pools: dict[str, list[str]] = {
            "key": ["'a'", "'kind'", "'b'", "0"],
            "keys": ["'a'", "'b'"],
            "sep": ["','", "' '", "''"],
            "pattern": [repr(p) for p in PATTERNS] + ["'%Y-%m-%d'"],
            "n": ["2", "-2", "0"],
            "places": ["0", "2", "-1"],
            "mode": ["'half_up'", "'floor'", "'ceil'"],
            "unit": ["'s'", "'ms'", "'ns'"],
            "zone": ["'UTC'", "'Europe/Berlin'", "'x'"],
            "assume_zone": ["'UTC'", "'Europe/Berlin'"],
            "on_dup": ["'error'", "'first'", "'last'", "'collect'"],
            "template": ["'{}'", "'a{}b{}'"],
            "fill": ["'0'", "' '"],
            "side": ["'left'", "'right'"],
            "keep_zone": ["True", "False"],
            "start": ["0", "1", "-2"],
            "end": ["2", "-1"],
            "i": ["0", "1", "-1"],
            "max": ["1", "0"],
            "decimal": ["','", "'.'"],
            "duration": ["'P1M'", "'PT1H'"],
            "names": ["{'a': 'c'}", "{'a': 'b', 'b': 'a'}", "{'z': 'a'}"],
            "allowed": ["['a', 'b']", "[1, 2, 'card']"],
            "true": ["['a', 1]", "['Y']"],
            "namespace": ["'dns'", "'x'"],
            "value": ["'a'", "'b'"],
        }
        wanted = _WANTED.get(name)
        if wanted and self._rng.random() < 0.7:
            return self._read(*wanted)
        if name in pools and self._rng.random() < 0.8:
            return self._rng.choice(pools[name])
        return self.expression(depth, names) if self._rng.random() < 0.5 else self._leaf(names)

    def _table_call(self, name: str, depth: int, names: tuple[str, ...]) -> str:
        keys = self._rng.sample([*TEXTS[:5], 1, 0, True, None], self._rng.randint(1, 3))
        pairs = ", ".join(f"{key!r}: {self.expression(depth, names)}" for key in keys)
        otherwise = (
            f", otherwise={self.expression(depth, names)}" if self._rng.random() < 0.5 else ""
        )
        return f"{name}({self.path(names)}, {{{pairs}}}{otherwise})"

    def _conditional(self, depth: int, names: tuple[str, ...]) -> str:
        condition = self._condition(depth, names)
        then, otherwise = self.expression(depth, names), self.expression(depth, names)
        return f"(({then}) if ({condition}) else ({otherwise}))"

    def _condition(self, depth: int, names: tuple[str, ...]) -> str:
        path = self.path(names)
        simple = [
            f"present({path})",
            f"is_null({path})",
            f"{path} == {self.literal()}",
            f"{path} != {self.literal()}",
            f"{path} in [{self.literal()}, {self.literal()}]",
            f"{path} not in [{self.literal()}, {self.literal()}]",
            f"{self._rng.choice(TEXTS[:4])!r} in {path}",
            f"{path} {self._rng.choice(_ORDERS)} {self._leaf(names)}",
            f"count({path}) {self._rng.choice([*_ORDERS, '==', '!='])} {self._rng.randint(0, 2)}",
            f"{self._rng.choice(_TESTS)}({path})",
            f"matches({path}, '[0-9]')",
            path,
            f"{path} == {self.path(names)}",
            f"lookup({path}, {{'a': True, 'b': False}}, otherwise=None)",
        ]
        text = self._rng.choice(simple)
        if depth > 0 and self._rng.random() < 0.5:
            other = self._condition(depth - 1, names)
            text = self._rng.choice(
                [f"not ({text})", f"({text}) and ({other})", f"({text}) or ({other})"]
            )
        return text

    def _arithmetic(self, _: int, names: tuple[str, ...]) -> str:
        operands = [
            self.path(names)
            if self._rng.random() < 0.7
            else self._rng.choice(["2", "0.1", "0", "-3"])
            for _ in range(2)
        ]
        operator = self._rng.choice(["+", "-", "*", "/", "//", "%"])
        text = f"({operands[0]} {operator} {operands[1]})"
        return f"(-{text})" if self._rng.random() < 0.2 else text

    def _display(self, depth: int, names: tuple[str, ...]) -> str:
        parts = [self.expression(depth, names) for _ in range(self._rng.randint(0, 2))]
        if self._rng.random() < 0.5:
            return f"[{', '.join(parts)}]"
        keys = self._rng.sample(["'a'", "'b'", "'kind'", "1", self.path(names)], len(parts))
        return "{" + ", ".join(f"{k}: {v}" for k, v in zip(keys, parts, strict=True)) + "}"

    def _loop(self, depth: int, names: tuple[str, ...]) -> str:
        if "x" in names:
            return self._display(depth, names)
        over = self._rng.choice(
            [
                self.path(names),
                f"entries({self.path(names)})",
                f"zip({self.path(names)}, {self.path(names)})",
            ]
        )
        inner = (*names, "x")
        item = self.expression(max(depth - 1, 0), inner)
        condition = f" if {self._condition(0, inner)}" if self._rng.random() < 0.5 else ""
        if self._rng.random() < 0.8:
            return f"[{item} for x in {over}{condition}]"
        return f"{{{self._leaf(inner)}: {item} for x in {over}{condition}}}"

    def _slice(self, _: int, names: tuple[str, ...]) -> str:
        return f"{self.path(names)}[{self._rng.choice(['1:', ':2', '-1:', '0:1', ':-1'])}]"

    def rows(self, names: tuple[str, ...], *, depth: int) -> list[dict[str, Any]]:
        """Return documents of rows of every kind; targets may clash."""
        return [self._row(names, depth) for _ in range(self._rng.randint(1, 4))]

    def _simple(self, names: tuple[str, ...]) -> str:
        """Return an expression that seldom refuses."""
        read = self._read() if self._rng.random() < 0.5 else self.path(names)
        return self._rng.choice(
            [
                read,
                read,
                f"default({read}, {self.literal()})",
                f"{{'a': {read}, 'b': {self.literal()}}}",
                f"({read} if {self._guard(names)} else {self.path(names)})",
                f"[{read}, {self.literal()}]",
                self.expression(2, names),
            ]
        )

    def _guard(self, names: tuple[str, ...]) -> str:
        """Return a condition that seldom refuses."""
        read = self._read() if self._rng.random() < 0.7 else self.path(names)
        text = self._rng.choice(
            [
                f"present({read})",
                f"{read} == {self.literal()}",
                f"{read} != {self.literal()}",
                f"is_text({read})",
                f"is_object({read})",
                f"{read} in [{self.literal()}, {self.literal()}]",
            ]
        )
        return f"not ({text})" if self._rng.random() < 0.3 else text

    def _key(self, name: str) -> str:
        """Return a key for the items of a map, mostly a text."""
        read = f"{name}[{self._rng.choice(KEYS)!r}]"
        table = "{'card': 'a', 'a': 'b'}"
        return self._rng.choice(
            [
                read,
                name,
                f"text({read})",
                f"not_null({read})",
                f"default({read}, 'a')",
                f"lookup({read}, {table}, otherwise='c')",
                f"kebab({name})",
                "'a'",
            ]
        )

    def _row(self, names: tuple[str, ...], depth: int) -> dict[str, Any]:
        targets = ["/a", "/b", "/c", "/d", "/e/b", "/kind", "/items", "/e/kind", "/a/b", ""]
        row: dict[str, Any] = {"target": self._rng.choice(targets)}
        if self._rng.random() < 0.5:
            row["when"] = self._guard(names)
        kinds = ["value"] * 4 + (["each", "with", "copy", "rules"] if depth else [])
        kind, name = self._rng.choice(kinds), f"item{depth}"
        inner = (*names, name)
        if kind == "value":
            row["value"] = self._simple(names)
        elif kind == "copy":
            row["copy"] = self._read("object")
            row["except"] = self._rng.choice([[], ["/a"], ["/a/b", "/kind"]])
        elif kind == "rules":
            row["rules"] = self.rows(names, depth=depth - 1)
        elif kind == "with":
            row |= {"with": self._read("object"), "as": name}
            row["rules"] = self.rows(inner, depth=depth - 1)
        else:
            row |= {"each": self._read("array"), "as": name}
            if self._rng.random() < 0.5:
                row["where"] = self._guard(inner)
            if self._rng.random() < 0.4:
                row["key"] = self._key(name)
            if self._rng.random() < 0.5:
                row["value"] = self._simple(inner)
            else:
                row["rules"] = self.rows(inner, depth=depth - 1)
        return row


def is_member(shape: Shape, value: Any) -> bool:
    """Return whether a value of the language, dates and tables too, is in a shape."""
    parts = shape.parts
    match value:
        case Instant():
            return parts.dates
        case Table():
            found = [value.find(key) for key in value.keys()]  # noqa: SIM118
            return parts.tables is not None and all(is_member(parts.tables, one) for one in found)
        case list() if not shape.is_json:
            array = parts.arrays
            return (
                array is not None
                and is_between(len(value), array.shortest, array.longest)
                and all(is_member(array.item(index), item) for index, item in enumerate(value))
            )
        case dict() if not shape.is_json:
            return any(
                is_between(len(value), variant.fewest, variant.most)
                and all(not f.is_required or name in value for name, f in variant.fields)
                and all(
                    is_member(field_of(variant, key, meet=meet).shape, item)
                    for key, item in value.items()
                )
                for variant in parts.objects
            )
        case _:
            return contains(shape, value)


def is_within_limits(payload: Any) -> bool:
    """Return whether every integer of a payload has 64 bits, and no text half a surrogate."""
    match payload:
        case bool():
            return True
        case int():
            return -(2**63) <= payload < 2**63
        case str():
            return not any("\ud800" <= character <= "\udfff" for character in payload)
        case list():
            return all(map(is_within_limits, payload))
        case dict():
            return all(map(is_within_limits, payload.values()))
        case _:
            return True
