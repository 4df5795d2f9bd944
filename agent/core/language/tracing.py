"""Following expressions to their source: what they read, and where their value comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from agent.core.language.origins import (
    MADE,
    Items,
    Origin,
    Shape,
    either,
    field_of,
    is_large,
    item_of,
    whole,
)
from agent.core.language.scoping import children
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Bindings,
    Call,
    Conditional,
    Expression,
    Field,
    Index,
    Literal,
    Loop,
    Name,
    ObjectComprehension,
    ObjectDisplay,
    Slice,
)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name stands for, and what was read or walked through to get it."""

    origin: Origin
    reads: frozenset[str] = frozenset()
    walks: frozenset[str] = frozenset()


Environment = Mapping[str, Bound]


class Tracer:
    """Gathers what some expressions read, and which arrays and objects they walk through."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.walks: set[str] = set()

    def use(self, expression: Expression, environment: Environment) -> None:
        """Count an expression whose whole value is used."""
        self.reads |= whole(self.trace(expression, environment))

    def walk(self, expression: Expression, environment: Environment) -> Origin:
        """Count an expression whose value is only walked through, and return its origin."""
        origin = self.trace(expression, environment)
        self.walks |= whole(origin)
        return origin

    def trace(self, expression: Expression, environment: Environment) -> Origin:
        """Return where a value comes from; what was computed on the way counts as read."""
        match expression:
            case Name(name=name):
                bound = environment.get(name, Bound(MADE))
                self.reads |= bound.reads
                self.walks |= bound.walks
                return bound.origin
            case Field(of=of, key=key):
                return field_of(self.trace(of, environment), key)
            case Index(of=of, position=position):
                return _pair_item(self.trace(of, environment), position)
            case Slice(of=of):
                return self.trace(of, environment)
            case ObjectDisplay() | ArrayDisplay():
                return self._trace_display(expression, environment)
            case ArrayComprehension() | ObjectComprehension():
                return self._trace_comprehension(expression, environment)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                self.use(condition, environment)
                return either([self.trace(then, environment), self.trace(otherwise, environment)])
            case Call():
                return self._trace_call(expression, environment)
            case _:
                for part in children(expression):
                    self.use(part, environment)
                return MADE

    def _trace_display(
        self, display: ObjectDisplay | ArrayDisplay, environment: Environment
    ) -> Origin:
        if isinstance(display, ArrayDisplay):
            return Items(either([self.trace(item, environment) for item in display.items]))
        fields: list[tuple[str, Origin]] = []
        rest: list[Origin] = []
        for key, value in display.entries:
            origin = self.trace(value, environment)
            if isinstance(key, Literal) and isinstance(key.value, str):
                fields.append((key.value, origin))
            else:
                self.use(key, environment)
                rest.append(origin)
        return Shape(tuple(fields), either(rest))

    def _trace_comprehension(
        self, expression: ArrayComprehension | ObjectComprehension, environment: Environment
    ) -> Origin:
        for loop in expression.loops:
            environment = self._enter(loop, environment)
        if isinstance(expression, ArrayComprehension):
            return Items(self.trace(expression.item, environment))
        self.use(expression.key, environment)
        return Shape((), self.trace(expression.value, environment))

    def _enter(self, loop: Loop, environment: Environment) -> Environment:
        item = item_of(self.walk(loop.over, environment))
        if is_large(item):
            self.reads |= whole(item)
            item = MADE
        if len(loop.names) == 1:
            bound = {loop.names[0]: Bound(item)}
        else:
            bound = {name: Bound(_pair_item(item, at)) for at, name in enumerate(loop.names)}
        inner = {**environment, **bound}
        for condition in loop.conditions:
            self.use(condition, inner)
        return inner

    def _trace_call(self, call: Call, environment: Environment) -> Origin:
        rule = _RULES.get(call.function)
        if rule is not None:
            return rule(self, call, environment)
        for argument in children(call):
            self.use(argument, environment)
        return MADE

    def argument(self, call: Call, environment: Environment, *, at: int, name: str) -> Origin:
        """Return the origin of an argument given by position or by name."""
        found = call.arguments[at] if at < len(call.arguments) else dict(call.named).get(name)
        return MADE if found is None else self.trace(found, environment)


def bind(let: Bindings, environment: Environment) -> Environment:
    """Return the environment within a `let` whose names stand in order."""
    for name, expression in let:
        tracer = Tracer()
        origin = tracer.trace(expression, environment)
        if is_large(origin):
            tracer.reads |= whole(origin)
            origin = MADE
        bound = Bound(origin, frozenset(tracer.reads), frozenset(tracer.walks))
        environment = {**environment, name: bound}
    return environment


def _pair_item(origin: Origin, position: int) -> Origin:
    """Return an array's item; the arrays that `zip` makes keep their two places apart."""
    if isinstance(origin, Shape) and any(name == str(position) for name, _ in origin.fields):
        return field_of(origin, str(position))
    return item_of(origin)


# Functions that hand on parts of their arguments. Of every other function, all is read.


def _all_alike(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    return either([tracer.trace(argument, environment) for argument in children(call)])


def _first_of_all(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    for argument in call.arguments[1:]:
        tracer.use(argument, environment)
    return tracer.trace(call.arguments[0], environment)


def _by_table(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    tracer.use(call.arguments[0], environment)
    table = item_of(tracer.trace(call.arguments[1], environment))
    return either([table, tracer.argument(call, environment, at=2, name="otherwise")])


def _at(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    holder, key = tracer.trace(call.arguments[0], environment), call.arguments[1]
    otherwise = tracer.argument(call, environment, at=2, name="otherwise")
    if isinstance(key, Literal) and isinstance(key.value, str):
        return either([field_of(holder, key.value), otherwise])
    tracer.use(key, environment)
    return either([item_of(holder), otherwise])


def _one_item(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    items = tracer.walk(call.arguments[0], environment)
    return either([item_of(items), tracer.argument(call, environment, at=1, name="otherwise")])


def _flatten(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    return Items(item_of(item_of(tracer.walk(call.arguments[0], environment))))


def _sort_by(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    items = tracer.trace(call.arguments[0], environment)
    keys = [key for key in call.arguments[1:] if isinstance(key, Literal)]
    if not keys or len(keys) < len(call.arguments) - 1:
        tracer.reads |= whole(items)
    for key in keys:
        tracer.reads |= whole(field_of(item_of(items), str(key.value)))
    for _, argument in call.named:
        tracer.use(argument, environment)
    return items


def _keyed(tracer: Tracer, call: Call, environment: Environment) -> tuple[Origin, Origin]:
    """Return the items of `group_by` and `index_by`, and what a group holds of each."""
    item = item_of(tracer.walk(call.arguments[0], environment))
    key = call.arguments[1]
    if isinstance(key, Literal):
        tracer.reads |= whole(field_of(item, str(key.value)))
    else:
        tracer.reads |= whole(item)
    value = call.arguments[2] if len(call.arguments) > 2 else dict(call.named).get("value")
    held = field_of(item, str(value.value)) if isinstance(value, Literal) else item
    return item, held


def _group_by(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    return Shape((), Items(_keyed(tracer, call, environment)[1]))


def _index_by(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    item = _keyed(tracer, call, environment)[0]
    collects = any(name == "on_dup" for name, _ in call.named)
    return Shape((), either([item, Items(item)]) if collects else item)


def _entries(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    value = item_of(tracer.walk(call.arguments[0], environment))
    # Whoever uses the keys of a map uses the map's entries.
    return Items(Shape((("key", value), ("value", value))))


def _from_entries(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    item = item_of(tracer.walk(call.arguments[0], environment))
    named = dict(zip(("key", "value"), call.arguments[1:3], strict=False)) | dict(call.named)
    key, value = named.get("key", Literal("key")), named.get("value", Literal("value"))
    if not (isinstance(key, Literal) and isinstance(value, Literal)):
        tracer.reads |= whole(item)
        return MADE
    tracer.reads |= whole(field_of(item, str(key.value)))
    held = field_of(item, str(value.value))
    return Shape((), either([held, Items(held)]))


def _zip(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    parts = [item_of(tracer.walk(argument, environment)) for argument in call.arguments]
    return Items(Shape(tuple((str(at), part) for at, part in enumerate(parts))))


def _enumerate(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    item = item_of(tracer.walk(call.arguments[0], environment))
    return Items(Shape((("index", MADE), ("value", item))))


def _pick(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    holder, keys = tracer.trace(call.arguments[0], environment), call.arguments[1:]
    if not all(isinstance(key, Literal) for key in keys):
        return holder
    names = [str(key.value) for key in keys if isinstance(key, Literal)]
    return Shape(tuple((name, field_of(holder, name)) for name in names))


def _rename(tracer: Tracer, call: Call, environment: Environment) -> Origin:
    holder, names = tracer.trace(call.arguments[0], environment), call.arguments[1]
    if not isinstance(names, ObjectDisplay):
        tracer.use(names, environment)
        return holder
    pairs = [(old, new) for old, new in names.entries if isinstance(new, Literal)]
    renamed = [
        (str(new.value), field_of(holder, str(old.value)))
        for old, new in pairs
        if isinstance(old, Literal) and isinstance(new, Literal)
    ]
    return either([Shape(tuple(renamed)), holder])


_Rule = Callable[[Tracer, Call, Environment], Origin]

_RULES: Final[dict[str, _Rule]] = {
    **dict.fromkeys(("default", "if_missing", "coalesce", "concat", "merge"), _all_alike),
    **dict.fromkeys(("require", "not_null", "non_empty", "one_of", "omit"), _first_of_all),
    **dict.fromkeys(("lookup", "switch"), _by_table),
    **dict.fromkeys(("first", "last", "only"), _one_item),
    "at": _at,
    "flatten": _flatten,
    "sort_by": _sort_by,
    "group_by": _group_by,
    "index_by": _index_by,
    "entries": _entries,
    "from_entries": _from_entries,
    "zip": _zip,
    "enumerate": _enumerate,
    "pick": _pick,
    "rename": _rename,
}
