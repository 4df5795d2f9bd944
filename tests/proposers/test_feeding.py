"""A kennel describes its dogs: objects that must be there and may be null."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.verify.making import INT, TEXT, obj
from tests.proposers.small_tasks import adapt, propose

CHIP = obj("serial owner", serial=TEXT, owner=obj("name", name=TEXT))
TAG = obj("serial ownerName", serial=TEXT, ownerName=TEXT)


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an object schema that null satisfies too."""
    return {**schema, "type": ["object", "null"]}


@pytest.mark.parametrize(
    ("after", "payload"),
    [
        pytest.param(obj("age", age=INT, chip=CHIP), {"age": 3}, id="missing"),
        pytest.param(
            obj("age chip", age=INT, chip=nullable(CHIP)), {"age": 3, "chip": None}, id="null"
        ),
        pytest.param(
            obj("age", age=INT, chip=nullable(CHIP)), {"age": 3, "chip": None}, id="either"
        ),
    ],
)
def test_propose__required_object_that_may_be_null__is_null_where_its_source_is_not_there(
    after: Any, payload: Any
) -> None:
    """An object that has to be there is null without its source, and is made of it otherwise."""
    contract = obj("age chip", age=INT, chip=nullable(TAG))
    proposed = propose(after, contract)
    assert adapt(proposed, payload) == {"age": 3, "chip": None}
    chip = {"serial": "x1", "owner": {"name": "Ada"}}
    wanted = {"age": 3, "chip": {"serial": "x1", "ownerName": "Ada"}}
    assert adapt(proposed, {"age": 3, "chip": chip}) == wanted
