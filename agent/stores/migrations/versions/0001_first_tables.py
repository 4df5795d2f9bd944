"""The first tables: the whole walk from a source to a served adapter, audit and outbox."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

SQLITE_GUARD = """
CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
POSTGRES_GUARD = """
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
"""


def upgrade() -> None:
    """Make every table, the end of the empty audit chain, and the guards of the audit log."""
    _make_registry()
    _make_reviews()
    _make_adapters()
    _make_log()
    head = sa.table("audit_head", *(sa.column(name) for name in ("id", "number", "hash")))
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": ""}])
    _guard_audit()


def downgrade() -> None:
    """Drop everything, what points at others first."""
    for name in (
        "outbox",
        "audit_head",
        "audit",
        "kept_answers",
        "adapters",
        "decisions",
        "proposals",
        "changes",
        "contracts",
        "schema_versions",
        "sources",
    ):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable, autoincrement=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _primary_key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _foreign_key(table: str, columns: list[str], target: str, *names: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        columns, [f"{target}.{name}" for name in names], name=f"fk_{table}_{'_'.join(columns)}"
    )


def _make_registry() -> None:
    op.create_table(
        "sources",
        _text("name"),
        _text("description"),
        _time("created_at"),
        _primary_key("sources", "name"),
    )
    op.create_table(
        "schema_versions",
        _text("source"),
        _number("number"),
        _text("fingerprint"),
        _text("document"),
        _text("samples"),
        _time("created_at"),
        _primary_key("schema_versions", "source", "number"),
        _foreign_key("schema_versions", ["source"], "sources", "name"),
    )
    op.create_table(
        "contracts",
        _text("consumer"),
        _text("source"),
        _number("number"),
        _text("fingerprint"),
        _text("document"),
        _text("examples"),
        _time("created_at"),
        _primary_key("contracts", "consumer", "source", "number"),
        _foreign_key("contracts", ["source"], "sources", "name"),
    )
    op.create_table(
        "changes",
        _text("id"),
        _text("source"),
        _number("before", nullable=True),
        _number("after"),
        _text("diff"),
        _time("created_at"),
        _primary_key("changes", "id"),
        _foreign_key("changes", ["source", "after"], "schema_versions", "source", "number"),
        sa.UniqueConstraint("source", "after", name="uq_changes_source_after"),
    )


def _make_reviews() -> None:
    op.create_table(
        "proposals",
        _text("id"),
        sa.Column("number", sa.Integer(), nullable=False, comment="order of creation"),
        _text("source"),
        _number("version"),
        _text("consumer"),
        _text("state"),
        _number("revision"),
        _text("author"),
        _text("change", nullable=True),
        _text("adapter"),
        _text("verification"),
        _text("evidence_hash"),
        _text("provenance"),
        _number("attempts"),
        _text("failure"),
        _text("leased_by", nullable=True),
        _time("leased_until", nullable=True),
        _time("created_at"),
        _time("updated_at"),
        _primary_key("proposals", "id"),
        _foreign_key("proposals", ["change"], "changes", "id"),
        _foreign_key("proposals", ["source", "version"], "schema_versions", "source", "number"),
        sa.UniqueConstraint("number", name="uq_proposals_number"),
    )
    op.create_index("ix_proposals_state_number", "proposals", ["state", "number"])
    op.create_table(
        "decisions",
        _number("number"),
        _text("proposal"),
        _text("kind"),
        _text("by"),
        _text("reason"),
        _text("evidence_hash"),
        _time("at"),
        _primary_key("decisions", "number"),
        _foreign_key("decisions", ["proposal"], "proposals", "id"),
    )
    op.create_index("ix_decisions_proposal", "decisions", ["proposal"])
    _one("uq_decisions_one_approval", "decisions", ["proposal"], where="kind = 'approve'")


def _make_adapters() -> None:
    op.create_table(
        "adapters",
        _text("id"),
        sa.Column("number", sa.Integer(), nullable=False, comment="order of creation"),
        _text("source"),
        _number("version"),
        _text("consumer"),
        _text("fingerprint"),
        _text("document"),
        _text("state"),
        _text("proposal"),
        _time("created_at"),
        _primary_key("adapters", "id"),
        _foreign_key("adapters", ["proposal"], "proposals", "id"),
        _foreign_key("adapters", ["source", "version"], "schema_versions", "source", "number"),
        sa.UniqueConstraint("number", name="uq_adapters_number"),
        sa.UniqueConstraint("proposal", name="uq_adapters_proposal"),
    )
    keys = ["source", "version", "consumer"]
    _one("uq_adapters_one_active", "adapters", keys, where="state = 'active'")


def _one(name: str, table: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _make_log() -> None:
    op.create_table(
        "kept_answers",
        _text("key"),
        _text("request_fingerprint"),
        _number("status"),
        _text("body"),
        _time("created_at"),
        _primary_key("kept_answers", "key"),
    )
    op.create_table(
        "audit",
        _number("number"),
        sa.Column(
            "at",
            sa.Text(),
            nullable=False,
            comment="ISO 8601 text: the hash covers these very bytes",
        ),
        _text("actor"),
        _text("action"),
        _text("subject"),
        _text("details"),
        _text("previous_hash"),
        _text("hash"),
        _primary_key("audit", "number"),
    )
    op.create_table(
        "audit_head",
        _number("id"),
        _number("number"),
        _text("hash"),
        _primary_key("audit_head", "id"),
        comment="one row: the end of the chain, and the lock that every writer takes",
    )
    op.create_table(
        "outbox",
        _number("number"),
        _text("topic"),
        _text("body"),
        _time("created_at"),
        _time("sent_at", nullable=True),
        _primary_key("outbox", "number"),
        _foreign_key("outbox", ["number"], "audit", "number"),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])


def _guard_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(SQLITE_GUARD.format(what=what))
    else:
        op.execute(POSTGRES_FUNCTION)
        op.execute(POSTGRES_GUARD)
