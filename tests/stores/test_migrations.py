"""The migrations make the tables that the code expects, forwards and backwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from agent.errors import StoreUnavailable
from agent.stores.database import Database, alembic_config
from agent.stores.ledger import open_ledger
from agent.stores.migrations import HEAD
from agent.stores.tables import metadata
from tests.ports.ledger_suite import approve, pending, state_of
from tests.stores.databases import CountingIds, TickingClock


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A migrated, empty database."""
    database = Database(url)
    database.migrate()
    yield database
    database.close()


def differences(connection: Connection) -> list[Any]:
    """Return what an automatic migration would still have to change."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def migrate_to(database: Database, revision: str) -> None:
    """Move the tables up or down to a revision."""
    with database.engine.begin() as connection:
        config = alembic_config(connection)
        move = command.downgrade if revision == "base" else command.upgrade
        move(config, revision)


def test_migrations__on_an_empty_database__make_the_tables_of_the_code(database: Database) -> None:
    """Models and migrations are the same on SQLite and PostgreSQL."""
    with database.reading() as connection:
        assert differences(connection) == []


@pytest.mark.parametrize(
    "drift",
    [
        "ALTER TABLE sources ADD COLUMN extra TEXT",
        "DROP INDEX uq_adapters_one_active",
        "DROP TABLE kept_answers",
    ],
)
def test_migrations__tables_that_differ__are_noticed(database: Database, drift: str) -> None:
    """The comparison of models and migrations can fail: it sees columns, indexes and tables."""
    with database.engine.begin() as connection:
        connection.execute(text(drift))
    with database.reading() as connection:
        assert differences(connection) != []


def test_migrations__up_down_up__end_where_they_began(database: Database) -> None:
    """Going back drops everything, and going forth again makes the same tables."""
    migrate_to(database, "base")
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate_to(database, "head")
    with database.reading() as connection:
        assert differences(connection) == []


def test_migrations__up_down_up__the_ledger_works(url: str) -> None:
    """A ledger that was emptied by going down and up takes a whole walk again."""
    database = Database(url)
    database.migrate()
    migrate_to(database, "base")
    database.close()
    ledger = open_ledger(url, clock=TickingClock(), ids=CountingIds())
    approve(ledger, pending(ledger))
    assert ledger.verify_audit() == ()
    ledger.close()


def test_migrations__head__is_named_in_the_package(database: Database) -> None:
    """The named head, by which an up-to-date ledger opens fast, is Alembic's head."""
    with database.engine.begin() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    assert script.get_heads() == [HEAD]


def test_open_ledger__from_another_folder__needs_no_ini_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrations travel with the package: the working folder does not matter."""
    monkeypatch.chdir(tmp_path)
    ledger = open_ledger("sqlite:///here 100%.db", clock=TickingClock(), ids=CountingIds())
    assert ledger.sources() == ()
    assert (tmp_path / "here 100%.db").is_file()
    ledger.close()


def test_open_ledger__again__keeps_everything(url: str) -> None:
    """Opening a ledger that is up to date changes nothing in it."""
    clock, ids = TickingClock(), CountingIds()
    ledger = open_ledger(url, clock=clock, ids=ids)
    approve(ledger, pending(ledger))
    before = state_of(ledger)
    ledger.close()
    ledger = open_ledger(url, clock=clock, ids=ids)
    assert state_of(ledger) == before
    ledger.close()


def test_open_ledger__written_by_a_newer_version__is_refused(database: Database, url: str) -> None:
    """A ledger with an unknown revision is left alone, and the message says what helps."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer Driftmend"):
        open_ledger(url, clock=TickingClock(), ids=CountingIds())
    with database.reading() as connection:
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
        )


def test_open_ledger__failing_migration__leaves_no_half_made_tables(url: str) -> None:
    """A migration that fails in the middle leaves the database as it was."""
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE outbox (squatter TEXT)"))
    with pytest.raises(StoreUnavailable, match="outbox"):
        database.migrate()
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["outbox"]
    database.close()
