"""What the ledger knows of sources: their versions, their changes, their consumers' contracts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from agent.core.review import Change, ContractVersion, Source, Version
from agent.core.values import Json, canonical_text
from agent.errors import Conflict, NotFound
from agent.stores.tables import changes, contracts, schema_versions, sources
from agent.stores.writing import Writing

MAX_INTEGER = 2**31 - 1
"""The greatest number of an INTEGER column in PostgreSQL."""


def put_source(writing: Writing, name: str, *, description: str, by: str) -> Source:
    """Store a source, or renew the description of the known one."""
    known = find_source(writing.connection, name)
    if known is None:
        values = {"name": name, "description": description, "created_at": writing.now}
        writing.connection.execute(insert(sources).values(values))
    elif known.description != description:
        renewal = update(sources).where(sources.c.name == name).values(description=description)
        writing.connection.execute(renewal)
    else:
        return known
    writing.record(
        by=by, action="put-source", subject=f"source {name}", details={"description": description}
    )
    return read_source(writing.connection, name)


def find_source(connection: Connection, name: str) -> Source | None:
    """Return one source, or None."""
    row = connection.execute(select(sources).where(sources.c.name == name)).one_or_none()
    return None if row is None else Source(**row._mapping)


def read_source(connection: Connection, name: str) -> Source:
    """Return one source.

    Raises:
        NotFound: it was never registered.
    """
    source = find_source(connection, name)
    if source is None:
        raise NotFound(
            where=f"source {name!r}", found="is not registered", help="register it first"
        )
    return source


def read_sources(connection: Connection) -> tuple[Source, ...]:
    """Return all sources by name; ordered here, because databases collate text differently."""
    rows = connection.execute(select(sources))
    return tuple(sorted((Source(**row._mapping) for row in rows), key=lambda item: item.name))


def put_contract(writing: Writing, contract: ContractVersion, *, by: str) -> ContractVersion:
    """Store a contract under its next number, unless the newest one is the same."""
    read_source(writing.connection, contract.source)
    known = _newest_contract(writing.connection, contract)
    if known is not None and _content(known) == _content(contract):
        return known
    values = {
        "consumer": contract.consumer,
        "source": contract.source,
        "number": 1 if known is None else known.number + 1,
        "fingerprint": contract.fingerprint,
        "document": contract.document,
        "examples": list(contract.examples),
        "created_at": writing.now,
    }
    writing.connection.execute(insert(contracts).values(values))
    writing.record(
        by=by,
        action="put-contract",
        subject=f"contract of {contract.consumer} with {contract.source}",
        details={"number": values["number"], "fingerprint": contract.fingerprint},
    )
    stored = _newest_contract(writing.connection, contract)
    assert stored is not None
    return stored


def read_contracts(connection: Connection, source: str) -> tuple[ContractVersion, ...]:
    """Return the newest contract of every consumer, by consumer."""
    newest = (
        select(contracts.c.consumer, func.max(contracts.c.number).label("number"))
        .where(contracts.c.source == source)
        .group_by(contracts.c.consumer)
        .subquery()
    )
    rows = connection.execute(
        select(contracts)
        .join(
            newest,
            (contracts.c.consumer == newest.c.consumer) & (contracts.c.number == newest.c.number),
        )
        .where(contracts.c.source == source)
    )
    return tuple(sorted((_contract(row) for row in rows), key=lambda item: item.consumer))


def add_version(writing: Writing, version: Version) -> Version:
    """Store a schema version under the number that it carries."""
    writing.connection.execute(
        insert(schema_versions).values(
            source=version.source,
            number=version.number,
            fingerprint=version.fingerprint,
            document=version.document,
            samples=list(version.samples),
            created_at=writing.now,
        )
    )
    return read_version(writing.connection, version.source, version.number)


def newest_version(connection: Connection, source: str) -> Version | None:
    """Return the newest schema version of a source, or None."""
    newest = _versions(source).order_by(None).order_by(schema_versions.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _version(row)


def require_newest(newest: Version | None, *, source: str, number: int | None) -> None:
    """Return quietly when the newest version has this number (0 for none, None for any).

    Raises:
        Conflict: another one was reported meanwhile.
    """
    present = 0 if newest is None else newest.number
    if number is not None and number != present:
        raise Conflict(
            where=f"source {source!r}",
            found=f"version {present} was reported meanwhile",
            help="report the version again",
        )


def read_version(connection: Connection, source: str, number: int) -> Version:
    """Return one schema version.

    Raises:
        NotFound: the source has no version of this number.
    """
    if 0 < number <= MAX_INTEGER:
        row = connection.execute(
            _versions(source).where(schema_versions.c.number == number)
        ).one_or_none()
        if row is not None:
            return _version(row)
    raise NotFound(
        where=f"version {number} of source {source!r}",
        found="is not known",
        help="report it first, or ask for one of the source's versions",
    )


def read_versions(connection: Connection, source: str) -> tuple[Version, ...]:
    """Return all schema versions of a source, oldest first."""
    return tuple(_version(row) for row in connection.execute(_versions(source)))


def add_change(
    writing: Writing, *, source: str, before: int | None, after: int, diff: Json
) -> Change:
    """Store the change that led to version `after`."""
    id = writing.ids()
    values = {"id": id, "source": source, "before": before, "after": after, "diff": diff}
    writing.connection.execute(insert(changes).values(created_at=writing.now, **values))
    return read_change(writing.connection, id)


def read_change(connection: Connection, id: str) -> Change:
    """Return one change.

    Raises:
        NotFound: no change has this id.
    """
    row = connection.execute(select(changes).where(changes.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(where=f"change {id!r}", found="is not known")
    return Change(**row._mapping)


def _versions(source: str) -> Select[Any]:
    versions = select(schema_versions).where(schema_versions.c.source == source)
    return versions.order_by(schema_versions.c.number)


def _version(row: Row[Any]) -> Version:
    values = dict(row._mapping)
    return Version(**values | {"samples": tuple(values["samples"])})


def _newest_contract(connection: Connection, like: ContractVersion) -> ContractVersion | None:
    row = connection.execute(
        select(contracts)
        .where(contracts.c.consumer == like.consumer, contracts.c.source == like.source)
        .order_by(contracts.c.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _contract(row)


def _contract(row: Row[Any]) -> ContractVersion:
    values = dict(row._mapping)
    return ContractVersion(**values | {"examples": tuple(values["examples"])})


def _content(contract: ContractVersion) -> str:
    # As text, because in Python True == 1 == 1.0, and in a contract they differ.
    return canonical_text([contract.fingerprint, contract.document, list(contract.examples)])
