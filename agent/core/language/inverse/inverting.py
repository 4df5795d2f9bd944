"""The inverse of an adapter, made of the leaves that can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.inverse.clashes import settle
from agent.core.language.inverse.leaves import Leaf, leaves_of
from agent.core.language.inverse.losing import lost_fields
from agent.core.language.inverse.records import Inversion, Kind, RuleInversion
from agent.core.language.reads import provenance
from agent.core.language.rewrite import path_of, read_of
from agent.core.language.syntax import Call, EachRow, Expression, Literal, Row, ValueRow, WithRow
from agent.core.language.walk import Place, places
from agent.core.schema import make_schema
from agent.core.shapes.reading import from_schema


def invert(adapter: Adapter) -> Inversion:
    """Return the inverse of an adapter, with what it does not bring back.

    Raises:
        InvalidSchema: a schema that is embedded in the adapter is none.
    """
    schema = make_schema(adapter.source_schema, origin="/source_schema")
    source = from_schema(schema)
    leaves = settle(leaves_of(adapter, source))
    return Inversion(
        rules=tuple(_statements(adapter, leaves)),
        adapter=_inverse(adapter, leaves),
        lost=lost_fields(schema, source, leaves),
    )


def _inverse(adapter: Adapter, leaves: tuple[Leaf, ...]) -> Adapter | None:
    rows = _rows(leaves, "src")
    if not rows:
        return None
    prints = adapter.source_fingerprints
    return Adapter(
        name=f"{adapter.name}-inverse",
        source=adapter.consumer,
        source_fingerprints=(adapter.contract_fingerprint,) if adapter.contract_fingerprint else (),
        source_schema=adapter.contract,
        consumer=adapter.source,
        contract_fingerprint=prints[0] if len(prints) == 1 else "",
        contract=adapter.source_schema,
        rows=rows,
    )


def _rows(leaves: tuple[Leaf, ...], name: str) -> tuple[Row, ...]:
    """Return the inverse rows; nulls come first, so that fields make objects of them."""
    undone = [leaf for leaf in leaves if leaf.is_undone]
    nulls = [_null_row(leaf, name) for leaf in undone if leaf.is_null]
    return (*nulls, *(_row(leaf, name) for leaf in undone if not leaf.is_null))


def _read(pointer: str, name: str) -> Expression:
    read = read_of(pointer, scope={name: ""})
    assert read is not None  # targets have no `*`
    return read


def _null_row(leaf: Leaf, name: str) -> Row:
    is_null = Call("is_null", (_read(leaf.target, name),))
    return ValueRow(leaf.read, Literal(None), when=is_null)


def _row(leaf: Leaf, name: str) -> Row:
    read = _read(leaf.target, name)
    if leaf.items is None:
        return ValueRow(leaf.read, leaf.undone.back(read))
    whole = next((item for item in leaf.items if item.is_undone and item.read == ""), None)
    if whole is not None and whole.items is None and not whole.is_null:
        value = whole.undone.back(_read(whole.target, leaf.name))
        return EachRow(leaf.read, read, leaf.name, value=value)
    return EachRow(leaf.read, read, leaf.name, rows=_rows(leaf.items, leaf.name))


def _statements(adapter: Adapter, leaves: tuple[Leaf, ...]) -> Iterator[RuleInversion]:
    """Yield what becomes of each rule, in the order of the document."""
    reads: dict[str, set[str]] = defaultdict(set)
    for entry in provenance(adapter):
        reads[entry.rule] |= entry.reads | entry.walks
    by_rule: dict[str, list[Leaf]] = defaultdict(list)
    _gather(leaves, by_rule)
    for place in places(adapter.rows, let=adapter.let):
        of_items = (f"{place.rule}/value", paths.items(place.target))
        for rule, target in ((place.rule, place.target), of_items):
            if rule in by_rule:
                found = reads[rule] or reads[place.rule] or _block_reads(place)
                yield _statement(rule, target, by_rule[rule], tuple(sorted(found)))


def _block_reads(place: Place) -> set[str]:
    over = path_of(place.row.over, scope=place.scope) if isinstance(place.row, WithRow) else None
    return set() if over is None else {over}


def _gather(leaves: tuple[Leaf, ...], by_rule: dict[str, list[Leaf]]) -> None:
    for leaf in leaves:
        if not leaf.is_cover:
            by_rule[leaf.rule].append(leaf)
        _gather(leaf.items or (), by_rule)


def _statement(rule: str, target: str, leaves: list[Leaf], reads: tuple[str, ...]) -> RuleInversion:
    kinds = {leaf.undone.kind for leaf in leaves}
    kind = Kind.LOSSY
    if len(kinds) == 1:
        kind = kinds.pop()
    if not reads:
        kind = Kind.NONE
    losses = dict.fromkeys(leaf.undone.loss for leaf in leaves if leaf.undone.loss)
    return RuleInversion(
        rule=rule,
        target=target,
        kind=kind,
        loss=" ".join(losses),
        reads=reads,
        is_inverted=any(leaf.is_undone for leaf in leaves),
    )
