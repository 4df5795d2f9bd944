"""What a schema node says about a value when its unions are laid on top of each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.core.merging import Merger, Node, as_object, is_same, target_of, value_key
from agent.core.values import Json, json_type


@dataclass(frozen=True, slots=True)
class View:
    """What a node says when the arms of its unions are laid on top of each other.

    `types` and `enum` are None when nothing is said. `children` are (key, node); `items` and
    `values` are the nodes of array items and of map values. `passed` are the references that
    were followed in place.
    """

    types: frozenset[str] | None = None
    enum: tuple[Json, ...] | None = None
    required: frozenset[str] = frozenset()
    children: tuple[tuple[str, Json], ...] = ()
    items: tuple[Json, ...] = ()
    values: tuple[Json, ...] = ()
    passed: frozenset[str] = frozenset()
    words: tuple[tuple[str, Json], ...] = ()


_WORDS = ("format", "title", "description", "examples", "default", "pattern", "deprecated")
_CONDITIONAL = ("then", "else")


class Views:
    """The views of one document's nodes, each made once, without recursion."""

    def __init__(self, document: Json) -> None:
        self.merger = Merger(document)
        self._document = document
        self._done: dict[int, View] = {}
        self._alive: list[Json] = []

    def view(self, node: Node) -> View:
        """Return the view of a node."""
        stack = [node]
        while stack:
            top = stack[-1]
            waiting = [part for part in self._parts(top) if id(part) not in self._done]
            if waiting:
                stack.extend(waiting)
                continue
            self._alive.append(top)
            self._done[id(top)] = self._make(top)
            stack.pop()
        return self._done[id(node)]

    def _parts(self, node: Node) -> list[Node]:
        """Return the subschemas that look at the same value."""
        parts = [as_object(target_of(self._document, node["$ref"]))] if "$ref" in node else []
        for key in ("allOf", "anyOf", "oneOf"):
            parts.extend(part for part in node.get(key, ()) if isinstance(part, dict))
        parts.extend(node[key] for key in _CONDITIONAL if isinstance(node.get(key), dict))
        parts.extend(
            part for part in node.get("dependentSchemas", {}).values() if isinstance(part, dict)
        )
        return parts

    def _make(self, node: Node) -> View:
        view = _own_view(node)
        if "$ref" in node:
            target = as_object(target_of(self._document, node["$ref"]))
            reached = self._of(target)
            passed = reached.passed | {node["$ref"]}
            view = _meet(view, replace(reached, passed=passed))
        for part in {id(part): part for part in node.get("allOf", ())}.values():
            view = _meet(view, self._of(part))
        for key in ("anyOf", "oneOf"):
            if key in node:
                view = _meet(view, _join([self._of(part) for part in node[key]]))
        if "if" in node and ("then" in node or "else" in node):
            arms = [self._of(node.get(key, True)) for key in _CONDITIONAL]
            view = _meet(view, _join(arms))
        for part in node.get("dependentSchemas", {}).values():
            view = _meet(view, _join([self._of(part), View()]))
        return view

    def _of(self, node: Json) -> View:
        if isinstance(node, dict):
            return self._done[id(node)]
        return View() if node else View(types=frozenset())


def _own_view(node: Node) -> View:
    """Return what a node says itself, without its references and combinations."""
    types = node.get("type")
    enum = node.get("enum")
    if "const" in node:
        enum = [node["const"]]
    values = list(node.get("patternProperties", {}).values())
    values.extend(
        node[key]
        for key in ("additionalProperties", "unevaluatedProperties")
        if isinstance(node.get(key), dict) and node[key]
    )
    listed = [*node.get("prefixItems", ())]
    listed.extend(
        node[key] for key in ("items", "unevaluatedItems") if isinstance(node.get(key), dict)
    )
    return View(
        types=None if types is None else frozenset([types] if isinstance(types, str) else types),
        enum=None if enum is None else tuple(enum),
        required=frozenset(node.get("required", ())),
        children=tuple(node.get("properties", {}).items()),
        items=tuple(part for part in listed if part is not False),
        values=tuple(part for part in values if part is not False),
        words=tuple((key, node[key]) for key in _WORDS if key in node),
    )


def _meet(left: View, right: View) -> View:
    """Return the view of what satisfies both; the words of `left` come first."""
    if right == View():
        return left
    types = right.types if left.types is None else left.types
    if left.types is not None and right.types is not None:
        types = _common(left.types, right.types)
    return View(
        types=types,
        enum=_common_values(left.enum, right.enum),
        required=left.required | right.required,
        children=_combined(left.children, right.children, "allOf"),
        items=unique((*left.items, *right.items)),
        values=unique((*left.values, *right.values)),
        passed=left.passed | right.passed,
        words=_first_words((left, right)),
    )


def _common(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    common = left & right
    if ("integer" in left and "number" in right) or ("integer" in right and "number" in left):
        common |= {"integer"}
    return common


def _common_values(
    left: tuple[Json, ...] | None, right: tuple[Json, ...] | None
) -> tuple[Json, ...] | None:
    if left is None or right is None:
        return right if left is None else left
    known = {value_key(value) for value in right}
    return tuple(value for value in left if value_key(value) in known)


def _with_types(view: View) -> View:
    """Return the view with the types that its listed values have, where it names none."""
    if view.types is not None or view.enum is None:
        return view
    return replace(view, types=frozenset(json_type(value) for value in view.enum))


def _join(found: list[View]) -> View:
    """Return the view of what satisfies any arm: fields of all, required where all agree."""
    arms = [_with_types(arm) for arm in found]
    speaking = [arm for arm in arms if arm.types != frozenset(("null",))]
    types = [arm.types for arm in arms]
    objects = [arm for arm in speaking if arm.types is None or "object" in arm.types]
    children: tuple[tuple[str, Json], ...] = ()
    for arm in objects:
        children = _combined(children, arm.children, "anyOf")
    return View(
        types=None if None in types else frozenset().union(*(found or () for found in types)),
        enum=_united_values(arms),
        required=frozenset.intersection(*(arm.required for arm in objects))
        if objects
        else frozenset(),
        children=children,
        items=unique(part for arm in speaking for part in arm.items),
        values=unique(part for arm in objects for part in arm.values),
        passed=frozenset().union(*(arm.passed for arm in arms)),
        words=_agreed_words(speaking),
    )


def _united_values(arms: list[View]) -> tuple[Json, ...] | None:
    """Return the values of all arms, or None when one of them is open."""
    values: dict[str, Json] = {}
    for arm in arms:
        found = (None,) if arm.types == frozenset(("null",)) else arm.enum
        if found is None:
            return None
        values.update((value_key(value), value) for value in found)
    return tuple(values.values())


def _combined(
    left: tuple[tuple[str, Json], ...], right: tuple[tuple[str, Json], ...], keyword: str
) -> tuple[tuple[str, Json], ...]:
    """Return the children of both; a name in both gets one node that combines the two."""
    if not left or not right:
        return left or right
    nodes = dict(left)
    for name, node in right:
        known = nodes.get(name)
        if name not in nodes or is_same(known, node):
            nodes[name] = node
        elif isinstance(known, dict) and set(known) == {keyword}:
            nodes[name] = {keyword: [*known[keyword], node]}
        else:
            nodes[name] = {keyword: [known, node]}
    return tuple(nodes.items())


def unique(nodes: Iterable[Json]) -> tuple[Json, ...]:
    """Return the nodes without those that are the same object."""
    return tuple({id(node): node for node in nodes}.values())


def _first_words(views: Iterable[View]) -> tuple[tuple[str, Json], ...]:
    words: dict[str, Json] = {}
    for view in views:
        for key, value in view.words:
            words.setdefault(key, value)
    return tuple(words.items())


def _agreed_words(arms: list[View]) -> tuple[tuple[str, Json], ...]:
    """Return the words that all arms share; a single arm speaks for itself."""
    if len(arms) < 2:
        return arms[0].words if arms else ()
    rest = [dict(arm.words) for arm in arms[1:]]
    return tuple(
        (key, value)
        for key, value in arms[0].words
        if all(key in words and is_same(words[key], value) for words in rest)
    )
