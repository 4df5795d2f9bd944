"""The ledger's tables, the same on SQLite and PostgreSQL.

A change here needs a migration: `tests/stores/test_migrations.py` compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from agent.stores.columns import JsonText, Name, UtcTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _version_reference() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["source", "version"], ["schema_versions.source", "schema_versions.number"]
    )


sources = Table(
    "sources",
    metadata,
    Column("name", Name, primary_key=True),
    Column("description", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

schema_versions = Table(
    "schema_versions",
    metadata,
    Column("source", Name, ForeignKey("sources.name"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Name, nullable=False),
    Column("document", JsonText, nullable=False),
    Column("samples", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

contracts = Table(
    "contracts",
    metadata,
    Column("consumer", Name, primary_key=True),
    Column("source", Name, ForeignKey("sources.name"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Name, nullable=False),
    Column("document", JsonText, nullable=False),
    Column("examples", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Name, primary_key=True),
    Column("source", Name, nullable=False),
    Column("before", Integer, nullable=True),
    Column("after", Integer, nullable=False),
    Column("diff", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    ForeignKeyConstraint(["source", "after"], ["schema_versions.source", "schema_versions.number"]),
    UniqueConstraint("source", "after"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Name, primary_key=True),
    Column("number", Integer, nullable=False, unique=True, comment="order of creation"),
    Column("source", Name, nullable=False),
    Column("version", Integer, nullable=False),
    Column("consumer", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("author", Name, nullable=False),
    Column("change", Name, ForeignKey("changes.id"), nullable=True),
    Column("adapter", JsonText, nullable=False),
    Column("verification", JsonText, nullable=False),
    Column("evidence_hash", Name, nullable=False),
    Column("provenance", JsonText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failure", JsonText, nullable=False),
    Column("leased_by", Name, nullable=True),
    Column("leased_until", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    _version_reference(),
    Index(None, "state", "number"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("proposal", Name, ForeignKey("proposals.id"), nullable=False, index=True),
    Column("kind", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("reason", JsonText, nullable=False),
    Column("evidence_hash", Name, nullable=False),
    Column("at", UtcTime, nullable=False),
)

ONE_APPROVAL = Index(
    "uq_decisions_one_approval",
    decisions.c.proposal,
    unique=True,
    sqlite_where=text("kind = 'approve'"),
    postgresql_where=text("kind = 'approve'"),
)

adapters = Table(
    "adapters",
    metadata,
    Column("id", Name, primary_key=True),
    Column("number", Integer, nullable=False, unique=True, comment="order of creation"),
    Column("source", Name, nullable=False),
    Column("version", Integer, nullable=False),
    Column("consumer", Name, nullable=False),
    Column("fingerprint", Name, nullable=False),
    Column("document", JsonText, nullable=False),
    Column("state", Name, nullable=False),
    Column("proposal", Name, ForeignKey("proposals.id"), nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
    _version_reference(),
)

ONE_ACTIVE = Index(
    "uq_adapters_one_active",
    adapters.c.source,
    adapters.c.version,
    adapters.c.consumer,
    unique=True,
    sqlite_where=text("state = 'active'"),
    postgresql_where=text("state = 'active'"),
)

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key", Name, primary_key=True),
    Column("request_fingerprint", Name, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False, comment="ISO 8601 text: the hash covers these very bytes"),
    Column("actor", Name, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    comment="one row: the end of the chain, and the lock that every writer takes",
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, ForeignKey("audit.number"), primary_key=True, autoincrement=False),
    Column("topic", Name, nullable=False),
    Column("body", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime, nullable=True, index=True),
)
