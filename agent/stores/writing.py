"""One write in progress: its connection, its moment, its ids, its line in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, func, select

from agent.core.values import Json
from agent.ports import Ids
from agent.stores import audit


@dataclass(frozen=True, slots=True)
class Writing:
    """A transaction that holds the write lock. `now` is read once, after the lock was taken."""

    connection: Connection
    now: datetime
    ids: Ids

    def record(self, *, by: str, action: str, subject: str, details: Json) -> None:
        """Append to the audit log and the outbox, in this transaction."""
        entry = audit.Entry(actor=by, action=action, subject=subject, details=details)
        audit.append(self.connection, entry, at=self.now)

    def next_number(self, column: Column[int]) -> int:
        """Return one more than the greatest number in a column; the write lock keeps it free."""
        return (self.connection.execute(select(func.max(column))).scalar() or 0) + 1
