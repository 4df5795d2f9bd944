"""The adapter: its record, and the document that it is written as."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, assert_never

from agent.core.language.declared import Declared
from agent.core.language.document_head import read_head
from agent.core.language.document_reader import read_rows
from agent.core.language.printer import print_expression
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    Drop,
    EachRow,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.plain import is_plain
from agent.core.schema import make_schema
from agent.core.values import Json, fingerprint
from agent.errors import InvalidAdapter, InvalidSchema

LANGUAGE_VERSION: Final = 1
"""What `driftmend_adapter` holds."""


@dataclass(frozen=True)
class Adapter:
    """The table of rules that turns a payload of one schema version into what a contract accepts.

    The schemas are embedded with their references bundled. The names of every `let` stand in an
    order in which each reads only those before it.
    """

    name: str
    source: str
    source_fingerprints: tuple[str, ...]
    source_schema: Json
    consumer: str
    contract_fingerprint: str
    contract: Json
    let: Bindings = ()
    rows: tuple[Row, ...] = ()
    drops: tuple[Drop, ...] = ()

    @cached_property
    def declared(self) -> Declared:
        """What the contract declares, for `copy`.

        Raises:
            InvalidSchema: the embedded contract is no schema.
        """
        if is_plain(self.contract):
            return Declared(self.contract)
        return Declared(make_schema(self.contract, origin="/contract").document)


def read_adapter(document: Json) -> Adapter:
    """Return the adapter that a document describes.

    Raises:
        InvalidAdapter: the document breaks the language; `where` points at the row.
        InvalidExpression: an expression does; `position` is where in it.
    """
    head = read_head(document)
    let, rows = read_rows(document)
    adapter = Adapter(
        name=head.name,
        source=head.source,
        source_fingerprints=head.source_fingerprints,
        source_schema=document["source_schema"],
        consumer=head.consumer,
        contract_fingerprint=head.contract_fingerprint,
        contract=document["contract"],
        let=let,
        rows=rows,
        drops=head.drops,
    )
    if _has_copy(rows):
        _require_contract(adapter)
    return adapter


def _has_copy(rows: tuple[Row, ...]) -> bool:
    return any(
        isinstance(row, CopyRow)
        or (isinstance(row, (EachRow, WithRow, GroupRow)) and _has_copy(row.rows))
        for row in rows
    )


def _require_contract(adapter: Adapter) -> None:
    """Refuse a contract that `copy` could not ask for what it declares."""
    try:
        _ = adapter.declared
    except InvalidSchema as error:
        raise InvalidAdapter(where="/contract", found=str(error), help=error.help) from error


def write_adapter(adapter: Adapter) -> dict[str, Json]:
    """Return the document of an adapter: `read_adapter(write_adapter(a)) == a`."""
    return {
        "driftmend_adapter": LANGUAGE_VERSION,
        "name": adapter.name,
        "source": adapter.source,
        "source_fingerprints": list(adapter.source_fingerprints),
        "source_schema": adapter.source_schema,
        "consumer": adapter.consumer,
        "contract_fingerprint": adapter.contract_fingerprint,
        "contract": adapter.contract,
        **_write_let(adapter.let),
        "rules": write_rows(adapter.rows),
        "drops": [{"path": drop.path, "reason": drop.reason} for drop in adapter.drops],
    }


def write_rows(rows: tuple[Row, ...]) -> list[dict[str, Json]]:
    """Return the documents of a table's rows."""
    return [write_row(row) for row in rows]


def write_row(row: Row) -> dict[str, Json]:
    """Return the document of one row."""
    return {"target": row.target, **_write_context(row), **_write_body(row)}


def _write_context(row: Row) -> dict[str, Json]:
    when = {} if row.when is None else {"when": print_expression(row.when)}
    return {**when, **_write_let(row.let)}


def _write_let(let: Bindings) -> dict[str, Json]:
    return {"let": {name: print_expression(value) for name, value in let}} if let else {}


def _write_body(row: Row) -> dict[str, Json]:
    match row:
        case ValueRow(value=value):
            return {"value": print_expression(value)}
        case EachRow(each=each, name=name, where=where):
            over: dict[str, Json] = {"each": print_expression(each), "as": name}
            if row.key is not None:
                over["key"] = print_expression(row.key)
            if where is not None:
                over["where"] = print_expression(where)
            if row.value is not None:
                return {**over, "value": print_expression(row.value)}
            return {**over, "rules": write_rows(row.rows)}
        case WithRow(over=block, name=name, rows=rows):
            return {"with": print_expression(block), "as": name, "rules": write_rows(rows)}
        case CopyRow(copy=copy, excluded=excluded):
            left_out = {"except": list(excluded)} if excluded else {}
            return {"copy": print_expression(copy), **left_out}
        case GroupRow(rows=rows):
            return {"rules": write_rows(rows)}
        case _:
            assert_never(row)


def adapter_fingerprint(adapter: Adapter) -> str:
    """Return the fingerprint of an adapter's document; key order and white space do not count."""
    return fingerprint(write_adapter(adapter))
