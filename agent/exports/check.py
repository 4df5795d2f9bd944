"""Running an export in its real engine, beside the reference, on the same payloads."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from agent.core.exporting import Exported
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.values import RELATIVE_TOLERANCE, Json, same_value
from agent.errors import PayloadRefused

_INTEGRAL: Final = re.compile(r"(?<=[0-9])\.0(?![0-9])")
"""The end of a float that is integral, as the reference prints it."""


@dataclass(frozen=True, slots=True)
class Gave:
    """What an engine gave for one payload: an `output`, or the `error` that it failed with.

    An error that `is_fault` is none that the program means: the program itself is wrong.
    """

    output: Json = None
    error: str | None = None
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """An exported program and a payload for it."""

    text: str
    payload: Json


class EngineTimedOut(Exception):
    """An engine did not answer within `timeout_s`."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(timeout_s)
        self.timeout_s = timeout_s


class Engine(Protocol):
    """A real engine on this machine."""

    @property
    def name(self) -> str:
        """What the engine is called."""
        ...

    def run_all(self, questions: Sequence[Question]) -> list[Gave]:
        """Return what each program gives for its payload, in order.

        Raises:
            EngineTimedOut: it did not answer in its time.
        """
        ...


class Outcome(enum.StrEnum):
    """How an export stands to the reference on one payload."""

    AGREED = "agreed"
    MARKED = "marked"
    """Another value, as the export is marked for: 1.0 read as 1, or a sum rounded otherwise."""
    REFUSED = "refused"
    """The export fails where the reference gives an output: never silently different."""
    DIFFERED = "differed"


@dataclass(frozen=True, slots=True)
class Compared:
    """One payload, what the reference made of it, and what the engine gave."""

    outcome: Outcome
    payload: Json
    wanted: Gave
    gave: Gave


def compare(
    adapter: Adapter, exported: Exported, engine: Engine, payloads: Iterable[Json]
) -> tuple[Compared, ...]:
    """Return how the export stands to the reference on each payload."""
    asked = list(payloads)
    found = engine.run_all([Question(exported.text, payload) for payload in asked])
    return tuple(
        judge(adapter, exported, payload, gave) for payload, gave in zip(asked, found, strict=True)
    )


def judge(adapter: Adapter, exported: Exported, payload: Json, gave: Gave) -> Compared:
    """Return how what an engine gave stands to what the reference gives."""
    wanted = _reference(adapter, payload)
    outcome = _outcome(wanted, gave)
    if outcome is Outcome.DIFFERED and exported.unfaithful:
        seen = _reference(adapter, _as_engines_read(payload))
        if any(_is_marked_difference(item, gave) for item in (seen, wanted)):
            outcome = Outcome.MARKED
    return Compared(outcome, payload, wanted, gave)


def _is_marked_difference(wanted: Gave, gave: Gave) -> bool:
    """Return whether an engine only printed 1.0 as 1, or rounded a sum at another place."""
    printed = replace(wanted, output=_as_engines_print(wanted.output))
    found = replace(gave, output=_as_engines_print(gave.output))
    return _outcome(printed, found, tolerance=RELATIVE_TOLERANCE) is Outcome.AGREED


def _as_engines_print(value: Json) -> Json:
    match value:
        case str():
            return _INTEGRAL.sub("", value)
        case list():
            return [_as_engines_print(item) for item in value]
        case dict():
            return {_INTEGRAL.sub("", key): _as_engines_print(item) for key, item in value.items()}
        case _:
            return value


def _outcome(wanted: Gave, gave: Gave, *, tolerance: float = 0.0) -> Outcome:
    if gave.is_fault:
        return Outcome.DIFFERED
    if wanted.error is not None:
        return Outcome.AGREED if gave.error is not None else Outcome.DIFFERED
    if gave.error is not None:
        return Outcome.REFUSED
    is_same = same_value(wanted.output, gave.output, tolerance=tolerance)
    return Outcome.AGREED if is_same else Outcome.DIFFERED


def _reference(adapter: Adapter, payload: Json) -> Gave:
    try:
        return Gave(output=run(adapter, payload))
    except PayloadRefused as refusal:
        return Gave(error=str(refusal))


def _as_engines_read(payload: Json) -> Json:
    """Return a payload whose floats are integers where they are integral."""
    match payload:
        case float() if payload.is_integer():
            return int(payload)
        case list():
            return [_as_engines_read(item) for item in payload]
        case dict():
            return {key: _as_engines_read(item) for key, item in payload.items()}
        case _:
            return payload
