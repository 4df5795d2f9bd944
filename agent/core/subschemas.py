"""The subschemas of one document: followed, flattened, and compared whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.constraints import value_key
from agent.core.dialects import MANY_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA
from agent.core.keywords import ANNOTATIONS
from agent.core.merging import Merger
from agent.core.values import Json, canonical_text, fingerprint

SHAPE_DEPTH = 48
"""Steps down that are looked at when two subschemas are compared as wholes."""
OUTLINE_DEPTH = 2
NESTED_ARMS = 4
REFERENCE_COST = 8
"""Steps that following one reference counts for, so that recursion ends early."""
RAW_SIZE_LIMIT = 4_000
"""Characters of JSON up to which deepdiff is asked: it is slow on large documents."""
_RAW_SHOWN = 4
ARMS = ("anyOf", "oneOf")
_IDLE_WHEN_TRUE = frozenset(
    {"items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"}
)
_SET_LIKE = frozenset({"enum", "required", "type"})
_WHOLE = (
    ("allOf",),
    ("not",),
    ("if", "then", "else"),
    ("contains",),
    ("prefixItems",),
    ("propertyNames",),
    ("patternProperties",),
    ("dependentRequired",),
    ("dependentSchemas",),
    ("uniqueItems",),
    ("unevaluatedItems",),
    ("unevaluatedProperties",),
    ("contentEncoding",),
    ("contentMediaType",),
    ("contentSchema",),
)
"""Keywords that are compared as wholes, those that act together in one group."""
_SAID_ELSEWHERE = {"unevaluatedProperties": (True, False), "unevaluatedItems": (True,)}
_LISTED = frozenset(
    {"allOf", "prefixItems", "patternProperties", "unevaluatedItems", "unevaluatedProperties"}
)
_LISTED_BELOW = frozenset({"if", "dependentSchemas"})
_REPLACING = frozenset({"contentEncoding", "contentMediaType"})
"""Keywords that give a text another meaning, also where they come or go."""
_NOT_RESTRICTING = _REPLACING | {"contentSchema"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A group of keywords that differs: `added`, `removed` or `changed`, and a sentence.

    `is_listed` says that the fields of the inventory tell of it too, if anything below changed;
    `is_annotation` that no payload shows it.
    """

    kind: str
    detail: str
    is_listed: bool = False
    is_annotation: bool = False


class Subschemas:
    """The subschemas of one canonical document."""

    def __init__(self, document: Json) -> None:
        self._merger = Merger(document)
        self._shapes: dict[tuple[int, int], str] = {}
        self._arms: dict[int, tuple[Json, tuple[Json, ...]]] = {}
        self._is_whole = False
        self.is_cut = False
        """Whether a subschema that was compared as a whole went deeper than is looked at."""

    def resolve(self, node: Json) -> Json:
        """Return a node with references followed and `allOf` merged as far as possible."""
        return self._merger.merged(node) if isinstance(node, dict) else node

    def arms(self, node: Json) -> tuple[Json, ...]:
        """Return the alternatives of a node, resolved; null is no alternative but a value.

        Alternatives of an `anyOf` that accept the same are one.
        """
        if not isinstance(node, dict):
            return ()
        if id(node) not in self._arms:
            self._arms[id(node)] = node, self._arms_of(node)
        return self._arms[id(node)][1]

    def _arms_of(self, node: dict[str, Json]) -> tuple[Json, ...]:
        found = [arm for arm in self._expanded(node, "oneOf", 0) if not is_null(arm)]
        outlines: set[str] = set()
        for arm in self._expanded(node, "anyOf", 0):
            outline = self.outline(arm)
            if not is_null(arm) and outline not in outlines:
                outlines.add(outline)
                found.append(arm)
        return tuple(found)

    def _expanded(self, node: Json, keyword: str, depth: int) -> Iterator[Json]:
        """Yield the arms of a node; an arm that only lists arms is replaced by those."""
        if not isinstance(node, dict):
            return
        for arm in map(self.resolve, node.get(keyword, ())):
            if depth < NESTED_ARMS and _says(arm) in (["anyOf"], ["oneOf"]):
                yield from self._expanded(arm, _says(arm)[0], depth + 1)
            else:
                yield arm

    def flat(self, node: Json) -> Json:
        """Return a node with its only alternative merged into it, where it has just one."""
        arms = self.arms(node)
        if len(arms) != 1 or not isinstance(arms[0], dict):
            return node
        own = {key: value for key, value in node.items() if key not in ARMS}
        return {**arms[0], **own}

    def differences(self, node: Json, other: Subschemas, after: Json) -> Iterator[Difference]:
        """Yield how keywords that are compared as wholes differ between two nodes."""
        for group in _WHOLE:
            before_part, after_part = _part(node, group), _part(after, group)
            if before_part == after_part == {}:
                continue
            if self.shape(before_part) != other.shape(after_part):
                yield self._difference(group, before_part, after_part)

    def _difference(self, group: tuple[str, ...], before: Json, after: Json) -> Difference:
        kind = "changed" if before and after else "added" if after else "removed"
        detail = f"{'/'.join(group)} {kind if kind == 'changed' else 'was ' + kind}"
        raw = raw_differences(before, after) if kind == "changed" else ""
        is_listed = group[0] in _LISTED or (kind == "changed" and group[0] in _LISTED_BELOW)
        text = f"{detail}: {raw}." if raw else f"{detail}."
        kind = "changed" if group[0] in _REPLACING else kind
        return Difference(kind, text, is_listed, group[0] in _NOT_RESTRICTING)

    def shape(self, node: Json) -> str:
        """Return a text that is equal for subschemas that differ in nothing but cosmetics.

        Annotations, key order, names of definitions and the layout of references are cosmetics.
        What lies deeper than `SHAPE_DEPTH` counts as equal: the inventory of fields tells there.
        """
        self._is_whole = True
        try:
            return self._shape(node, 0)
        finally:
            self._is_whole = False

    def outline(self, node: Json) -> str:
        """Return the shape of a node and its children alone: the inventory tells what is below."""
        return self._shape(node, SHAPE_DEPTH - OUTLINE_DEPTH)

    def _shape(self, node: Json, depth: int) -> str:
        if not isinstance(node, dict):
            return "true" if node is True else canonical_text(node)
        if depth >= SHAPE_DEPTH:
            self.is_cut = self.is_cut or self._is_whole
            return "…"
        below = depth + (REFERENCE_COST if "$ref" in node else 1)
        merged = self._unwrapped(self.resolve(node))
        key = (id(merged), below)
        if key not in self._shapes:
            kept = {
                keyword: self._keyword(keyword, value, below)
                for keyword, value in merged.items()
                if keyword not in ANNOTATIONS
                and not keyword.startswith(("x-", "$"))
                and not (keyword in _IDLE_WHEN_TRUE and value is True)
            }
            self._shapes[key] = fingerprint(kept) if kept else "true"
        return self._shapes[key]

    def _unwrapped(self, node: dict[str, Json]) -> dict[str, Json]:
        """Return a node with its only alternative merged into it, where that is all it says."""
        said = _says(node)
        if len(said) == 1 and said[0] in ARMS and len(node[said[0]]) == 1:
            arm = self.resolve(node[said[0]][0])
            return arm if isinstance(arm, dict) else node
        return node

    def _keyword(self, key: str, value: Json, depth: int) -> Json:
        if key in NAMED_SCHEMAS:
            return {name: self._shape(part, depth) for name, part in value.items()}
        if key in ONE_SCHEMA:
            return self._shape(value, depth)
        if key in MANY_SCHEMAS:
            shapes = [self._shape(part, depth) for part in value]
            if key == "prefixItems":
                return shapes
            return sorted(shapes if key == "oneOf" else set(shapes))
        if key in _SET_LIKE and isinstance(value, list):
            return sorted(map(value_key, value))
        return value_key([value] if key == "type" else value)


def _says(node: Json) -> list[str]:
    """Return the keywords of a node that decide something."""
    if not isinstance(node, dict):
        return []
    return [key for key in node if key not in ANNOTATIONS and not key.startswith(("x-", "$"))]


def is_null(arm: Json) -> bool:
    """Return whether a subschema accepts null and nothing else."""
    return isinstance(arm, dict) and (
        arm.get("type") in ("null", ["null"]) or ("const" in arm and arm["const"] is None)
    )


def _part(node: Json, group: tuple[str, ...]) -> dict[str, Json]:
    if not isinstance(node, dict):
        return {}
    part = {key: node[key] for key in group if key in node}
    idle = _SAID_ELSEWHERE.get(group[0], ())
    return {} if any(part.get(group[0]) is value for value in idle) else part


def raw_differences(before: Json, after: Json) -> str:
    """Return deepdiff's view of two small JSON values in a few words, "" when they are large."""
    if max(len(canonical_text(value)) for value in (before, after)) > RAW_SIZE_LIMIT:
        return ""
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, ignore_order=True, view="tree")
    lines = sorted(_say(level) for levels in found.values() for level in levels)
    more = f" and {len(lines) - _RAW_SHOWN} more" if len(lines) > _RAW_SHOWN else ""
    return "; ".join(lines[:_RAW_SHOWN]) + more


def _say(level: Json) -> str:
    path = "/".join(str(step) for step in level.path(output_format="list"))
    before, after = (
        "nothing" if "not present" in str(side) else canonical_text(side)[:60]
        for side in (level.t1, level.t2)
    )
    return f"{path} from {before} to {after}"
