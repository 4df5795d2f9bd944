from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.scope import Scope
from agent.core.synthesis.told_chains import told_chain, told_solution
from tests.core.verify.making import INT, TEXT, array, obj

SHED = make_schema(
    obj(
        breed=obj(label=TEXT, codes=array(obj(code=TEXT, display=TEXT))),
        brand=TEXT,
        tag=TEXT,
        weight=INT,
        farm=obj(tag=TEXT),
    )
)
FIELDS = {one.path: one for one in SHED.fields}


def target(description: str) -> FieldInfo:
    """Return a text of a contract with a description."""
    node = TEXT | {"description": description}
    found = make_schema(obj("x", x=node)).field("/x")
    assert found is not None
    return found


def told(description: str) -> str | None:
    """Return the chain that a description tells, as written."""
    made = told_chain(target(description), description, fields=FIELDS, places={"src": ""})
    return None if made is None else print_expression(made.expression)


@pytest.mark.parametrize(
    ("description", "chain"),
    [
        pytest.param("Brand, else tag", "coalesce(src.brand, src.tag)", id="plain names"),
        pytest.param(
            "The brand; otherwise the tag of the farm.",
            "coalesce(src.brand, src.farm.tag)",
            id="holder named",
        ),
        pytest.param(
            "breed.label, else display of the first code, else its code; 'none' without a breed",
            "default(coalesce(src.breed.label, src.breed.codes[0].display,"
            " src.breed.codes[0].code), 'none')",
            id="dots, first items and what stands for nothing",
        ),
        pytest.param(
            "How it is called: brand if there is one, else tag",
            "coalesce(src.brand, src.tag)",
            id="after a colon",
        ),
        pytest.param(
            "The brand, or the tag if there is none.", "coalesce(src.brand, src.tag)", id="or"
        ),
        pytest.param(
            "The brand, or when missing the tag", "coalesce(src.brand, src.tag)", id="or when"
        ),
        pytest.param(
            "The brand, falling back to the tag of the farm",
            "coalesce(src.brand, src.farm.tag)",
            id="falling back",
        ),
        pytest.param(
            "The brand if present, otherwise the tag", "coalesce(src.brand, src.tag)", id="if"
        ),
        pytest.param("Brand, else a number of the shed", None, id="no such field"),
        pytest.param("Brand, else weight", None, id="another type"),
        pytest.param("Brand, else the display of a code", None, id="which item is not said"),
        pytest.param("Brand or tag", None, id="no order is told"),
    ],
)
def test_told_chain__clauses_that_name_fields__in_their_order(
    description: str, chain: str | None
) -> None:
    """Each clause has to name one field of the type, or nothing is told."""
    assert told(description) == chain


def test_told_solution__pairs_that_agree__a_guess_where_they_show_one_value() -> None:
    """What is told counts where it gives what every pair shows."""
    said = "Brand, else tag"
    rows: list[dict[str, Any]] = [{"brand": "B7", "tag": "t"}, {"tag": "u"}]
    scope = Scope({"src": ""}, tuple({"src": row} for row in rows))
    (found,) = told_solution(target(said), said, ["B7", "u"], scope=scope, fields=FIELDS)
    assert not found.is_ambiguous
    assert told_solution(target(said), said, ["t", "u"], scope=scope, fields=FIELDS) == ()
    one = scope.only([True, False])
    assert told_solution(target(said), said, ["B7"], scope=one, fields=FIELDS)[0].is_ambiguous
