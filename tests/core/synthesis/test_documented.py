from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.absence import MISSING
from agent.core.schema import make_schema
from agent.core.synthesis.documented import said_for_nothing
from tests.core.verify.making import BOOL, INT, TEXT, array, obj

MAYBE = {"type": ["string", "null"]}


@pytest.mark.parametrize(
    ("schema", "description", "said"),
    [
        (MAYBE, "Name of the baker; null if there is none", (None,)),
        (MAYBE, "The first topping, or null.", (None,)),
        (TEXT, "null if there is none", ()),
        (MAYBE, "null while the oven is hot", ()),
        (array(TEXT), "Toppings. Empty list when none.", ([],)),
        (array(TEXT), "[] if it has no toppings", ([],)),
        (array(TEXT), "Absent if there are none", (MISSING,)),
        (TEXT, "Empty string when none.", ("",)),
        (TEXT, "Name of the flour, 'unknown' without a label", ("unknown",)),
        (INT, "Minutes; 0 when unknown", (0,)),
        (INT, "Seconds (0 if the bread should always be fresh)", ()),
        (BOOL, "false without a crust", (False,)),
        (TEXT, "A plain roll", ()),
    ],
)
def test_said_for_nothing__description__value_that_stands_for_nothing(
    schema: Any, description: str, said: tuple[object, ...]
) -> None:
    """A description may tell what is written when there is nothing, if the type allows it."""
    field = make_schema(obj("", f={**schema, "description": description})).field("/f")
    assert field is not None
    assert said_for_nothing(field) == said
