"""Where a `$ref` leads inside one document: identifiers, anchors, dynamic scopes.

Nothing is ever fetched. A reference to a packaged meta-schema of a supported draft is followed;
any other reference out of the document is refused (TRUST S7, S8).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from agent.core.dialects import Dialect, find_dialect, subschemas
from agent.core.paths import child as below
from agent.core.values import Json

_NAMES_TRIED = 2000
_RECURSIVE = "$recursiveAnchor"


@dataclass(frozen=True, slots=True)
class Place:
    """A subschema's place: its resource, its pointer for messages, its dynamic scope.

    `dynamic` says, per dynamic anchor, which resource of the scope defines it outermost.
    """

    base: str
    pointer: str
    dynamic: tuple[tuple[str, str], ...] = ()

    def below(self, tokens: tuple[str, ...]) -> Place:
        """Return the place of a subschema further down in the same resource."""
        pointer = self.pointer
        for token in tokens:
            pointer = below(pointer, token)
        return Place(self.base, pointer, self.dynamic)


@dataclass(slots=True)
class _Resource:
    root: Json
    pointer: str
    dialect: Dialect
    anchors: dict[str, tuple[Json, str]] = field(default_factory=dict)
    dynamic: set[str] = field(default_factory=set)


class References:
    """The identifiers of one document, and the places that references lead to.

    Raises (all methods):
        LookupError: the reference leads nowhere, or out of the document; the text says which.
    """

    def __init__(self, document: Json, *, dialect: Dialect) -> None:
        self._resources: dict[str, _Resource] = {"": _Resource(document, "", dialect)}
        self._is_dynamic = False
        if dialect.reads_ids:
            self._index("", document, "")
            for name, node in _components(document).items():
                self._index("", node, below("/components/schemas", name))

    def root(self, pointer: str) -> tuple[Place, Json]:
        """Return the place and the node at a pointer of the document."""
        if pointer and not pointer.startswith("/"):
            raise LookupError(f"is {pointer[:200]!r}, which does not start with /")
        place, node = self._walk("", pointer)
        return self.enter(node, place), node

    def dialect(self, place: Place) -> Dialect:
        """Return the dialect of the resource that a place lies in."""
        return self._resources[place.base].dialect

    def enter(self, node: Json, place: Place) -> Place:
        """Return the place of `node` itself: inside a resource of its own when it names one."""
        dialect = self.dialect(place)
        base = _own_base(node, place.base, dialect)
        base = base if base in self._resources else place.base
        return Place(base, place.pointer, self._widen(place.dynamic, base))

    def follow(self, reference: Json, place: Place, *, keyword: str) -> tuple[Place, Json]:
        """Return where a reference found at `place` leads."""
        if not isinstance(reference, str):
            raise LookupError("is not text")
        uri, _, fragment = _absolute(place.base, reference).partition("#")
        self._require(uri, reference)
        name = unquote(fragment)
        if keyword == "$recursiveRef" and self._has_dynamic(uri, _RECURSIVE):
            uri = dict(place.dynamic).get(_RECURSIVE, uri)
        if keyword == "$dynamicRef" and self._has_dynamic(uri, name):
            uri = dict(place.dynamic).get(name, uri)
        if name and not name.startswith("/"):
            target, node = self._anchor(uri, name, reference)
        else:
            target, node = self._walk(uri, name)
        if not isinstance(node, (dict, bool)):
            raise LookupError(f"leads to {reference[:200]!r}, which is not a schema")
        scoped = Place(target.base, target.pointer, self._widen(place.dynamic, uri))
        return self.enter(node, scoped), node

    def _has_dynamic(self, uri: str, name: str) -> bool:
        return name in self._resources[uri].dynamic

    def _widen(
        self, dynamic: tuple[tuple[str, str], ...], base: str
    ) -> tuple[tuple[str, str], ...]:
        """Return the dynamic scope after entering a resource: the outermost definition stays."""
        if not self._is_dynamic:
            return ()
        known = {name for name, _ in dynamic}
        new = sorted(self._resources[base].dynamic - known)
        return tuple(sorted((*dynamic, *((name, base) for name in new))))

    def _anchor(self, uri: str, name: str, reference: str) -> tuple[Place, Json]:
        found = self._resources[uri].anchors.get(name)
        if found is None:
            raise LookupError(f"leads to {reference[:200]!r}, and there is no such anchor")
        return Place(uri, found[1]), found[0]

    def _walk(self, uri: str, pointer: str) -> tuple[Place, Json]:
        """Return what a pointer leads to from the root of a resource."""
        resource = self._resources[uri]
        node, place = resource.root, Place(uri, resource.pointer)
        for token in pointer.split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and key in node:
                node = node[key]
            elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
                node = node[int(key)]
            else:
                raise LookupError(
                    f"leads to {(uri + '#' + pointer)[:200]!r}, and nothing is there"
                    + _near(key, node)
                )
            place = place.below((key,))
            base = _own_base(node, place.base, resource.dialect)
            if base in self._resources:
                place = Place(base, place.pointer)
        return place, node

    def _require(self, uri: str, reference: str) -> None:
        if uri in self._resources:
            return
        root = _packaged(uri)
        if root is None:
            raise LookupError(
                f"leads out of the document, to {reference[:200]!r}; nothing is fetched, "
                "so put the target into the document"
            )
        dialect = find_dialect(root.get("$schema")) or self._resources[""].dialect
        self._resources[uri] = _Resource(root, uri, dialect)
        self._index(uri, root, uri)

    def _index(self, base: str, root: Json, pointer: str) -> None:
        """Record the identifiers and anchors below `root`, whose resource is `base`."""
        stack: list[tuple[Json, str, str]] = [(root, base, pointer)]
        while stack:
            node, base, pointer = stack.pop()
            if not isinstance(node, dict):
                continue
            own = _own_base(node, base, self._resources[base].dialect)
            if own != base and own not in self._resources:
                dialect = find_dialect(node.get("$schema")) or self._resources[base].dialect
                self._resources[own] = _Resource(node, pointer, dialect)
            self._index_anchors(node, own if own in self._resources else base, pointer)
            for tokens, part in subschemas(node):
                if isinstance(part, dict):
                    place = Place(own, pointer).below(tokens)
                    stack.append((part, own, place.pointer))

    def _index_anchors(self, node: dict[str, Json], base: str, pointer: str) -> None:
        resource = self._resources[base]
        for keyword in ("$anchor", "$dynamicAnchor"):
            name = node.get(keyword)
            if isinstance(name, str) and keyword not in resource.dialect.ignored:
                resource.anchors.setdefault(name, (node, pointer))
                if keyword == "$dynamicAnchor":
                    resource.dynamic.add(name)
                    self._is_dynamic = True
        if node.get(_RECURSIVE) is True:
            resource.dynamic.add(_RECURSIVE)
            self._is_dynamic = True
        identifier = node.get(resource.dialect.id_keyword)
        if resource.dialect.has_plain_name_ids and isinstance(identifier, str):
            name = identifier.partition("#")[2]
            if name:
                resource.anchors.setdefault(name, (node, pointer))


def _near(key: str, node: Json) -> str:
    """Return a question after the keys that were meant perhaps, or ""."""
    names = list(node)[:_NAMES_TRIED] if isinstance(node, dict) else []
    near = difflib.get_close_matches(key, names, n=3)
    return f" (did you mean {', '.join(near)}?)" if near else ""


def _own_base(node: Json, base: str, dialect: Dialect) -> str:
    """Return the resource that `node` belongs to: its own when it has an identifier."""
    if not dialect.reads_ids or not isinstance(node, dict):
        return base
    identifier = node.get(dialect.id_keyword)
    if not isinstance(identifier, str) or (dialect.drops_ref_siblings and "$ref" in node):
        return base
    return _absolute(base, identifier).partition("#")[0]


def _components(document: Json) -> dict[str, Json]:
    """Return the schemas of an OpenAPI document, which no keyword leads to."""
    components = document.get("components") if isinstance(document, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else {}


def _absolute(base: str, reference: str) -> str:
    """Return a reference resolved against a base; `urn:` bases keep their whole text."""
    if reference.startswith("#") or not reference:
        return base + reference
    try:
        if urlsplit(reference).scheme:
            return reference
        return urljoin(base, reference)
    except ValueError:
        return reference


def _packaged(uri: str) -> dict[str, Json] | None:
    """Return the packaged meta-schema of a supported draft, or None."""
    if not uri.removeprefix("https://").removeprefix("http://").startswith("json-schema.org/"):
        return None
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    for known in (uri, uri + "#"):
        resource = REGISTRY.get(known)
        if resource is not None:
            contents: dict[str, Json] = resource.contents
            return contents
    return None
