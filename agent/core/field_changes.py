"""What changed between two forms of one field, leaving aside its children and alternatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.core import constraints, paths
from agent.core.changes import Change, Level, Severity
from agent.core.constraints import accepted_types, show, value_key
from agent.core.schema import FieldInfo
from agent.core.subschemas import Subschemas
from agent.core.values import Json

NARROWED = Severity(Level.NON_BREAKING, Level.BREAKING)
WIDENED = Severity(Level.BREAKING, Level.NON_BREAKING)
REPLACED = Severity(Level.BREAKING, Level.BREAKING)
HARMLESS = Severity(Level.NON_BREAKING, Level.NON_BREAKING)
NOTED = Severity(Level.INFO, Level.INFO)

_WIDER_FORMATS = frozenset({("int32", "int64"), ("float", "double"), ("uri", "uri-reference")})
_ANY_PATTERNS = frozenset({"", ".*", "^.*$", "^.*", ".*$"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A field of the old version and the same field of the new one, each in its schema."""

    before: FieldInfo
    after: FieldInfo
    old: Subschemas
    new: Subschemas

    def change(self, check: str, severity: Severity, detail: str) -> Change:
        """Return a change of this field; what only one side of the wire sees is weighed there."""
        return Change(
            check, self.before.path, self.after.path, seen(severity, self.after.node), detail
        )

    @property
    def shared_types(self) -> frozenset[str]:
        """The JSON types that both accept."""
        return accepted_types(self.before) & accepted_types(self.after)

    def nodes(self) -> tuple[Json, Json]:
        """Return both subschemas, a lone arm merged into its field."""
        return self.old.flat(self.before.node), self.new.flat(self.after.node)


def seen(severity: Severity, node: Json) -> Severity:
    """Return the severity where a `readOnly` field is never sent and a `writeOnly` one never read.

    Sources: OpenAPI 3.0 "readOnly"/"writeOnly"; a request leaves the former out, a response the
    latter.
    """
    if not isinstance(node, dict):
        return severity
    if node.get("readOnly") is True:
        response = severity.response, severity.strict_response
        return Severity(response[0], min_level(severity.request), response[1], None)
    if node.get("writeOnly") is True:
        request = severity.request, severity.strict_request
        return Severity(min_level(severity.response), request[0], None, request[1])
    return severity


def min_level(level: Level) -> Level:
    """Return the level of a change that nobody on that side sees."""
    return Level.INFO if level is Level.INFO else Level.NON_BREAKING


def field_changes(pair: Pair) -> Iterator[Change]:
    """Yield the changes of one field, in a fixed order; equal fields yield nothing."""
    for check in _CHECKS:
        yield from check(pair)


def _types(pair: Pair) -> Iterator[Change]:
    before, after = accepted_types(pair.before), accepted_types(pair.after)
    if before == after:
        return
    detail = f"The type changed from {_show_types(before)} to {_show_types(after)}."
    if before < after:
        yield pair.change("type-widened", WIDENED, detail)
    elif after < before:
        yield pair.change("type-narrowed", NARROWED, detail)
    else:
        yield pair.change("type-changed", REPLACED, detail)


def _show_types(types: frozenset[str]) -> str:
    if types == constraints.ANY_TYPE:
        return "any"
    shown = types - {"integer"} if "number" in types else types
    return " or ".join(sorted(shown)) or "null"


def _required(pair: Pair) -> Iterator[Change]:
    if pair.after.path == "" or pair.after.path.endswith("/*"):
        return
    if pair.before.is_required and not pair.after.is_required:
        yield pair.change("became-optional", WIDENED, "A required field became optional.")
    if pair.after.is_required and not pair.before.is_required:
        yield pair.change("became-required", NARROWED, "An optional field became required.")


def _required_names(pair: Pair) -> Iterator[Change]:
    """Names that are required without being declared are no fields, and still must be there."""
    before, after = (_undeclared(node) for node in pair.nodes())
    declared = _declared(pair.before.node) | _declared(pair.after.node)
    for name in sorted((before ^ after) - declared):
        check, severity = ("became-optional", WIDENED)
        if name in after:
            check, severity = ("became-required", NARROWED)
        detail = "An undeclared field is " + ("now" if name in after else "no longer")
        path = paths.child(pair.before.path, name), paths.child(pair.after.path, name)
        yield Change(check, *path, severity, f"{detail} required.")


def _undeclared(node: Json) -> frozenset[str]:
    required = node.get("required", ()) if isinstance(node, dict) else ()
    return frozenset(required) - _declared(node)


def _declared(node: Json) -> frozenset[str]:
    return frozenset(node.get("properties", ())) if isinstance(node, dict) else frozenset()


def _nullable(pair: Pair) -> Iterator[Change]:
    if not (_says_null(pair.before) and _says_null(pair.after)):
        return
    if pair.after.is_nullable and not pair.before.is_nullable:
        yield pair.change("became-nullable", WIDENED, "The value may now be null.")
    if pair.before.is_nullable and not pair.after.is_nullable:
        yield pair.change("became-not-nullable", NARROWED, "The value may no longer be null.")


def _says_null(field: FieldInfo) -> bool:
    """Whether null is a matter of its own: without any type it comes and goes with the type."""
    return constraints.says_type(field)


def _values(pair: Pair) -> Iterator[Change]:
    before, after = pair.before.enum, pair.after.enum
    if before is None and after is None:
        return
    if before is None:
        detail = f"Only these values are left: {show(after or ())}."
        yield pair.change("enum-added", NARROWED, detail)
    elif after is None:
        detail = f"Values are no longer limited to {show(before)}."
        if pair.shared_types:
            yield pair.change("enum-removed", WIDENED, detail)
    elif pair.before.has_const and pair.after.has_const:
        yield from _const(pair, before, after)
    elif pair.shared_types or not (before and after):
        yield from _enum(pair, before, after)


def _const(pair: Pair, before: tuple[Json, ...], after: tuple[Json, ...]) -> Iterator[Change]:
    if set(map(value_key, before)) != set(map(value_key, after)):
        detail = f"The fixed value changed from {show(before)} to {show(after)}."
        yield pair.change("const-changed", REPLACED, detail)


def _enum(pair: Pair, before: tuple[Json, ...], after: tuple[Json, ...]) -> Iterator[Change]:
    old, new = set(map(value_key, before)), set(map(value_key, after))
    gone = [value for value in before if value_key(value) not in new]
    added = [value for value in after if value_key(value) not in old]
    if gone:
        detail = f"These values are gone: {show(gone)}."
        yield pair.change("enum-value-removed", NARROWED, detail)
    if added:
        yield pair.change("enum-value-added", WIDENED, f"These values are new: {show(added)}.")


def _format(pair: Pair) -> Iterator[Change]:
    before, after = pair.before.format, pair.after.format
    if before == after or not pair.shared_types:
        return
    detail = f"The format changed from {before or 'none'} to {after or 'none'}."
    if not after or (before, after) in _WIDER_FORMATS:
        yield pair.change("format-changed", WIDENED, detail)
    elif not before or (after, before) in _WIDER_FORMATS:
        yield pair.change("format-changed", NARROWED, detail)
    else:
        yield pair.change("format-changed", REPLACED, detail)


def _pattern(pair: Pair) -> Iterator[Change]:
    before, after = (_real_pattern(field.pattern) for field in (pair.before, pair.after))
    if before == after or "string" not in pair.shared_types:
        return
    detail = f"The pattern changed from {before or 'none'} to {after or 'none'}."
    widened = Severity(Level.POSSIBLE, Level.NON_BREAKING, strict_response=Level.BREAKING)
    if not after:
        yield pair.change("pattern-changed", widened, detail)
    elif not before:
        yield pair.change("pattern-changed", NARROWED, detail)
    else:
        both = widened.joined(NARROWED)
        yield pair.change("pattern-changed", both, detail)


def _real_pattern(pattern: str) -> str:
    return "" if pattern in _ANY_PATTERNS else pattern


def _bounds(pair: Pair) -> Iterator[Change]:
    old, new = _bounds_of(pair)
    narrowed: list[str] = []
    widened: list[str] = []
    for keyword in sorted(old.keys() | new.keys()):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        is_tighter = after is not None and (before is None or _order(after) > _order(before))
        text = f"{constraints.show_bound(keyword, before)} became " + (
            constraints.show_bound(keyword, after)
        )
        (narrowed if is_tighter else widened).append(text)
    if narrowed:
        yield pair.change("bounds-narrowed", NARROWED, f"Tighter: {'; '.join(narrowed)}.")
    if widened:
        yield pair.change("bounds-widened", WIDENED, f"Looser: {'; '.join(widened)}.")


def _order(bound: constraints.Bound) -> tuple[object, bool]:
    return bound.value, bound.is_open


def _bounds_of(pair: Pair) -> tuple[dict[str, constraints.Bound], dict[str, constraints.Bound]]:
    types = pair.shared_types
    before, after = pair.nodes()
    old = constraints.bounds(before, pair.old.arms(before), types=types)
    new = constraints.bounds(after, pair.new.arms(after), types=types)
    if not _has_both(before, after, "contains"):
        for keyword in ("minContains", "maxContains"):
            old.pop(keyword, None)
            new.pop(keyword, None)
    return old, new


def _has_both(before: Json, after: Json, keyword: str) -> bool:
    return all(isinstance(node, dict) and keyword in node for node in (before, after))


def _multiple(pair: Pair) -> Iterator[Change]:
    before, after = (constraints.multiple(node) for node in pair.nodes())
    if before == after or not pair.shared_types & {"integer", "number"}:
        return
    old, new = ("none" if n is None else constraints.show_number(n) for n in (before, after))
    detail = f"multipleOf changed from {old} to {new}."
    if after is None or (before is not None and (before / after).denominator == 1):
        yield pair.change("bounds-widened", WIDENED, detail)
    elif before is None or (after / before).denominator == 1:
        yield pair.change("bounds-narrowed", NARROWED, detail)
    else:
        yield pair.change("schema-changed", REPLACED, detail)


def _closed(pair: Pair) -> Iterator[Change]:
    if "object" not in pair.shared_types:
        return
    before, after = (constraints.is_closed(node) for node in pair.nodes())
    harmless = (Level.NON_BREAKING, Level.NON_BREAKING)
    if after and not before:
        severity = Severity(*harmless, strict_request=Level.BREAKING)
        detail = "Properties that the schema does not name are now refused."
        yield pair.change("additional-properties-closed", severity, detail)
    if before and not after:
        severity = Severity(*harmless, strict_response=Level.BREAKING)
        detail = "Properties that the schema does not name are now allowed."
        yield pair.change("additional-properties-opened", severity, detail)


def _notes(pair: Pair) -> Iterator[Change]:
    before, after = pair.before, pair.after
    if (before.has_default, value_key(before.default)) != (
        after.has_default,
        value_key(after.default),
    ):
        old = show([before.default]) if before.has_default else "none"
        new = show([after.default]) if after.has_default else "none"
        detail = f"The default changed from {old} to {new}."
        yield pair.change("default-changed", NOTED, detail)
    if before.is_deprecated != after.is_deprecated:
        detail = "Now deprecated." if after.is_deprecated else "No longer deprecated."
        yield pair.change("deprecation-changed", NOTED, detail)
    yield from _access(pair)


def _access(pair: Pair) -> Iterator[Change]:
    """A request must not carry what is read only, and a reader never gets what is write only.

    The level is not weighed by which side sees the field: that is what changed.
    """
    before, after = (_access_of(field.node) for field in (pair.before, pair.after))
    if before == after:
        return
    detail = f"Access changed from {before} to {after}."
    check, severity = "access-changed", NOTED
    if after == "read only":
        check, severity = "became-read-only", Severity(Level.INFO, Level.POSSIBLE)
    elif after == "write only":
        gone = Level.BREAKING if pair.before.is_required else Level.POSSIBLE
        check, severity = "became-write-only", Severity(gone, Level.INFO)
    yield Change(check, pair.before.path, pair.after.path, severity, detail)


def _access_of(node: Json) -> str:
    if not isinstance(node, dict):
        return "read and write"
    if node.get("readOnly") is True:
        return "read only"
    return "write only" if node.get("writeOnly") is True else "read and write"


_CHECKS: tuple[Callable[[Pair], Iterator[Change]], ...] = (
    _types,
    _required,
    _required_names,
    _nullable,
    _values,
    _format,
    _pattern,
    _bounds,
    _multiple,
    _closed,
    _notes,
)
