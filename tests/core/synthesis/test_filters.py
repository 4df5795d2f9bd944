"""A harbour lists its pilots: which of them an output keeps."""

from __future__ import annotations

from typing import Any

from tests.core.synthesis.test_explaining import learnt
from tests.core.verify.making import TEXT, array, obj

READY = obj("readyPilots", readyPilots=array(obj("name", name=TEXT)))


def pilot(name: str, **more: Any) -> Any:
    """Return a pilot of the source."""
    return {"name": name, "badge": f"b-{name}", **more}


def named(*names: str) -> Any:
    """Return what the consumer expects."""
    return {"readyPilots": [{"name": name} for name in names]}


def test_explain__items_that_a_flag_denies__left_out_and_those_without_the_flag_kept() -> None:
    """An absent flag denies nothing, and the flag that the array is called after is asked for."""
    pairs = [
        (
            {
                "pilots": [
                    pilot("Ivo"),
                    pilot("Una", ready=False, zone="n"),
                    pilot("Mia", ready=True),
                ]
            },
            named("Ivo", "Mia"),
        ),
        ({"pilots": [pilot("Ada", ready=True)]}, named("Ada")),
    ]
    payload = {"pilots": [pilot("Bo", ready=False), pilot("Cy", zone="s"), pilot("Di")]}
    assert learnt(READY, pairs, payload) == named("Cy", "Di")
