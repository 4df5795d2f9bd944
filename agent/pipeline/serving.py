"""Serving: payloads in, adapted payloads out, through the adapters in force."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from agent.core.contract import Contract, payload_validator, refuse_misfit
from agent.core.language.compiler import Compiled, compile_adapter
from agent.core.language.document import Adapter, read_adapter
from agent.core.schema import Schema, make_schema
from agent.core.values import Json, canonical_text
from agent.errors import Conflict, ContractBroken, NotFound
from agent.ports import Ledger

AUTO = "auto"

PROPOSALS_SEEN = 100
"""Proposals of one consumer that are looked through for a reason why it has no adapter."""

MISFIT_HELP = "send a payload of this version, or report the new version"

FRESH_S = 0.25
"""Seconds for which the answer "this adapter is active" is used again without asking the ledger."""


@dataclass(frozen=True, slots=True)
class CanAdapt:
    """Whether payloads of one version reach one consumer; `reason` is a sentence."""

    consumer: str
    status: str
    reason: str


@lru_cache(maxsize=512)
def _schema(text: str) -> Schema:
    return make_schema(json.loads(text))


def schema_of(document: Json) -> Schema:
    """Return the schema of a stored canonical document, cached by its text."""
    return _schema(canonical_text(document))


def adapter_of(document: Json) -> Adapter:
    """Return the adapter of a stored document, cached by its text."""
    return _live(canonical_text(document)).adapter


@dataclass(frozen=True, slots=True)
class _Live:
    """An adapter, ready to serve, and what its outputs have to satisfy."""

    adapter: Adapter
    compiled: Compiled
    contract: Contract

    def refuse_broken(self, output: Json) -> None:
        """Return quietly when an output satisfies the contract.

        Raises:
            ContractBroken: it does not, and is not served.
        """
        if self.contract.is_met(output):
            return
        for violation in self.contract.violations(output, limit=1):
            raise ContractBroken(
                where=f"output for {self.contract.consumer} at {violation.path or '/'}",
                found=violation.message,
                help="the payload was not served; the adapter needs a new proposal",
            )


@lru_cache(maxsize=512)
def _live(text: str) -> _Live:
    adapter = read_adapter(json.loads(text))
    contract = Contract(adapter.consumer, schema_of(adapter.contract))
    return _Live(adapter, compile_adapter(adapter), contract)


class Serving:
    """Looks up the active adapter, runs it, and checks both ends."""

    def __init__(self, ledger: Ledger, *, watch: Callable[[], float]) -> None:
        self._ledger = ledger
        self._watch = watch
        self._seen: dict[tuple[str, int, str], tuple[float, _Live | None]] = {}

    def adapt(
        self, source: str, version: str, consumer: str, payload: Json, *, is_brief: bool = False
    ) -> Json:
        """Return what the contract of `consumer` accepts for one payload.

        With `is_brief` a rule's refusal may leave out where in the payload the fault is.

        `version` is a number, or `auto` to find the one version with an adapter that fits.

        Raises:
            NotFound: no such source or version, or no adapter: nothing passes through by itself.
            Conflict: `auto` fits several versions.
            PayloadRefused: the payload does not fit the source schema, or a rule failed on it.
            ContractBroken: the output breaks the contract and is not served.
        """
        number = self._number(source, version, consumer, payload)
        live = self._active(source, number, consumer)
        if live is None:
            raise NotFound(
                where=f"{source} version {number} to {consumer}",
                found="no adapter is active",
                help="approve a proposal for it; nothing passes through by itself",
            )
        refuse_misfit(
            schema_of(live.adapter.source_schema),
            payload,
            operation=f"payload does not fit {source} v{number}",
            help=MISFIT_HELP,
        )
        output = live.compiled.run(payload, is_brief=is_brief)
        live.refuse_broken(output)
        return output

    def adapt_bytes(self, source: str, version: str, consumer: str, body: bytes) -> bytes | None:
        """Return the output for a good payload as JSON text, or None where `adapt` has to look.

        That is every payload of version `auto`, every one that is refused, and those whose schema
        the typed decoder does not know. Of a repeated key the last counts.

        Raises:
            ContractBroken: the output breaks the contract and is not served.
        """
        import orjson

        if version == AUTO:
            return None
        live = self._active(source, version_number(version), consumer)
        output = None if live is None else live.compiled.fast_bytes(body)
        if live is not None and output is not None:
            live.refuse_broken(orjson.loads(output))
        return output

    def _active(self, source: str, number: int, consumer: str) -> _Live | None:
        key, now = (source, number, consumer), self._watch()
        seen = self._seen.get(key)
        if seen is None or now - seen[0] > FRESH_S:
            found = self._ledger.active_adapter(source=source, version=number, consumer=consumer)
            live = None if found is None else _live(canonical_text(found.document))
            seen = self._seen[key] = (now, live)
        return seen[1]

    def _number(self, source: str, version: str, consumer: str, payload: Json) -> int:
        if version != AUTO:
            return version_number(version)
        fitting = [
            known.number
            for known in self._ledger.versions(source)
            if self._active(source, known.number, consumer) is not None
            and payload_validator(schema_of(known.document)).is_met(payload)
        ]
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise NotFound(
                where=f"{source} to {consumer}",
                found="no version with an active adapter accepts this payload",
                help="report the schema version that it follows, or name the version",
            )
        raise Conflict(
            where=f"{source} to {consumer}",
            found=f"the payload fits versions {', '.join(map(str, fitting))}",
            help="name the version in the address",
        )

    def can_adapt(self, source: str, version: str) -> tuple[CanAdapt, ...]:
        """Return for every consumer of a source whether payloads of this version reach it."""
        number = version_number(version)
        self._ledger.version(source, number)
        return tuple(
            self._can_adapt(source, number, contract.consumer)
            for contract in self._ledger.contracts(source)
        )

    def _can_adapt(self, source: str, number: int, consumer: str) -> CanAdapt:
        served = self._ledger.active_adapter(source=source, version=number, consumer=consumer)
        if served is not None:
            proposal = self._ledger.proposal(served.proposal)
            verdict = (proposal.verification or {}).get("verdict", "tested")
            return CanAdapt(consumer, verdict, f"adapter {served.id} is active")
        newest = self._ledger.proposals(source=source, consumer=consumer, limit=PROPOSALS_SEEN)
        waiting = [proposal for proposal in newest if proposal.version == number]
        if waiting:
            return CanAdapt(consumer, "none", f"proposal {waiting[0].id} is {waiting[0].state}")
        return CanAdapt(consumer, "none", "there is no adapter and no proposal")


def version_number(version: str) -> int:
    """Return the number of a version as written in an address.

    Raises:
        NotFound: it is no number.
    """
    if not version.isascii() or not version.isdecimal() or len(version) > 9:
        raise NotFound(
            where="version", found=f"{version[:40]!r} is no version", help="use a number or 'auto'"
        )
    return int(version)
