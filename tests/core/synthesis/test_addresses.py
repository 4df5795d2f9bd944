from __future__ import annotations

import pytest

from agent.core.synthesis.addresses import address_parts
from agent.core.synthesis.build import V
from agent.core.synthesis.examples import value_of

WHOLE = "https://ivo@museum.example:8080/rooms/attic?lit=1&open=2#door"
BARE = "museum.example/rooms"


@pytest.mark.parametrize(
    ("part", "whole", "bare"),
    [
        ("scheme", "https", None),
        ("host and port", "museum.example:8080", "museum.example"),
        ("host", "museum.example", "museum.example"),
        ("port", "8080", None),
        ("path", "/rooms/attic", "/rooms"),
        ("path without its slash", "rooms/attic", "rooms"),
        ("path with its query", "/rooms/attic?lit=1&open=2", "/rooms"),
        ("query", "lit=1&open=2", None),
        ("fragment", "door", None),
    ],
)
def test_address_parts__address_with_and_without_scheme__each_part_or_nothing(
    part: str, whole: str, bare: str | None
) -> None:
    """A part is taken out of an address whether its scheme is written or not."""
    made = {name: expression for expression, name in address_parts([WHOLE, BARE])}
    assert value_of(made[part], {V.name: WHOLE}) == whole
    found = value_of(made[part], {V.name: BARE})
    assert found == bare if bare else not isinstance(found, str)


def test_address_parts__no_whole_address_among_the_texts__none() -> None:
    """Texts that only look like a host are not taken apart as addresses."""
    assert list(address_parts(["museum.example", "attic/door"])) == []
