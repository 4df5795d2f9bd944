"""Payloads that one rule refuses, mended for it, so that it hides no fault of the rules behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.core import paths
from agent.core.values import Json
from agent.core.verify.trial import Failure, starred

MAX_MENDS = 4
"""Rules that one payload is mended for."""

MAX_TOTAL = 300
"""Mended payloads of one search: where most payloads are refused, they would cost too much."""

_REMOVED = object()


class Mender:
    """Puts what got through in the place of what a rule refused."""

    def __init__(self, is_valid: Callable[[Json], bool]) -> None:
        self._is_valid = is_valid
        self._good: list[Json] = []
        self._left = MAX_TOTAL

    def tried(
        self, payload: Json, attempt: Callable[[Json], Failure | None]
    ) -> Iterator[Failure | None]:
        """Yield what `attempt` says of a payload, then of the same mended for what was refused."""
        for _ in range(1 + MAX_MENDS):
            failure = attempt(payload)
            yield failure
            if failure is None:
                # The first one stays: it is the plainest.
                self._good = self._good or [payload]
                return
            if not failure.is_refusal or not self._good:
                return
            mended = self._mended(failure, self._good[0])
            # The same payload again, or a good one, has nothing new to tell.
            if mended in (payload, self._good[0]) or not self._is_valid(mended):
                return
            payload = mended

    def _mended(self, failure: Failure, good: Json) -> Json:
        """Return the refused payload with good values where the rule read, within the budget."""
        changed = failure.counterexample.payload
        if not self._left:
            return changed
        self._left -= 1
        for source in failure.sources:
            found = next((value for _, value in paths.find(good, starred(source))), _REMOVED)
            changed = _placed(changed, paths.parse(source), found)
        return changed


def _placed(payload: Json, tokens: tuple[str, ...], value: Json) -> Json:
    """Return a copy with `value` at a concrete place; unchanged where nothing is around it."""
    if not tokens:
        return payload if value is _REMOVED else value
    key, rest = paths.key_of(tokens[0]), tokens[1:]
    if isinstance(payload, dict) and not rest and value is _REMOVED:
        return {name: item for name, item in payload.items() if name != key}
    if isinstance(payload, dict) and (not rest or key in payload):
        return {**payload, key: _placed(payload.get(key), rest, value)}
    if isinstance(payload, list) and key.isdecimal() and int(key) < len(payload):
        index = int(key)
        return [*payload[:index], _placed(payload[index], rest, value), *payload[index + 1 :]]
    return payload
