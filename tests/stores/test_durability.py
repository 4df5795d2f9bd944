"""What the ledger keeps and says under faults: damage, locks, full disks, races."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from agent.core.review import DecisionKind, Source
from agent.errors import Conflict, InvalidSettings, StoreUnavailable
from agent.stores import audit
from agent.stores.ledger import SqlLedger, open_ledger
from agent.stores.tables import adapters, decisions
from tests.ports.ledger_suite import approve, decision, pending, state_of
from tests.stores.databases import CountingIds, TickingClock, sqlite_url

GUARDS = {
    "sqlite": ("DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE"),
    "postgresql": ("DROP TRIGGER audit_no_change ON audit",),
}


def opened(url: str) -> SqlLedger:
    """Open a ledger with a clock and ids of its own."""
    return open_ledger(url, clock=TickingClock(), ids=CountingIds())


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    """A ledger with one approved adapter: five audit rows."""
    ledger = opened(url)
    approve(ledger, pending(ledger))
    yield ledger
    ledger.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a ledger with one source, closed."""
    ledger = opened(sqlite_url(tmp_path))
    ledger.put_source("orders", description="", by="ann")
    ledger.close()
    return tmp_path / "ledger.db"


def tamper(ledger: SqlLedger, statement: str) -> None:
    """Change the audit log behind the ledger's back, guards taken off."""
    with ledger.database.engine.begin() as connection:
        for guard in GUARDS[connection.dialect.name]:
            connection.execute(text(guard))
        connection.execute(text(statement))


# the audit chain


def test_verify_audit__untouched__no_breaks(ledger: SqlLedger) -> None:
    """A log that only the ledger wrote is whole."""
    assert len(ledger.audit()) == 5
    assert ledger.verify_audit() == ()


def test_verify_audit__nothing_written__no_breaks(url: str) -> None:
    """An empty log is whole."""
    ledger = opened(url)
    assert ledger.verify_audit() == ()
    ledger.close()


@pytest.mark.parametrize(
    "column", ["at", "actor", "action", "subject", "details", "previous_hash", "hash"]
)
def test_verify_audit__one_character_changed__names_the_row(ledger: SqlLedger, column: str) -> None:
    """A single changed character in any column of a row is found."""
    tamper(
        ledger,
        f'UPDATE audit SET "{column}" = CASE substr("{column}", 3, 1) '
        f"WHEN '1' THEN substr(\"{column}\", 1, 2) || '2' || substr(\"{column}\", 4) "
        f'ELSE substr("{column}", 1, 2) || \'1\' || substr("{column}", 4) END WHERE number = 3',
    )
    assert any("audit row 3" in line for line in ledger.verify_audit())


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET details = details || ' ' WHERE number = 2", "row 2"),
        ("UPDATE audit SET details = '{' WHERE number = 2", "row 2"),
        ("UPDATE audit SET at = 'yesterday' WHERE number = 2", "row 2"),
        ("UPDATE audit SET number = 70 WHERE number = 5", "row 5 is missing"),
        ("DELETE FROM audit WHERE number = 3", "row 3 is missing"),
        ("DELETE FROM audit WHERE number = 5", "ends at row 4"),
        ("DELETE FROM audit", "ends at row 0"),
        ("DELETE FROM audit_head", "ends at row 5"),
    ],
)
def test_verify_audit__rows_changed_or_gone__are_found(
    ledger: SqlLedger, statement: str, found: str
) -> None:
    """White space, broken values, missing rows and a cut-off end are breaks."""
    with ledger.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))
    tamper(ledger, statement)
    assert any(found in line for line in ledger.verify_audit())


def test_verify_audit__row_rewritten_with_its_hash__breaks_the_next(ledger: SqlLedger) -> None:
    """Who recomputes the hash of a changed row breaks the link of the row after it."""
    row = ledger.audit()[2]
    forged = audit.hash_of(_with_actor(row, "mallory"))
    tamper(ledger, f"UPDATE audit SET actor = 'mallory', hash = '{forged}' WHERE number = 3")
    assert ledger.verify_audit() == ("audit row 4 does not follow from the row before it",)


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_verify_audit__bit_flipped_in_the_file__is_found(tmp_path: Path, flip: int) -> None:
    """A single flipped bit on the disk is found, also one that is no text any more."""
    url = sqlite_url(tmp_path)
    ledger = opened(url)
    ledger.put_source("orders", description="", by="unmistakable-actor")
    ledger.close()
    path = tmp_path / "ledger.db"
    data = bytearray(path.read_bytes())
    data[data.index(b"unmistakable-actor") + 4] ^= flip
    path.write_bytes(data)
    ledger = opened(url)
    assert any("audit row 1" in line for line in ledger.verify_audit())
    ledger.close()


def _with_actor(row: Any, actor: str) -> Any:
    return replace(row, actor=actor)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_audit__changed_by_sql__the_database_refuses(ledger: SqlLedger, statement: str) -> None:
    """The log is append-only for everybody who does not take its guards off first."""
    with ledger.database.engine.connect() as connection:
        if "DELETE" in statement:
            connection.execute(text("DELETE FROM outbox"))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


def test_outbox__every_audit_row__has_its_event(ledger: SqlLedger) -> None:
    """State, audit row and outbox row are written together."""
    with ledger.database.reading() as connection:
        events = connection.execute(text("SELECT number, topic FROM outbox ORDER BY number")).all()
    assert [tuple(item) for item in events] == [(row.number, row.action) for row in ledger.audit()]


# keys in the database


def test_database__second_approval_of_a_proposal__is_refused_by_its_key(ledger: SqlLedger) -> None:
    """The database itself, not only the code, allows one approval per proposal."""
    (made,) = ledger.decisions()
    values = {"number": 99, "proposal": made.proposal, "by": "x", "reason": "", "at": made.at}
    with ledger.database.engine.connect() as connection:
        row = insert(decisions).values(values | {"kind": "reject", "evidence_hash": ""})
        connection.execute(row)
        row = insert(decisions).values(
            values | {"number": 100, "kind": "approve", "evidence_hash": ""}
        )
        with pytest.raises(IntegrityError):
            connection.execute(row)


def test_database__second_active_adapter_of_a_place__is_refused_by_its_key(
    ledger: SqlLedger,
) -> None:
    """The database itself allows one active adapter per source, version and consumer."""
    other = pending(ledger)
    (served,) = ledger.adapters()
    values = {
        "number": 99,
        "source": served.source,
        "version": served.version,
        "consumer": served.consumer,
        "fingerprint": "",
        "document": {},
        "proposal": other.id,
        "created_at": served.created_at,
    }
    with ledger.database.engine.connect() as connection:
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(insert(adapters).values(values | {"id": "a", "state": "active"}))
        connection.execute(insert(adapters).values(values | {"id": "b", "state": "retired"}))


def test_decide__the_key_is_the_last_line__conflict(ledger: SqlLedger) -> None:
    """A write that only the database's key stops is a conflict too, and changes nothing."""
    approved = ledger.proposal(ledger.decisions()[0].proposal)
    with ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE proposals SET state = 'pending'"))
    before = state_of(ledger)
    with pytest.raises(Conflict):
        ledger.decide(
            approved.id,
            decision=decision(approved, DecisionKind.APPROVE),
            revision=approved.revision,
        )
    assert state_of(ledger) == before


# two processes


def _write_sources(url: str, name: str, count: int) -> None:
    ledger = opened(url)
    for number in range(count):
        ledger.put_source(f"{name}-{number}", description="", by=name)
    ledger.close()


def test_audit__two_processes_at_once__one_unforked_chain(url: str) -> None:
    """Processes that write (and migrate) at the same time share one chain without gaps."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_sources, args=(url, name, 25)) for name in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    ledger = opened(url)
    assert len(ledger.audit()) == 50
    assert {row.actor for row in ledger.audit()} == {"a", "b"}
    assert ledger.verify_audit() == ()
    ledger.close()


def _write_until_killed(url: str, told: Any) -> None:
    ledger = opened(url)
    for number in itertools.count():
        ledger.put_source(f"s{number}", description="", by="victim")
        told.send(number)


def test_ledger__writer_killed__keeps_what_was_acknowledged(url: str) -> None:
    """After kill -9 everything acknowledged is there, the chain is whole, and writing goes on."""
    context = multiprocessing.get_context("spawn")
    for number in range(2):
        told, teller = context.Pipe(duplex=False)
        writer = context.Process(target=_write_until_killed, args=(url, teller))
        writer.start()
        teller.close()
        while (last := told.recv()) < 20 + number:
            pass
        writer.kill()
        writer.join(timeout=30)
        ledger = opened(url)
        assert f"s{last}" in {source.name for source in ledger.sources()}
        assert len(ledger.audit()) == len(ledger.sources())
        assert ledger.verify_audit() == ()
        ledger.put_source(f"after {number}", description="", by="ann")
        ledger.close()


# faults of SQLite


def test_open_ledger__new_file__readable_for_its_owner_alone(tmp_path: Path) -> None:
    """The ledger and SQLite's side files have mode 0600."""
    ledger = opened(sqlite_url(tmp_path))
    ledger.put_source("orders", description="", by="ann")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes.pop("ledger.db") == 0o600
    assert set(modes.values()) == {0o600}
    ledger.close()


def test_open_ledger__sqlite__is_set_up_to_last(tmp_path: Path) -> None:
    """SQLite runs with WAL, full sync, foreign keys and a wait of 5 s for the lock."""
    ledger = opened(sqlite_url(tmp_path))
    with ledger.database.reading() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    assert found == ["wal", 2, 1, 5000]
    ledger.close()


def test_write__locked_by_another__unavailable_and_nothing_lost(file: Path) -> None:
    """While another process holds the write lock, reading works and writing says who waits."""
    ledger = opened(f"sqlite:///{file}?timeout=0.1")
    before = state_of(ledger)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked") as caught:
            ledger.put_source("more", description="", by="ann")
        assert str(file) in caught.value.where
        assert "try again" in caught.value.help
        assert state_of(ledger) == before
        other.execute("ROLLBACK")
    assert ledger.put_source("more", description="", by="ann").name == "more"
    ledger.close()


def test_write__lock_released_in_time__waits_for_it(file: Path) -> None:
    """A short lock is waited for, not reported."""
    ledger = opened(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        timer.start()
        ledger.put_source("more", description="", by="ann")
        timer.join()
    ledger.close()


def test_open_ledger__locked_exclusively__unavailable(file: Path) -> None:
    """A ledger that somebody locked altogether cannot be opened, and says so."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match="locked"):
            opened(f"sqlite:///{file}?timeout=0.1")


def test_write__read_only_file__unavailable_and_readable(file: Path) -> None:
    """A ledger that may only be read can be read; writing says what would help.

    Opened with `mode=ro`, because the super-user ignores the modes of files.
    """
    ledger = opened(f"sqlite:///file:{file}?mode=ro&uri=true")
    before = state_of(ledger)
    with pytest.raises(StoreUnavailable, match=r"readonly.*writable"):
        ledger.put_source("more", description="", by="ann")
    assert state_of(ledger) == before
    ledger.close()


def test_open_ledger__new_in_a_read_only_place__unavailable() -> None:
    """Where no file can be made the message names the place; /proc refuses the super-user too."""
    with pytest.raises(StoreUnavailable, match="/proc/driftmend"):
        opened("sqlite:////proc/driftmend/ledger.db")


def test_open_ledger__folder_in_place_of_the_file__unavailable(tmp_path: Path) -> None:
    """A folder is no ledger."""
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(StoreUnavailable, match="unable to open"):
        opened(sqlite_url(tmp_path))


def test_open_ledger__file_in_place_of_the_folder__unavailable(tmp_path: Path) -> None:
    """A file on the way to the ledger is in the way."""
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="data"):
        opened(f"sqlite:///{tmp_path}/data/ledger.db")


def test_open_ledger__not_a_database__unavailable_and_untouched(tmp_path: Path) -> None:
    """A file of another kind is refused and left as it is."""
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is a text, not a database\n" * 200)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="no ledger or is damaged"):
        opened(sqlite_url(tmp_path))
    assert path.read_bytes() == before


def test_open_ledger__half_of_the_file_gone__unavailable(file: Path) -> None:
    """A damaged file is reported as damaged."""
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(StoreUnavailable, match=r"malformed|not a database|damaged"):
        state_of(opened(f"sqlite:///{file}"))


def test_write__disk_full__unavailable_and_nothing_lost(file: Path) -> None:
    """When the disk is full nothing acknowledged is lost, and writing goes on once there is room.

    The full disk is SQLite's own limit on the pages of a file, which gives the same error.
    """
    ledger = opened(f"sqlite:///{file}")
    pages = {"limit": 0}

    def limit_pages(connection: Any, _record: Any, _proxy: Any) -> None:
        (count,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {count + pages['limit']}")

    event.listen(ledger.database.engine, "checkout", limit_pages)
    before = state_of(ledger)
    with pytest.raises(StoreUnavailable, match=r"full.*free some space"):
        ledger.put_source("big", description="x" * 100_000, by="ann")
    assert state_of(ledger) == before
    pages["limit"] = 1000
    ledger.put_source("big", description="x" * 100_000, by="ann")
    assert ledger.verify_audit() == ()
    ledger.close()


# faults of the address and of PostgreSQL


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://h/d", "sqlite:///?x=1"]
)
def test_open_ledger__no_address_of_a_ledger__invalid_settings(url: str) -> None:
    """An address that could not keep a ledger is refused with the two forms that can."""
    with pytest.raises(InvalidSettings, match="sqlite:///PATH"):
        opened(url)


def test_open_ledger__no_server__unavailable_without_the_password() -> None:
    """An unreachable server is named, its password is not."""
    pytest.importorskip("psycopg")
    with pytest.raises(StoreUnavailable, match="running") as caught:
        opened("postgresql://ann:secret@127.0.0.1:1/ledger")
    assert "secret" not in str(caught.value)


def test_ledger__server_connection_cut__the_next_call_works(url: str) -> None:
    """A server that dropped its connections is connected to anew."""
    if url.startswith("sqlite"):
        pytest.skip("a file has no connection to cut")
    ledger = opened(url)
    ledger.put_source("orders", description="", by="ann")
    other = opened(url)
    with ledger.database.engine.connect() as victim:
        victims = [victim.execute(text("SELECT pg_backend_pid()")).scalar()]
    with other.database.engine.connect() as killer:
        killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": victims[0]})
    assert isinstance(ledger.source("orders"), Source)
    ledger.close()
    other.close()


def test_write__postgresql_lock_held__unavailable(url: str) -> None:
    """A writer that does not give way is reported after the lock timeout, not waited for."""
    if url.startswith("sqlite"):
        pytest.skip("SQLite's lock has a test of its own")
    holder, ledger = opened(url), opened(url)
    with holder.database.writing():
        with ledger.database.engine.connect() as connection:
            connection.execute(text("SET lock_timeout = '100ms'"))
            connection.commit()
        with pytest.raises(StoreUnavailable, match=r"lock timeout.*try again"):
            ledger.put_source("more", description="", by="ann")
    ledger.put_source("more", description="", by="ann")
    holder.close()
    ledger.close()
