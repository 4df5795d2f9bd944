"""One database behind the ledger: its engine, its transactions, its migrations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy import exc as sa_exc

from agent.errors import InvalidSettings, StoreUnavailable
from agent.stores.faults import first_line, translated
from agent.stores.migrations import HEAD
from agent.stores.tables import audit_head

BUSY_TIMEOUT_S = 5
CONNECT_TIMEOUT_S = 5
MIGRATION_LOCK = 0x_D21F_73E4
"""Key of the PostgreSQL advisory lock that lets one process migrate at a time."""


class Database:
    """Connections to one ledger. Every write holds the one write lock of the database."""

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self.where = f"ledger {self.url.render_as_string(hide_password=True)}"
        self._is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _make_engine(self.url)
        self._writer = self.engine.execution_options(begins_immediate=True)
        # SQLite's transactions see one state anyway.
        self._reader = (
            self.engine
            if self._is_sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database and writes nothing."""
        with translated(self.where), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in one transaction that no other writer runs beside.

        SQLite takes its write lock by BEGIN IMMEDIATE, PostgreSQL locks the end of the audit
        chain: so what is read in here still holds when it is written, and the chain never forks.
        """
        with translated(self.where), self._writer.begin() as connection:
            if not self._is_sqlite:
                connection.execute(select(audit_head.c.id).with_for_update())
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest revision; quick when they are there already."""
        _prepare_file(self.url, where=self.where)
        with translated(self.where):
            if self._revision() == HEAD:
                return
            self._use_wal()
            self._upgrade()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _revision(self) -> str | None:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)

    def _use_wal(self) -> None:
        # Kept in the file: set once, outside of a transaction, before the first table.
        if self._is_sqlite:
            with self.engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                raw.execute("PRAGMA journal_mode = WAL")

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.util import CommandError

        with self._writer.begin() as connection:
            if not self._is_sqlite:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK}
                )
            try:
                command.upgrade(alembic_config(connection), "head")
            except CommandError as error:
                raise StoreUnavailable(
                    where=self.where,
                    found=first_line(error),
                    help="a newer Driftmend wrote this ledger; install that version or a later one",
                ) from error


def alembic_config(connection: Connection) -> Any:
    """Return an Alembic configuration for the packaged migrations, run on `connection`."""
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (sa_exc.ArgumentError, ValueError) as error:
        raise InvalidSettings(
            where="ledger url",
            found="is not a database address",
            help="write sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE",
        ) from error
    match url.get_backend_name():
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite" if url.database and url.database != ":memory:":
            return url.set(drivername="sqlite+pysqlite")
        case _:
            raise InvalidSettings(
                where="ledger url",
                found=f"{url.render_as_string(hide_password=True)} would not keep a ledger",
                help="write sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE",
            )


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        waits = {} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT_S}
        engine = create_engine(url, connect_args=waits, max_overflow=-1)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"{url.query.get('options', '')} -c lock_timeout={BUSY_TIMEOUT_S}s".strip()
    connect = {"options": options}
    if "connect_timeout" not in url.query:
        connect["connect_timeout"] = str(CONNECT_TIMEOUT_S)
    try:
        return create_engine(url, connect_args=connect, pool_pre_ping=True, max_overflow=20)
    except ImportError as error:
        raise InvalidSettings(
            where="ledger url",
            found="PostgreSQL needs the driver psycopg",
            help="pip install 'driftmend[postgres]'",
        ) from error


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: it would begin them too late.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # FULL: what was acknowledged survives a power cut too, at the price of one fsync per write.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("begins_immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _prepare_file(url: URL, *, where: str) -> None:
    """Make a new SQLite file readable for its owner alone; SQLite's side files copy its mode."""
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or name.startswith("file:"):
        return
    path = Path(name)
    with translated(where):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return
