"""Random policies: a little changed, or drawn whole from odds that hold for one payload."""

from __future__ import annotations

import random

from agent.core.verify.attempts import Attempts
from agent.core.verify.choices import WILD, Choice, Kind, Policy

UNREAD_SHARE = 0.1
"""How much less often a choice is changed that cannot change the output."""

WILD_SHARE = 0.4


def a_few_changed(attempts: Attempts, rng: random.Random) -> Policy:
    """Return a policy that changes each choice of the ordinary payload by a small chance."""
    chance = rng.choice((0.02, 0.05, 0.15, 0.4))

    def policy(choice: Choice) -> int:
        odds = chance if choice.is_read else chance * UNREAD_SHARE
        return _any_option(choice, rng) if rng.random() < odds else attempts.base_of(choice)

    return policy


def drawn_whole(attempts: Attempts, rng: random.Random) -> Policy:
    """Return a policy with one set of odds: how much is there, how long, how odd.

    Each choice for itself gives half of everything in every payload; here one payload is nearly
    bare, the next full of nulls, and the next has long lists of ordinary items.
    """
    presence = rng.choice((0.0, 0.2, 0.5, 0.8, 0.95))
    oddness = rng.choice((0.0, 0.05, 0.2, 0.6))
    variety = rng.choice((0.2, 0.5, 1.0))
    is_sparing = rng.random() < 0.8

    def policy(choice: Choice) -> int:
        if not choice.is_read:
            is_left_out = is_sparing and choice.kind is Kind.PRESENCE
            return choice.least if is_left_out else attempts.base_of(choice)
        if choice.kind is Kind.PRESENCE:
            return attempts.base_of(choice) if rng.random() < presence else choice.least
        odds = oddness if choice.kind in (Kind.TEXT, Kind.NUMBER, Kind.EXTRA) else variety
        if rng.random() < odds:
            return _any_option(choice, rng)
        return _ordinary(choice, rng) if choice.kind is Kind.TEXT else attempts.base_of(choice)

    return policy


def _any_option(choice: Choice, rng: random.Random) -> int:
    is_value = choice.kind in (Kind.TEXT, Kind.NUMBER)
    return WILD if is_value and rng.random() < WILD_SHARE else rng.randrange(choice.options)


def _ordinary(choice: Choice, rng: random.Random) -> int:
    return rng.randrange(min(choice.plausible, choice.options))
