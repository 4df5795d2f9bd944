"""Runs migrations on the connection that the caller hands over, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from agent.stores.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
