from __future__ import annotations

from agent.core.schema import make_schema
from agent.core.synthesis.positions import said_positions
from tests.core.verify.making import INT, TEXT, array, obj


def test_said_positions__names_and_descriptions__those_that_say_so() -> None:
    """A whole number is a position when its name or its description says so, a text never is."""
    lamps = {**array(INT), "description": "Indexes into the lamps above."}
    schema = make_schema(obj(lit=lamps, berth_index=INT, tonnes=INT, index=TEXT))
    assert said_positions(schema.fields) == {"/lit", "/lit/*", "/berth_index", "/berth_index/*"}
