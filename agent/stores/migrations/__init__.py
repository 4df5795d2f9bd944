"""The ledger's migrations. They travel inside the package and need no ini file."""

from __future__ import annotations

HEAD = "0001"
"""The newest revision, named here so that an up-to-date ledger opens without loading Alembic."""
