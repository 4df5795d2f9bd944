"""What a failing database means: the driver's errors as the house's errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from agent.errors import Conflict, DriftmendError, StoreUnavailable

_HELP: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("database is locked", "database table is locked", "lock timeout", "locknotavailable"),
        "another process is writing; try again, or end the process that holds the lock",
    ),
    (
        ("readonly", "read-only", "permission denied"),
        "make the file and its folder writable for this user, or choose another data folder",
    ),
    (
        ("disk is full", "disk full", "no space left"),
        "free some space; what was acknowledged is kept",
    ),
    (
        ("unable to open database file", "disk i/o error"),
        "check that the folder exists, is writable and that the path names a file",
    ),
    (
        ("not a database", "malformed", "decode to utf-8"),
        "the file is no ledger or is damaged; restore a backup or choose another file",
    ),
    (
        ("no such table", "undefinedtable", "does not exist"),
        "create the database, or let this user see the ledger's tables",
    ),
    (
        ("connection refused", "could not connect", "connection failed", "timeout", "closed"),
        "check the address and that the server is running",
    ),
)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what SQLAlchemy and the drivers raise into StoreUnavailable or Conflict.

    Raises:
        Conflict: a unique key or reference in the database refused a write.
        StoreUnavailable: anything else that the database would not do.
    """
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(
            where=where,
            found=f"the database refused a second one: {first_line(error.orig)}",
            help="read it again: somebody else was first",
        ) from error
    except exc.StatementError as error:
        if isinstance(error.orig, DriftmendError):
            raise error.orig from None
        if not isinstance(error, exc.DBAPIError):
            raise
        raise unavailable(where, error.orig) from error
    except (exc.TimeoutError, sqlite3.Error, OSError) as error:
        raise unavailable(where, error) from error


def unavailable(where: str, error: BaseException | None) -> StoreUnavailable:
    """Return the error that says what the database answered and what would help."""
    found = first_line(error)
    text = f"{type(error).__name__} {found}".lower()
    help = next((help for words, help in _HELP if any(word in text for word in words)), "")
    return StoreUnavailable(where=where, found=found, help=help or "see `driftmend doctor`")


def first_line(error: BaseException | None) -> str:
    """Return the first line of a driver's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
