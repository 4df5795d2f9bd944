"""The audit log: appending to the hash chain, reading it, finding where it is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import DBAPIError

from agent.core.review import AuditRow, audit_hash
from agent.core.values import Json
from agent.stores.columns import encode_json
from agent.stores.tables import audit, audit_head, outbox


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: who did what to what, with the details worth keeping for ever."""

    actor: str
    action: str
    subject: str
    details: Json


def append(connection: Connection, entry: Entry, *, at: datetime) -> None:
    """Add one row to the chain, and its event to the outbox.

    The caller's transaction holds the write lock, so nobody else can read the same end.
    """
    end = connection.execute(select(audit_head)).one()
    row = AuditRow(
        number=end.number + 1,
        at=at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        details=entry.details,
        previous_hash=end.hash,
        hash="",
    )
    row = replace(row, hash=hash_of(row))
    connection.execute(insert(audit).values(_stored(row)))
    connection.execute(update(audit_head).values(number=row.number, hash=row.hash))
    event = {"subject": row.subject, "details": row.details}
    connection.execute(
        insert(outbox).values(number=row.number, topic=row.action, body=event, created_at=at)
    )


def hash_of(row: AuditRow) -> str:
    """Return the hash that a row must carry: over all of its fields and the row before it."""
    body = {
        "number": row.number,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": row.details,
    }
    return audit_hash(previous_hash=row.previous_hash, body=body)


def read(connection: Connection) -> tuple[AuditRow, ...]:
    """Return the whole log, oldest first."""
    rows = connection.execute(select(audit).order_by(audit.c.number))
    return tuple(_record(row) for row in rows)


def breaks(connection: Connection) -> Iterator[str]:
    """Yield every place where the chain is broken: changed, missing, added or unreadable rows."""
    previous, last = "", 0
    for number in connection.execute(select(audit.c.number).order_by(audit.c.number)).scalars():
        if number != last + 1:
            yield f"audit row {last + 1} is missing: row {number} follows row {last}"
        row = _read_one(connection, number)
        if row is None:
            yield f"audit row {number} cannot be read as it was written"
            previous, last = "", number
            continue
        if row.previous_hash != previous:
            yield f"audit row {number} does not follow from the row before it"
        if row.hash != hash_of(row):
            yield f"audit row {number} was changed: its hash does not fit its content"
        previous, last = row.hash, number
    end = connection.execute(select(audit_head)).one_or_none()
    if end is None or (end.number, end.hash) != (last, previous):
        yield f"the log ends at row {last}, which is not the end that was noted last"


def _read_one(connection: Connection, number: int) -> AuditRow | None:
    """Return one row, or None when its bytes are not the bytes of any row that we write."""
    try:
        row = connection.execute(select(audit).where(audit.c.number == number)).one()
        record = _record(row)
        return record if _stored(record) == row._asdict() else None
    except (DBAPIError, ValueError, TypeError, AttributeError):
        return None


def _stored(row: AuditRow) -> dict[str, int | str]:
    return {
        "number": row.number,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": encode_json(row.details),
        "previous_hash": row.previous_hash,
        "hash": row.hash,
    }


def _record(row: Row[tuple[int | str, ...]]) -> AuditRow:
    return AuditRow(
        number=row.number,
        at=datetime.fromisoformat(row.at),
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        details=json.loads(row.details),
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
