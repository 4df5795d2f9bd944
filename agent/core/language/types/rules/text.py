"""Text: joining, cutting, replacing, padding, patterns, letter case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from agent.core.language.functions.operands import LARGEST_TEXT
from agent.core.language.functions.patterns import extract, replace_pattern
from agent.core.language.functions.text import format_text
from agent.core.language.types.displays import item_of
from agent.core.language.types.reading import slice_arrays, slice_texts
from agent.core.language.types.rules.forms import text_forms
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.rules.spelling import spelled
from agent.core.language.types.typed import NEVER, Typed
from agent.core.language.types.values import is_machine_integer, tried
from agent.core.shapes.facts import Fact
from agent.core.shapes.lattice import join
from agent.core.shapes.parts import Texts
from agent.core.shapes.shape import (
    BOOLEAN,
    NOTHING,
    NULL,
    TEXT,
    Parts,
    Shape,
    array_of,
    of_parts,
    texts,
    without,
)

_Piece: TypeAlias = tuple[Shape, int, int | None]

_GROWTH: Final = 3
"""Most characters that one becomes when its case changes: `ΐ` gives three."""


def _join(site: Site) -> Typed:
    sep = site.argument("sep")
    assert sep is not None
    part = site.texts_of(without(sep.shape, null=False))
    may_be_null = sep.shape.parts.null
    pieces = [piece for typed in site.many("parts") for piece in _pieces(typed)]
    may_be_null = may_be_null or any(shape.parts.null for shape, _, _ in pieces)
    shape = NOTHING if part is None else _joined(site, part, pieces)
    return Typed(join(shape, NULL) if may_be_null else shape, sep.may_be_missing)


def _pieces(typed: Typed) -> Iterator[_Piece]:
    """Yield what a part brings: shapes, each with the least and greatest number of texts."""
    array = typed.shape.parts.arrays
    rest = without(typed.shape, arrays=None)
    is_sure = not typed.may_be_missing
    if array is not None:
        is_array = is_sure and without(rest, null=False).is_surely_nothing
        yield item_of(array), array.shortest if is_array else 0, array.longest
    if not rest.is_surely_nothing:
        yield rest, int(is_sure and array is None), 1


def _joined(site: Site, sep: Texts, pieces: list[_Piece]) -> Shape:
    fewest, shortest, longest = 0, 0, 0
    most: int | None = 0
    is_bounded = sep.longest is not None
    for shape, least, greatest in pieces:
        part = text_forms(site, without(shape, null=False)).parts.texts
        if part is None:
            continue
        fewest += least
        shortest += least * part.shortest
        is_bounded = is_bounded and greatest is not None and part.longest is not None
        longest += (greatest or 0) * (part.longest or 0)
        most = None if most is None or greatest is None else most + greatest
    shortest += max(0, fewest - 1) * sep.shortest
    facts = _joined_facts(site, sep, pieces)
    if not is_bounded or most is None:
        return texts(Texts(shortest, facts=facts))
    most_separators = max(0, most - 1) * (sep.longest or 0)
    return texts(Texts(shortest, longest + most_separators, facts=facts))


def _joined_facts(site: Site, sep: Texts, pieces: list[_Piece]) -> frozenset[Fact]:
    """Return what is known of joined texts: how they begin, as far as each piece is one text."""
    found: list[str | Texts] = []
    for shape, least, greatest in pieces:
        part = text_forms(site, without(shape, null=False)).parts.texts
        if part is None or not least == greatest == 1:
            return spelled(found, is_whole=False)
        found += [sep, part] if found else [part]
    return spelled(found)


def _format(site: Site) -> Typed:
    parts = [text_forms(site, typed.shape).parts.texts for typed in site.many("parts")]
    site.text("template")
    template = site.choice("template", "")
    if template is None:
        site.fail("another number of {} than of values")
        return Typed(TEXT)
    bare = tried(format_text, template, *("" for _ in parts))
    if isinstance(bare, str):
        site.fail(bare)
        return NEVER
    if any(part is None for part in parts):
        return NEVER
    known = [part for part in parts if part is not None]
    facts = spelled(_interleaved(template.split("{}"), known))
    return Typed(_added(len(bare[0]), known, facts))


def _interleaved(literals: list[str], parts: list[Texts]) -> list[str | Texts]:
    """Return the pieces of a template, or none where it is not that simple."""
    if len(literals) != len(parts) + 1 or any("{" in one or "}" in one for one in literals):
        return []
    found: list[str | Texts] = [literals[0]]
    for part, literal in zip(parts, literals[1:], strict=True):
        found += [part, literal]
    return found


def _added(length: int, parts: Iterable[Texts], facts: frozenset[Fact] = frozenset()) -> Shape:
    shortest, longest = length, length
    is_bounded = True
    for part in parts:
        shortest += part.shortest
        longest += part.longest or 0
        is_bounded = is_bounded and part.longest is not None
    return texts(Texts(shortest, longest if is_bounded else None, facts=facts))


def _split(site: Site) -> Typed:
    part = site.text("s")
    _require_separator(site, "sep")
    limit = site.integer("max")
    if site.argument("max") is not None and (limit is None or limit < 0):
        site.fail("max is no whole number of 0 or more")
    if part is None:
        return NEVER
    most = None if limit is None or limit < 0 else limit + 1
    piece = texts(Texts(0, part.longest))
    return Typed(array_of(piece, shortest=1, longest=most))


def _require_separator(site: Site, name: str) -> Texts | None:
    part = site.text(name)
    if part is not None and part.admits(""):
        site.fail("an empty text to look for")
    return part


def _part(site: Site) -> Typed:
    part = site.text("s")
    _require_separator(site, "sep")
    require_integer(site, "i")
    if part is None:
        return NEVER
    position = site.integer("i")
    is_end = position in (0, -1)
    return Typed(texts(Texts(0, part.longest)), may_be_missing=not is_end)


def require_integer(site: Site, name: str) -> None:
    """Note where an argument may be no integer within 64 bits."""
    part = site.number(name)
    if part is not None and not is_machine_integer(part):
        site.fail("not an integer")


def _slice(site: Site) -> Typed:
    shape = site.shape("s")
    parts = shape.parts
    if parts != Parts(texts=parts.texts, arrays=parts.arrays):
        site.fail("not a text")
    require_integer(site, "start")
    start, end = site.integer("start"), site.integer("end")
    if site.argument("end") is not None:
        require_integer(site, "end")
    if start is None or (site.argument("end") is not None and end is None):
        return Typed(_cut(parts))
    return Typed(
        of_parts(
            Parts(
                texts=None if parts.texts is None else slice_texts(parts.texts, start, end),
                arrays=None if parts.arrays is None else slice_arrays(parts.arrays, start, end),
            )
        )
    )


def _cut(parts: Parts) -> Shape:
    """Return any slices of texts and arrays."""
    found = NOTHING
    if parts.texts is not None:
        found = texts(Texts(0, parts.texts.longest))
    if parts.arrays is not None:
        found = join(found, array_of(item_of(parts.arrays), longest=parts.arrays.longest))
    return found


def _replace(site: Site) -> Typed:
    part, new = site.text("s"), site.text("b")
    old = _require_separator(site, "a")
    if part is None or new is None or old is None:
        return NEVER
    never_grows = new.longest is not None and new.longest <= max(1, old.shortest)
    never_shrinks = old.longest is not None and new.shortest >= old.longest
    return Typed(
        texts(
            Texts(
                part.shortest if never_shrinks else min(1, part.shortest, new.shortest),
                part.longest if never_grows else None,
            )
        )
    )


def _test(*names: str) -> Rule:
    def rule(site: Site) -> Typed:
        parts = [site.text(name) for name in names]
        return NEVER if any(part is None for part in parts) else Typed(BOOLEAN)

    return rule


def _shortened(site: Site) -> Typed:
    part = site.text("s")
    if site.argument("chars") is not None:
        site.text("chars")
    return NEVER if part is None else Typed(texts(Texts(0, part.longest)))


def _pad(site: Site) -> Typed:
    part, fill, width = site.text("s"), site.text("fill"), site.integer("n")
    require_integer(site, "n")
    if fill is not None and not fill.shortest == fill.longest == 1:
        site.fail("the fill is no single character")
    if site.choice("side", "left") not in ("left", "right"):
        site.fail("side is neither left nor right")
    if part is None:
        return NEVER
    if width is None:
        site.fail("a text too long to make")
        return Typed(texts(Texts(part.shortest)))
    if width > LARGEST_TEXT:
        site.fail("a text too long to make")
    longest = None if part.longest is None else max(part.longest, width)
    return Typed(texts(Texts(max(part.shortest, width), longest)))


def _text(site: Site) -> Typed:
    return Typed(text_forms(site, site.shape("value")))


# Patterns


def _matches(site: Site) -> Typed:
    part = site.text("s")
    _require_pattern(site)
    return NEVER if part is None else Typed(BOOLEAN)


def _require_pattern(site: Site, group: object = None) -> None:
    site.text("pattern")
    pattern = site.choice("pattern", "")
    refused = "which may be no RE2 pattern" if pattern is None else None
    if pattern is not None:
        result = tried(extract, "", pattern, group)
        refused = result if isinstance(result, str) else None
    if refused is not None:
        site.fail(refused)


def _extract(site: Site) -> Typed:
    part = site.text("s")
    group = site.argument("group")
    known: object = site.choice("group", "") or site.integer("group")
    _require_pattern(site, known)
    if group is not None and known is None:
        site.fail("a group that the pattern may not have")
    if part is None:
        return NEVER
    return Typed(texts(Texts(0, part.longest)), may_be_missing=True)


def _replace_pattern(site: Site) -> Typed:
    part = site.text("s")
    _require_pattern(site)
    site.text("b")
    pattern, new = site.choice("pattern", ""), site.choice("b", "")
    if new is None or pattern is None:
        site.fail("a replacement that names a group which the pattern has not")
    else:
        result = tried(replace_pattern, "", pattern, new)
        if isinstance(result, str):
            site.fail(result)
    return NEVER if part is None else Typed(TEXT)


# Letter case


def _cased(site: Site) -> Typed:
    part = site.text("s")
    if part is None:
        return NEVER
    longest = None if part.longest is None else part.longest * _GROWTH
    return Typed(texts(Texts(part.shortest, longest)))


def _named(site: Site) -> Typed:
    return NEVER if site.text("s") is None else Typed(TEXT)


TEXT_RULES: Final[dict[str, Rule]] = {
    "join": _join,
    "format": _format,
    "split": _split,
    "slice": _slice,
    "part": _part,
    "replace": _replace,
    "starts_with": _test("s", "prefix"),
    "ends_with": _test("s", "suffix"),
    "contains": _test("s", "piece"),
    "trim": _shortened,
    "collapse": _shortened,
    "pad": _pad,
    "text": _text,
    "replace_pattern": _replace_pattern,
    "extract": _extract,
    "matches": _matches,
    "upper": _cased,
    "lower": _cased,
    "title": _cased,
    "snake": _named,
    "camel": _named,
    "kebab": _named,
}
