"""Attempts at one schema: policies become payloads, and what is invalid is mended."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from agent.core import paths
from agent.core.contract import payload_validator
from agent.core.schema import Schema
from agent.core.values import Json
from agent.core.verify.choices import Choice, Hints, Kind, Policy
from agent.core.verify.nodes import NoValueError
from agent.core.verify.writing import Writer, Written

MAX_REPAIRS = 4
"""How often an invalid payload is written again, ordinary where it was invalid."""

MAX_ROUNDS = 40
"""How often the ordinary payload is changed where it is invalid, until it is valid."""

FIRST_TRIES = 200
"""Random tries for a first valid payload, when no ordinary one is found."""

MAX_OPTIONS = 6
"""Other options tried at an invalid place before it is left out."""

Overrides = Mapping[tuple[str, str], int]
_SETTLING = (Kind.ARM, Kind.TYPE, Kind.ENUM)


class Attempts:
    """Writes payloads for one schema and keeps the valid ones. `base` is the ordinary payload."""

    def __init__(self, schema: Schema, *, hints: Hints, rng: random.Random) -> None:
        self._rng = rng
        self._writer = Writer(schema, hints=hints)
        self._validator = payload_validator(schema)
        self._settled: Overrides = {}
        self.base: Written | None = None

    def is_valid(self, payload: Json) -> bool:
        """Return whether a payload is valid under the schema."""
        return self._validator.is_met(payload)

    def base_of(self, choice: Choice) -> int:
        """Return the option of a choice in the ordinary payload."""
        return self._settled.get(choice.key, choice.base)

    def overridden(self, overrides: Overrides) -> Policy:
        """Return the policy of the ordinary payload, but for some choices."""
        return lambda choice: overrides.get(choice.key, self.base_of(choice))

    def write(self, policy: Policy) -> Written | None:
        """Return a valid payload by `policy`, made ordinary where that was invalid, or None."""
        spoilt: tuple[str, ...] = ()

        def repaired(choice: Choice) -> int:
            is_spoilt = any(_is_near(choice.at, place) for place in spoilt)
            return self.base_of(choice) if is_spoilt else policy(choice)

        for _ in range(MAX_REPAIRS):
            written = self._try(repaired if spoilt else policy)
            if written is None or self.is_valid(written.payload):
                return written
            spoilt = (*spoilt, *self._broken_places(written.payload, limit=5))
        return None

    def find_base(self) -> Written | None:
        """Return the ordinary payload, or one that is changed where that was invalid.

        At an invalid place other arms, types and values are tried in turn; then it is left out,
        or made small, or else the part around it.
        """
        mending = _Mending()
        for _ in range(MAX_ROUNDS):
            written = self._try(self.overridden(mending.overrides))
            if written is None:
                break
            if self.is_valid(written.payload):
                self._settled, self.base = dict(mending.overrides), written
                return written
            broken = self._broken_places(written.payload, limit=20)
            if not mending.change(broken, written.choices):
                break
        return self._find_by_chance()

    def _find_by_chance(self) -> Written | None:
        """Return the least payload, or else the first random one that is valid."""
        chosen: dict[tuple[str, str], int] = {}

        def by_chance(choice: Choice) -> int:
            is_changed = self._rng.random() < chance
            chosen[choice.key] = self._rng.randrange(choice.options) if is_changed else choice.base
            return chosen[choice.key]

        def least(choice: Choice) -> int:
            chosen[choice.key] = choice.least
            return choice.least

        for turn in range(FIRST_TRIES):
            chosen.clear()
            chance = (0.5, 0.1, 0.9)[turn % 3]
            written = self.write(by_chance if turn else least)
            if written is not None:
                self._settled, self.base = dict(chosen), written
                return written
        return None

    def _try(self, policy: Policy) -> Written | None:
        try:
            return self._writer.write(policy, rng=self._rng)
        except NoValueError:
            return None

    def _broken_places(self, payload: Json, *, limit: int) -> list[str]:
        found = self._validator.violations(payload, limit=limit)
        return list(dict.fromkeys(violation.path for violation in found))


class _Mending:
    """What was changed in an invalid payload so far."""

    def __init__(self) -> None:
        self.overrides: dict[tuple[str, str], int] = {}
        self._turns: dict[str, int] = {}

    def change(self, places: Sequence[str], choices: Sequence[Choice]) -> bool:
        """Return whether there was something left to change at any of the places."""
        changed = [self._change(place, choices) for place in places]
        return any(changed)

    def _change(self, place: str, choices: Sequence[Choice]) -> bool:
        here = [one for one in choices if one.at == place and one.kind in _SETTLING]
        options = [(one.key, option) for one in here for option in range(1, one.options)]
        turn = self._turns.get(place, 0)
        self._turns[place] = turn + 1
        for one in here:
            self.overrides.pop(one.key, None)
        if turn < min(len(options), MAX_OPTIONS):
            key, option = options[turn]
            self.overrides[key] = option
            return True
        return self._leave_out(place, choices)

    def _leave_out(self, place: str, choices: Sequence[Choice]) -> bool:
        """Return whether the place, or the nearest one around it, could be left out."""
        by_place: dict[str, list[Choice]] = {}
        for choice in choices:
            if choice.kind in (Kind.PRESENCE, Kind.SIZE, Kind.EXTRA):
                by_place.setdefault(choice.at, []).append(choice)
        while True:
            for choice in by_place.get(place, ()):
                if self.overrides.get(choice.key, choice.base) != choice.least:
                    self.overrides[choice.key] = choice.least
                    return True
            if not place:
                return False
            place = paths.parent(place)


def _is_near(at: str, place: str) -> bool:
    return paths.is_within(at, place) or paths.is_within(place, at)
