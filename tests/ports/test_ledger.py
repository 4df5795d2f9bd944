"""The SQL ledger on SQLite and on PostgreSQL, through the port's suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.stores.ledger import SqlLedger, open_ledger
from tests.ports.ledger_suite import LedgerSuite
from tests.stores.databases import CountingIds, TickingClock, postgres_url, sqlite_url


@pytest.fixture
def clock() -> TickingClock:
    """A clock that a test can move."""
    return TickingClock()


@pytest.fixture
def opened(clock: TickingClock, url: str) -> Iterator[Callable[[], SqlLedger]]:
    """A way to open the same ledger again and again; all are closed at the end."""
    ids = CountingIds()
    ledgers: list[SqlLedger] = []

    def open_again() -> SqlLedger:
        ledgers.append(open_ledger(url, clock=clock, ids=ids))
        return ledgers[-1]

    yield open_again
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened: Callable[[], SqlLedger]) -> SqlLedger:
    """An empty ledger."""
    return opened()


@pytest.fixture
def reopen(ledger: SqlLedger, opened: Callable[[], SqlLedger]) -> Callable[[], SqlLedger]:
    """A way to close the ledger and open it anew, as a restart does."""

    def close_and_open() -> SqlLedger:
        ledger.close()
        return opened()

    return close_and_open


class TestSqliteLedger(LedgerSuite):
    """The ledger in a file."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """The address of a new file."""
        return sqlite_url(tmp_path)


class TestPostgresLedger(LedgerSuite):
    """The ledger on a server."""

    @pytest.fixture
    def url(self) -> Iterator[str]:
        """The address of an empty schema."""
        with postgres_url() as url:
            yield url
