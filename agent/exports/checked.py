"""Exports as the faces give them out: written, and held against the reference in their engine."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from dataclasses import replace
from typing import Final

from agent.core.exporting import Checked, CheckedExport, Exported
from agent.core.language.document import Adapter, adapter_fingerprint
from agent.core.language.walk import places
from agent.core.schema import make_schema
from agent.core.untrusted import visible
from agent.core.verify.generate import payloads
from agent.errors import CannotExport, NotFound
from agent.exports.check import Compared, Engine, EngineTimedOut, Outcome, compare
from agent.exports.engines import TIMEOUT_S, find_engine
from agent.exports.languages import EXPORTERS
from agent.exports.notes import refusal

CHECKED_PAYLOADS: Final = 100
"""How many generated payloads an export is checked on."""

_MOST_KEPT: Final = 256
_SHOWN: Final = 500


class CheckedExports:
    """Writes adapters in other languages; one check at a time, each within `timeout_s`.

    What a check found is kept: the same adapter gives the same program.
    """

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._found: dict[tuple[str, str], str] = {}

    def export(self, adapter: Adapter, language: str, *, is_checked: bool = True) -> CheckedExport:
        """Return the program, whether it was checked on this machine, and its marks.

        Raises:
            NotFound: there is no such language.
            CannotExport: a rule has no faithful form there, or the check found a difference.
        """
        exported = _write(adapter, language)
        if not is_checked:
            return _unchecked(language, exported, "the check was not asked for")
        engine = find_engine(language, timeout_s=self._timeout_s)
        if engine is None:
            return _unchecked(language, exported, f"no engine for {language} on this machine")
        return self._checked(adapter, exported, language, engine)

    def _checked(
        self, adapter: Adapter, exported: Exported, language: str, engine: Engine
    ) -> CheckedExport:
        key = (language, adapter_fingerprint(adapter))
        if not self._turn.acquire(timeout=self._timeout_s):
            return _unchecked(language, exported, "other checks are still running")
        try:
            found = self._found.get(key)
            if found is None:
                found = _check(adapter, exported, engine)
                self._keep(key, found)
        except EngineTimedOut as error:
            return _unchecked(
                language, exported, f"{engine.name} did not answer within {error.timeout_s:g} s"
            )
        finally:
            self._turn.release()
        return CheckedExport(language, exported, Checked.AGREES, found)

    def _keep(self, key: tuple[str, str], found: str) -> None:
        if len(self._found) >= _MOST_KEPT:
            del self._found[next(iter(self._found))]
        self._found[key] = found


def _write(adapter: Adapter, language: str) -> Exported:
    if language not in EXPORTERS:
        known = ", ".join(EXPORTERS)
        shown = visible(language, limit=60)
        raise NotFound(where=f"language {shown}", found="not known", help=f"known: {known}")
    try:
        return EXPORTERS[language].export(adapter)
    except CannotExport as error:
        targets = {place.rule: place.target for place in places(adapter.rows, let=adapter.let)}
        obstacles = (replace(one, target=targets.get(one.rule, "")) for one in error.obstacles)
        raise refusal(error.where, obstacles) from error


def _unchecked(language: str, exported: Exported, reason: str) -> CheckedExport:
    return CheckedExport(language, exported, Checked.UNCHECKED, f"unchecked: {reason}")


def _check(adapter: Adapter, exported: Exported, engine: Engine) -> str:
    """Run the program beside the reference, and return in words what came out."""
    schema = make_schema(adapter.source_schema, origin="/source_schema")
    found = payloads(schema, seed=0, limit=CHECKED_PAYLOADS)
    compared = compare(adapter, exported, engine, itertools.islice(found, CHECKED_PAYLOADS))
    for item in compared:
        if item.outcome is Outcome.DIFFERED:
            raise _difference(engine, item)
    counts = Counter(item.outcome for item in compared)
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    return f"checked in {engine.name} on {len(compared)} generated payloads: {said or 'none'}"


def _difference(engine: Engine, item: Compared) -> CannotExport:
    payload, wanted, gave = (
        visible(repr(one), limit=_SHOWN) for one in (item.payload, item.wanted, item.gave)
    )
    return CannotExport(
        where=f"check in {engine.name}",
        found=f"the export differs on {payload}: the reference gives {wanted}, it gives {gave}",
        help="run the adapter in driftmend, and report this",
    )
