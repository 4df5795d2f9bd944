"""Which removed field came back under which new name or place, and how sure that is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.alike_names import GENERIC, name_likeness
from agent.core.changes import Rename, RenameKind
from agent.core.matching.names import TEXT_LIMIT, own_name, path_words, stem, words
from agent.core.schema import FieldInfo, Schema
from agent.core.values import canonical_text

Similarity = Callable[[FieldInfo, FieldInfo], float]

THRESHOLD = 0.55
"""Confidence from which a pair is called a rename; below it stays a removal and an addition."""
MOST = 0.97
"""No guess is certain."""
PAIR_LIMIT = 40_000
"""Pairs up to which every removed field is weighed against every added one."""
VALUES_LIMIT = 200
"""Values of an enum that are looked at."""
COMMON_WORDS = (60, 20, 6, 2)
"""A word in more added fields than this finds no candidates; the first that suffices counts."""
ENOUGH_CHILDREN = 2.5
"""Equal names below two objects from which their structure speaks in full."""
GENERIC_COUNT = 4
"""Times that a generic name is taken to occur at least."""
LIST_COST = 0.1
"""A value of each item seldom becomes one value of the whole."""
NO_LIMIT = 1_000_000
ROUNDS = 6
"""Times that objects are paired again, because a renamed one may hold renamed ones."""
_CLEAR_MARGIN = 0.12
_AMBIGUOUS_COST = 0.25


@dataclass(frozen=True, slots=True)
class _Side:
    """One version, with what scoring asks again and again."""

    schema: Schema
    free: tuple[FieldInfo, ...]
    names: Counter[str]
    below: dict[str, frozenset[str]]
    values: dict[str, frozenset[str]]


class Renames:
    """The growing pairing of two versions: `forward` maps before paths to after paths."""

    def __init__(self, before: Schema, after: Schema, similarity: Similarity | None) -> None:
        self.depth = compared_depth(before, after)
        same = [info.path for info in before.fields if after.field(info.path) is not None]
        self.forward = {path: path for path in same if depth_of(path) <= self.depth}
        self.backward = dict(self.forward)
        self.found: list[Rename] = []
        self._similarity = similarity
        self._rivals: dict[str, list[tuple[float, str, str]]] = {}
        self._before, self._after = (
            _side(schema, self.forward, self.depth) for schema in (before, after)
        )

    def search(self) -> None:
        """Pair objects first, with all that lies below them, and then what is still free."""
        for _ in range(ROUNDS):
            count = len(self.found)
            self._accept(is_object=True)
            if len(self.found) == count:
                break
        self._accept(is_object=False)
        self.found = [self._named(rename) for rename in self.found if not self._is_implied(rename)]

    def _accept(self, *, is_object: bool) -> None:
        for _, old, new in self._ranked(is_object=is_object):
            if old.path in self.forward or new.path in self.backward:
                continue
            confidence = self._confidence(old, new)
            if confidence >= THRESHOLD:
                self._pair(old, new, confidence)

    def _ranked(self, *, is_object: bool) -> list[tuple[float, FieldInfo, FieldInfo]]:
        scored = [
            (self._score(old, new), old, new) for old, new in self._candidates(is_object=is_object)
        ]
        likely = [entry for entry in scored if entry[0] >= THRESHOLD]
        self._rivals = _rivals(likely)
        return sorted(likely, key=lambda entry: (-entry[0], _rank(entry[1]), _rank(entry[2])))

    def _candidates(self, *, is_object: bool) -> Iterator[tuple[FieldInfo, FieldInfo]]:
        old = [info for info in self._before.free if self._is_free(info, self._before, is_object)]
        new = [info for info in self._after.free if self._is_free(info, self._after, is_object)]
        pairs = _all_pairs(old, new) if len(old) * len(new) <= PAIR_LIMIT else _near(old, new)
        return (pair for pair in pairs if _may_pair(*pair))

    def _is_free(self, info: FieldInfo, side: _Side, is_object: bool) -> bool:
        taken = self.forward if side is self._before else self.backward
        named = not info.path.endswith("/" + paths.ANY)
        return info.path not in taken and named and bool(side.below[info.path]) == is_object

    def _pair(self, old: FieldInfo, new: FieldInfo, confidence: float) -> None:
        """Pair two fields and, by their relative paths, whatever lies below both."""
        self.found.append(Rename(old.path, new.path, round(confidence, 2), RenameKind.MOVE))
        self._join(old.path, new.path)
        for relative in sorted(_below(self._before.schema, old.path)):
            self._join(old.path + relative, new.path + relative)

    def _is_implied(self, rename: Rename) -> bool:
        """Whether a rename further up moves it along already."""
        above = paths.parent(rename.before_path), paths.parent(rename.after_path)
        names = paths.last(rename.before_path), paths.last(rename.after_path)
        return self.forward.get(above[0]) == above[1] and names[0] == names[1]

    def _named(self, rename: Rename) -> Rename:
        """Return a rename with its kind: in place when its parent is the same as before."""
        home = self.forward.get(paths.parent(rename.before_path))
        is_here = home == paths.parent(rename.after_path)
        return replace(rename, kind=RenameKind.RENAME) if is_here else rename

    def _join(self, old: str, new: str) -> None:
        is_known = self._after.schema.field(new) is not None
        if is_known and old not in self.forward and new not in self.backward:
            self.forward[old], self.backward[new] = new, old

    def _score(self, old: FieldInfo, new: FieldInfo) -> float:
        """Return how alike two fields are, 0 to 1: name, place, type, words, values, structure."""
        is_sibling = self.forward.get(paths.parent(old.path)) == paths.parent(new.path)
        name = name_likeness(own_name(old.path), own_name(new.path))
        context = 1.0 if is_sibling else self._context(old, new)
        score = 0.5 * name * (1 if is_sibling else 0.35 + 0.65 * context)
        score += 0.15 if is_sibling else 0.12 * context
        score += 0.2 * _type_likeness(old, new) + 0.05 * (old.is_required == new.is_required)
        score += self._words(old, new) + self._values(old, new)
        score -= LIST_COST * (old.path.count("/*") != new.path.count("/*"))
        mine, other = self._before.below[old.path], self._after.below[new.path]
        if mine and other:
            enough = min(1.0, len(mine & other) / ENOUGH_CHILDREN)
            score = 0.45 * score + 0.6 * _dice(mine, other) * enough
        return max(0.0, min(MOST, score))

    def _context(self, old: FieldInfo, new: FieldInfo) -> float:
        """Return how much the place speaks for a move: a rare name, or the same words above."""
        name = own_name(old.path), own_name(new.path)
        count = max(self._before.names[name[0]], self._after.names[name[1]], 1)
        if frozenset(words(name[1])) <= GENERIC:
            count = max(count, GENERIC_COUNT)
        mine, other = (frozenset(map(stem, path_words(info.path))) for info in (old, new))
        return max(_dice(mine, other) if count > 1 else 0.0, 1 / count)

    def _words(self, old: FieldInfo, new: FieldInfo) -> float:
        if self._similarity is not None:
            return 0.3 * (self._similarity(old, new) - 0.5)
        if not (old.description and new.description):
            return 0.0
        if old.description == new.description:
            return 0.3 if len(old.description) > 12 else 0.15
        mine, other = (frozenset(map(stem, words(i.description[:TEXT_LIMIT]))) for i in (old, new))
        return 0.3 * (_dice(mine, other) - 0.4)

    def _values(self, old: FieldInfo, new: FieldInfo) -> float:
        evidence = 0.0
        if old.format or new.format:
            evidence += 0.08 if old.format == new.format else -0.06
        if old.pattern and old.pattern == new.pattern:
            evidence += 0.08
        mine, other = self._before.values.get(old.path), self._after.values.get(new.path)
        if mine and other:
            return evidence + 0.3 * (_dice(mine, other) - 0.35)
        return evidence if mine is None and other is None else evidence - 0.06

    def _confidence(self, old: FieldInfo, new: FieldInfo) -> float:
        """Return the score less what a close rival takes from it."""
        score = self._score(old, new)
        rival = max(
            (
                value
                for value, a, b in self._rivals[old.path] + self._rivals[new.path]
                if (a == old.path) != (b == new.path)
                and a not in self.forward
                and b not in self.backward
            ),
            default=0.0,
        )
        closeness = max(0.0, 1 - (score - rival) / _CLEAR_MARGIN)
        return score - _AMBIGUOUS_COST * closeness


def depth_of(path: str) -> int:
    """Return how many steps a path has."""
    return path.count("/")


def compared_depth(before: Schema, after: Schema) -> int:
    """Return how deep both inventories are complete.

    A truncated inventory holds its shallow fields first, so only its deepest level has gaps; a
    field that is missing there is not known to be gone.
    """
    cut = [schema for schema in (before, after) if schema.is_truncated]
    depths = [max(depth_of(info.path) for info in schema.fields) - 1 for schema in cut]
    return min(depths, default=NO_LIMIT)


def _side(schema: Schema, taken: dict[str, str], depth: int) -> _Side:
    below = {info.path: frozenset[str]() for info in schema.fields}
    free = tuple(
        info for info in schema.fields if info.path not in taken and depth_of(info.path) <= depth
    )
    for info in free:
        below[info.path] = frozenset(
            own_name(path) + path.count("/") * "/"
            for path in _below(schema, info.path)
            if not path.endswith("/" + paths.ANY)
        )
    names = Counter(own_name(info.path) for info in schema.fields)
    values = {
        info.path: frozenset(map(canonical_text, info.enum[:VALUES_LIMIT]))
        for info in free
        if info.enum is not None
    }
    return _Side(schema, free, names, below, values)


def _below(schema: Schema, path: str) -> Iterator[str]:
    """Yield the relative paths of everything below a field."""
    stack = [path]
    while stack:
        for info in schema.children(stack.pop()):
            yield info.path[len(path) :]
            stack.append(info.path)


def _rivals(
    scored: Iterable[tuple[float, FieldInfo, FieldInfo]],
) -> dict[str, list[tuple[float, str, str]]]:
    rivals: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for score, old, new in scored:
        rivals[old.path].append((score, old.path, new.path))
        rivals[new.path].append((score, old.path, new.path))
    return rivals


def _rank(info: FieldInfo) -> tuple[int, str]:
    return depth_of(info.path), info.path


def _all_pairs(old: list[FieldInfo], new: list[FieldInfo]) -> Iterator[tuple[FieldInfo, FieldInfo]]:
    return ((a, b) for a in old for b in new)


def _near(old: list[FieldInfo], new: list[FieldInfo]) -> list[tuple[FieldInfo, FieldInfo]]:
    """Return the pairs that share a telling word of their names, place or description.

    A word that many fields share tells little: the more pairs there are, the rarer it must be.
    """
    index: dict[str, list[FieldInfo]] = defaultdict(list)
    for info in new:
        for key in _keys(info):
            index[key].append(info)
    pairs: list[tuple[FieldInfo, FieldInfo]] = []
    for most in COMMON_WORDS:
        pairs = [(info, found) for info in old for found in _sharing(info, index, most)]
        if len(pairs) <= PAIR_LIMIT:
            break
    return pairs


def _sharing(info: FieldInfo, index: dict[str, list[FieldInfo]], most: int) -> list[FieldInfo]:
    lists = (index.get(key, ()) for key in _keys(info))
    near = {
        found.path: found for found_list in lists if len(found_list) <= most for found in found_list
    }
    return [near[path] for path in sorted(near)]


def _keys(info: FieldInfo) -> set[str]:
    """Return what an index finds a field by."""
    keys = {stem(word) for word in words(own_name(info.path))}
    keys.add(" ".join(path_words(info.path)[-2:]))
    keys.add("\0" + paths.parent(info.path))
    if info.description:
        keys.add("\0\0" + info.description)
    return keys


def _may_pair(old: FieldInfo, new: FieldInfo) -> bool:
    """Whether one could be the other: values do not become objects under another name."""
    if old.types & new.types or not (old.types and new.types):
        return True
    containers = frozenset({"object", "array"})
    return not (old.types & containers or new.types & containers)


def _type_likeness(old: FieldInfo, new: FieldInfo) -> float:
    numeric = frozenset({"integer", "number"})
    if old.types == new.types:
        return 1.0
    if old.types & new.types or (old.types & numeric and new.types & numeric):
        return 0.7
    return 0.2


def _dice(left: frozenset[str], right: frozenset[str]) -> float:
    if not left and not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))
