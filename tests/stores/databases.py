"""Empty databases to test on, and a clock and ids that tests can foresee."""

from __future__ import annotations

import itertools
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

POSTGRES = os.environ.get("DRIFTMEND_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")


class TickingClock:
    """A clock that moves on by one second per look, and by more when told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the present time and move on."""
        with self._lock:
            self._now += timedelta(seconds=1)
            return self._now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)


class CountingIds:
    """Ids in an order that has nothing to do with their text."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self) -> str:
        """Return a new id."""
        number = next(self._numbers)
        return f"id-{(number * 7919) % 10007:05d}"


def sqlite_url(folder: Path) -> str:
    """Return the address of a ledger file in a folder."""
    return f"sqlite:///{folder / 'ledger.db'}"


@contextmanager
def postgres_url() -> Iterator[str]:
    """Give the address of an empty schema on the PostgreSQL server, dropped afterwards."""
    psycopg = pytest.importorskip("psycopg")
    try:
        admin = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server listens: {str(error).splitlines()[0]}")
    schema = f"driftmend_{uuid.uuid4().hex[:12]}"
    with admin:
        admin.execute(f"CREATE SCHEMA {schema}")
        try:
            address = POSTGRES.replace("postgresql://", "postgresql+psycopg://")
            yield f"{address}?options=-csearch_path%3D{schema}"
        finally:
            admin.execute(f"DROP SCHEMA {schema} CASCADE")
