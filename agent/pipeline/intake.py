"""What comes in by hand: names, reasons, and adapters that claim to be for something registered."""

from __future__ import annotations

from agent.core.language.document import Adapter
from agent.errors import InvalidAdapter, InvalidDocument, NotFound
from agent.pipeline.drafting import bound_to, contract_of
from agent.ports import Ledger

NAME_LIMIT = 200
"""Characters of a name or reason."""


def registered(ledger: Ledger, adapter: Adapter, version: int | None) -> tuple[int, Adapter]:
    """Return the version that an adapter is for, and the adapter bound to what is registered.

    Raises:
        NotFound: its source, version or consumer's contract is not registered.
        InvalidAdapter: its fingerprints are others than those of what is registered.
    """
    number = _version_of(ledger, adapter, version)
    known = ledger.version(adapter.source, number)
    contract = contract_of(ledger, adapter.source, adapter.consumer)
    if adapter.contract_fingerprint not in ("", contract.fingerprint):
        raise InvalidAdapter(
            where="/contract_fingerprint",
            found="is not that of the registered contract",
            help=f"the contract of {adapter.consumer} has {contract.fingerprint}",
        )
    if adapter.source_fingerprints and known.fingerprint not in adapter.source_fingerprints:
        raise InvalidAdapter(
            where="/source_fingerprints",
            found=f"has not that of version {number}",
            help=f"version {number} of {adapter.source} has {known.fingerprint}",
        )
    return number, bound_to(adapter, known, contract)


def _version_of(ledger: Ledger, adapter: Adapter, version: int | None) -> int:
    if version is not None:
        return ledger.version(adapter.source, version).number
    claimed = adapter.source_fingerprints
    known = ledger.versions(adapter.source)
    fitting = [one for one in known if not claimed or one.fingerprint in claimed]
    if not fitting:
        raise NotFound(
            where=f"source {adapter.source}",
            found="has no version with the adapter's fingerprints",
            help="report the version first, or name it",
        )
    return fitting[-1].number


def require_name(name: str) -> str:
    """Return a name of a source, consumer or reviewer as it was given.

    Raises:
        InvalidDocument: it is empty, too long, or holds control characters or slashes.
    """
    require_text(name, where="name")
    if not name.isprintable() or "/" in name or len(name) > NAME_LIMIT:
        raise InvalidDocument(
            where="name",
            found=f"{name[:40]!r} cannot be a name",
            help=f"use up to {NAME_LIMIT} printable characters without '/'",
        )
    return name


def require_text(text: str, *, where: str) -> str:
    """Return a text that says something.

    Raises:
        InvalidDocument: it is empty or blank.
    """
    if not text.strip():
        raise InvalidDocument(where=where, found="it is empty", help=f"give a {where}")
    return text
