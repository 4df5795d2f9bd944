"""One schema node as far as it can be said in one piece: references followed, `allOf` merged.

Merging keeps meaning: what two parts cannot say together stays behind in `allOf`.
"""

from __future__ import annotations

from agent.core.values import Json, canonical_text

Node = dict[str, Json]

_UNION = ("required",)
_LOWEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_HIGHEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_FIRST_WINS = frozenset(
    [
        "title",
        "description",
        "$comment",
        "examples",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "contentEncoding",
        "contentMediaType",
    ]
)
_NOT_ALONE = frozenset(
    [
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "prefixItems",
        "items",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "contentSchema",
        "patternProperties",
    ]
)
_BRANCHES = frozenset(("if", "then", "else"))
_CONTAINS = frozenset(("contains", "minContains", "maxContains"))
_UNEVALUATED = frozenset(("unevaluatedProperties", "unevaluatedItems"))
_OBJECT_NAMES = frozenset(("properties", "patternProperties"))


def target_of(document: Json, reference: str) -> Json:
    """Return the node that a canonical reference (`#` or `#/$defs/NAME`) names."""
    return document if reference == "#" else document["$defs"][reference.removeprefix("#/$defs/")]


_ANYTHING: Node = {}
_NOTHING: Node = {"not": {}}


def as_object(node: Json) -> Node:
    """Return a schema as an object: `true` is `{}` and `false` is `{"not": {}}`.

    The two are always the same objects, since nodes are known by identity.
    """
    if isinstance(node, dict):
        return node
    return _ANYTHING if node else _NOTHING


def is_same(left: Json, right: Json) -> bool:
    """Return whether two nodes are written alike; `true` is not `1`, whatever Python says."""
    return left is right or (left == right and canonical_text(left) == canonical_text(right))


def value_key(value: Json) -> str:
    """Return a text that JSON Schema's equal values share: `1` and `1.0` are one value."""
    return canonical_text(_plain_numbers(value))


def _plain_numbers(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(item) for key, item in value.items()}
    return [_plain_numbers(item) for item in value] if isinstance(value, list) else value


def parts_of(document: Json, node: Node) -> list[Node]:
    """Return what a node takes together at once: its reference's target and its `allOf` members."""
    parts = [as_object(target_of(document, node["$ref"]))] if "$ref" in node else []
    return parts + [as_object(part) for part in node.get("allOf", ())]


def own_part(node: Node) -> Node:
    """Return a node without its reference, its `allOf` and what belongs to the document."""
    return {key: node[key] for key in node if key not in ("$ref", "allOf", "$defs", "$schema")}


def merge(left: Node, right: Node) -> Node:
    """Return one node that accepts what both accept; `left` words win for annotations."""
    if not left or is_same(left, right):
        return right
    if not right:
        return left
    if _must_stay_apart(left, right):
        return _merge_apart(left, right)
    merged: Node = dict(left)
    rest: Node = {}
    for key, value in right.items():
        if key == "allOf":
            merged["allOf"] = _joined(merged.get("allOf", []), value)
        elif key not in merged:
            merged[key] = value
        elif not is_same(merged[key], value):
            _merge_keyword(merged, rest, key, value)
    if rest:
        merged["allOf"] = _joined(merged.get("allOf", []), [rest])
    return merged


def _must_stay_apart(left: Node, right: Node) -> bool:
    """Return whether a keyword of one looks at its neighbours, which merging would change."""
    for one, other in ((left, right), (right, left)):
        closes = "additionalProperties" in one or "patternProperties" in one
        if closes and (_OBJECT_NAMES & other.keys() or "additionalProperties" in other):
            return True
        if ("items" in one or "prefixItems" in one) and (
            "items" in other or "prefixItems" in other
        ):
            return True
        if "unevaluatedProperties" in one or "unevaluatedItems" in one:
            return True
        if "if" in one and _BRANCHES & other.keys():
            return True
        if "contains" in one and _CONTAINS & other.keys():
            return True
    return False


def _merge_apart(left: Node, right: Node) -> Node:
    """Merge what can be shown together, and keep both whole in `allOf` for the meaning."""
    shown = {key: value for key, value in left.items() if key not in _NOT_ALONE}
    other = {key: value for key, value in right.items() if key not in _NOT_ALONE}
    merged = dict(merge(shown, other)) if shown and other else dict(shown or other)
    whole = [
        {key: value for key, value in node.items() if key not in _FIRST_WINS and key != "allOf"}
        for node in (left, right)
    ]
    merged["allOf"] = _joined(merged.get("allOf", []), whole)
    return merged


def _joined(left: list[Json], right: list[Json]) -> list[Json]:
    return left + [part for part in right if not any(part is known for known in left)]


def _merge_keyword(merged: Node, rest: Node, key: str, value: Json) -> None:
    mine = merged[key]
    if key in _FIRST_WINS or key.startswith("x-"):
        return
    if key == "type":
        merged[key] = _common_types(mine, value)
    elif key in _UNION:
        merged[key] = list(dict.fromkeys([*mine, *value]))
    elif key in _LOWEST:
        merged[key] = min(mine, value)
    elif key in _HIGHEST:
        merged[key] = max(mine, value)
    elif key == "enum":
        known = {value_key(item) for item in value}
        merged[key] = [item for item in mine if value_key(item) in known]
    elif key == "properties":
        merged[key] = _merge_properties(mine, value)
    elif key == "uniqueItems":
        merged[key] = True
    else:
        rest[key] = value


def _merge_properties(left: Node, right: Node) -> Node:
    merged = dict(left)
    for name, node in right.items():
        if name not in merged or merged[name] is True or merged[name] == {}:
            merged[name] = node
        elif not is_same(merged[name], node):
            merged[name] = {"allOf": [merged[name], node]}
    return merged


def _common_types(left: Json, right: Json) -> Json:
    """Return the types that both allow; integer is a kind of number. None left is `[]`."""
    mine = set([left] if isinstance(left, str) else left)
    other = set([right] if isinstance(right, str) else right)
    common = mine & other
    if "integer" in mine | other and "number" in mine | other and "number" not in common:
        common |= {"integer"} if ("number" in mine or "number" in other) else set()
    order = [*([left] if isinstance(left, str) else left), *sorted(common)]
    kept = [name for name in dict.fromkeys(order) if name in common]
    return kept[0] if len(kept) == 1 else kept


def resolve(document: Json, node: Json) -> Node:
    """Return `node` with references followed and `allOf` merged as far as possible.

    The result needs no reference at its top; its subschemas may hold some. `true` is `{}` and
    `false` is `{"not": {}}`. An impossible combination of types is `{"not": {}}` beside the rest.
    """
    return Merger(document).merged(as_object(node))


class Merger:
    """Merged nodes of one canonical document, each made once.

    Works with a stack of its own, since references may chain deeper than Python calls may.
    """

    def __init__(self, document: Json) -> None:
        self.document = document
        self._done: dict[int, Node] = {}
        self._alive: list[Node] = []

    def merged(self, node: Node) -> Node:
        """Return the merged form of a node."""
        stack = [node]
        while stack:
            top = stack[-1]
            if id(top) in self._done:
                stack.pop()
                continue
            parts = parts_of(self.document, top)
            waiting = [part for part in parts if id(part) not in self._done]
            if waiting:
                self._alive.extend(waiting)
                stack.extend(waiting)
                continue
            self._alive.append(top)
            self._done[id(top)] = self._combine(top, parts)
            stack.pop()
        return self._done[id(node)]

    def _combine(self, node: Node, parts: list[Node]) -> Node:
        own = own_part(node)
        merged = {key: own[key] for key in own if key not in _UNEVALUATED}
        for part in {id(part): part for part in parts}.values():
            merged = merge(merged, self._done[id(part)])
        leftover = {key: own[key] for key in own if key in _UNEVALUATED}
        if leftover:
            merged = {"allOf": [merged]} if _UNEVALUATED & merged.keys() else merged
            merged = {**merged, **leftover}
        if merged.get("type") == []:
            merged = {key: value for key, value in merged.items() if key != "type"} | {"not": {}}
        return merged
