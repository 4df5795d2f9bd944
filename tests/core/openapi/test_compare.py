"""Rules for what a comparison of two OpenAPI documents finds."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.core.openapi.checks import CHECKS
from agent.core.openapi.texts import render_api_json
from tests.core.openapi.documents import TEXT, Edit, diff, edited, operation, schema, shop

PAIRS = Path("../shared/data/pairs")


def checks(edit: Edit) -> list[tuple[str, str]]:
    """Return check and level of every finding of an edit."""
    return [(finding.check, str(finding.level)) for finding in edited(edit).findings]


def test_compare_apis__the_same_document__is_unchanged_by_inclusion() -> None:
    """Nothing is found between equal documents."""
    found = diff(shop(), shop())
    assert (found.findings, found.verdict, found.decided_by) == ((), "unchanged", "inclusion")


def test_compare_apis__a_component_changed__is_one_finding_with_the_places_it_reaches() -> None:
    """A shared component tells its change once, worst direction first, and where it is used."""

    def edit(document: dict[str, Any]) -> None:
        schema(document, "Buyer")["required"] = ["name", "mail"]

    (finding,) = edited(edit).findings
    assert (finding.check, finding.level) == ("became-required", "breaking")
    assert (finding.at, finding.path) == ("/components/schemas/Buyer", "/mail")
    assert set(finding.places) == {
        "GET /orders response 200",
        "POST /orders request",
        "POST /orders response 201",
        "GET /orders/{id} response 200",
    }
    assert finding.decided_by == "inclusion"
    assert finding.has_witness


def test_compare_apis__a_component_that_only_answers_hold__is_judged_for_readers() -> None:
    """A new required property breaks writers; where nobody writes it, nothing breaks."""

    def edit(document: dict[str, Any]) -> None:
        del document["paths"]["/orders"]["post"]

    start = shop()
    edit(start)
    after = copy.deepcopy(start)
    schema(after, "Buyer")["required"] = ["name", "mail"]
    assert diff(start, after).verdict == "non-breaking"


def test_compare_apis__a_component_renamed_inlined_or_taken_out__is_no_change() -> None:
    """How a document is laid out in components is cosmetic."""

    def rename(document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        schemas["Customer"] = schemas.pop("Buyer")
        schemas["Order"]["properties"]["buyer"]["$ref"] = "#/components/schemas/Customer"

    def inline(document: dict[str, Any]) -> None:
        order = schema(document, "Order")
        order["properties"]["buyer"] = document["components"]["schemas"].pop("Buyer")

    def take_out(document: dict[str, Any]) -> None:
        order = schema(document, "Order")
        document["components"]["schemas"]["State"] = order["properties"]["state"]
        order["properties"]["state"] = {"$ref": "#/components/schemas/State"}

    for edit in (rename, inline, take_out):
        assert edited(edit).verdict == "unchanged", edit.__name__


def test_compare_apis__another_component_in_its_place__is_one_finding() -> None:
    """A property that refers to another component changed itself."""
    start = shop()
    other = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    start["components"]["schemas"]["Firm"] = other
    operation(start, "/orders", "get")["responses"]["500"] = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Firm"}}}
    }
    after = copy.deepcopy(start)
    buyer = schema(after, "Order")["properties"]
    buyer["buyer"] = {"$ref": "#/components/schemas/Firm"}
    found = diff(start, after)
    assert found.verdict == "breaking"
    assert {finding.at for finding in found.findings} == {"/components/schemas/Order"}


def test_compare_apis__copies_of_one_schema_with_the_same_change__are_one_finding() -> None:
    """The same change of inline copies is told once, with all places."""
    start = shop()
    inline = {"type": "object", "properties": {"a": TEXT}}
    for path, method in (("/orders", "get"), ("/orders/{id}", "get")):
        content = {"application/json": {"schema": copy.deepcopy(inline)}}
        operation(start, path, method)["responses"]["404"] = {"content": content}
    after = copy.deepcopy(start)
    for path, method in (("/orders", "get"), ("/orders/{id}", "get")):
        content = operation(after, path, method)["responses"]["404"]["content"]
        content["application/json"]["schema"]["properties"]["b"] = TEXT
    (finding,) = diff(start, after).findings
    assert (len(finding.places), len(finding.also)) == (2, 1)


def test_compare_apis__the_same_change_of_two_components__is_two_findings() -> None:
    """Components are told by their names, however alike their changes are."""

    def edit(document: dict[str, Any]) -> None:
        for name in ("Order", "Buyer"):
            schema(document, name)["properties"]["note"] = TEXT

    assert [finding.at for finding in edited(edit).findings] == [
        "/components/schemas/Order",
        "/components/schemas/Buyer",
    ]


def test_compare_apis__a_component_of_no_operation__is_no_part_of_the_api() -> None:
    """What no payload holds is not told; in a document of components alone everything is."""

    def edit(document: dict[str, Any]) -> None:
        schema(document, "Lonely")["required"] = ["a"]

    start = shop()
    start["components"]["schemas"]["Lonely"] = {"type": "object", "properties": {"a": TEXT}}
    assert edited(edit, start).verdict == "unchanged"
    start["paths"] = {}
    assert edited(edit, start).verdict == "breaking"


def test_compare_apis__alternatives_that_come_to_overlap__are_told_where_they_meet() -> None:
    """A component that takes more makes a `oneOf` take less: no part alone tells that."""
    start = shop()
    schemas = start["components"]["schemas"]
    schemas["Firm"] = {"type": "object", "required": ["vat"], "properties": {"vat": TEXT}}
    schemas["Buyer"]["required"] = ["name", "mail"]
    arms = [{"$ref": f"#/components/schemas/{name}"} for name in ("Buyer", "Firm")]
    schemas["Order"]["properties"]["buyer"] = {"oneOf": arms}
    body = operation(start, "/orders", "post")["requestBody"]
    start["paths"] = {"/orders": {"post": {"requestBody": body}}}
    found = edited(lambda document: schema(document, "Firm").update(required=[]), start)
    told = {finding.check: str(finding.level) for finding in found.findings}
    assert told == {"joint-change": "breaking", "became-optional": "non-breaking"}
    assert found.decided_by == "inclusion"


def test_compare_apis__a_reference_to_what_nobody_used__is_judged_with_its_new_form() -> None:
    """What only the new version refers to is taken as it is now, not as it was."""
    start = shop()
    schema(start, "Buyer")["type"] = "string"
    schema(start, "Order")["properties"]["buyer"] = {"type": "string"}
    assert diff(start, shop()).verdict == "breaking"


@pytest.mark.parametrize("place", ["definitions", "x-schemas"])
def test_compare_apis__a_schema_that_stands_elsewhere__is_a_component_too(place: str) -> None:
    """Whatever is referred to is compared, also where OpenAPI keeps no schemas."""
    start = shop()
    start[place] = {"Buyer": start["components"]["schemas"].pop("Buyer")}
    schema(start, "Order")["properties"]["buyer"] = {"$ref": f"#/{place}/Buyer"}
    found = edited(lambda document: document[place]["Buyer"]["required"].append("mail"), start)
    assert [finding.at for finding in found.findings] == [f"/{place}/Buyer"]
    assert found.verdict == "breaking"


def test_compare_apis__a_component_of_a_moved_operation__is_told_as_well() -> None:
    """An operation that moved is the same operation for the components that it uses."""
    start = shop()
    del start["paths"]["/orders"]["get"], start["paths"]["/orders/{id}"]

    def edit(document: dict[str, Any]) -> None:
        _moved(document)
        schema(document, "Buyer")["required"].append("mail")

    found = {finding.check for finding in edited(edit, start).findings}
    assert found == {"operation-moved", "became-required"}


def test_compare_apis__a_renamed_property__is_one_finding() -> None:
    """A rename is one finding with both paths."""

    def edit(document: dict[str, Any]) -> None:
        properties = schema(document, "Buyer")["properties"]
        properties["email"] = properties.pop("mail")

    (finding,) = edited(edit).findings
    assert (finding.check, finding.before_path, finding.after_path) == (
        "field-renamed",
        "/mail",
        "/email",
    )


def test_compare_apis__strict_policy__also_counts_undeclared_properties() -> None:
    """A new optional property of a request breaks under `strict` and not under `declared`."""
    after = shop()
    schema(after, "Buyer")["properties"]["note"] = TEXT
    assert diff(shop(), after).verdict == "non-breaking"
    assert diff(shop(), after, "strict").verdict == "breaking"


def _removed(document: dict[str, Any]) -> None:
    del document["paths"]["/orders/{id}"]


def _moved(document: dict[str, Any]) -> None:
    document["paths"]["/purchases"] = {"post": document["paths"]["/orders"].pop("post")}


def _renamed_parameter(document: dict[str, Any]) -> None:
    item = document["paths"].pop("/orders/{id}")
    item["parameters"][0]["name"] = "order"
    document["paths"]["/orders/{order}"] = item


def _parameters(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = operation(document, "/orders", "get")["parameters"]
    return found


def _post(document: dict[str, Any]) -> dict[str, Any]:
    return operation(document, "/orders", "post")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (_removed, [("operation-removed", "breaking")]),
        (_moved, [("operation-moved", "breaking")]),
        (_renamed_parameter, []),
        (
            lambda d: _parameters(d)[0].update(required=True),
            [("parameter-became-required", "breaking")],
        ),
        (
            lambda d: _parameters(d).append({"name": "q", "in": "query", "required": True}),
            [("required-parameter-added", "breaking")],
        ),
        (
            lambda d: _parameters(d).append({"name": "q", "in": "header"}),
            [("optional-parameter-added", "non-breaking")],
        ),
        (lambda d: _parameters(d).clear(), [("parameter-removed", "breaking-possible")]),
        (lambda d: _parameters(d)[0].update({"in": "header"}), [("parameter-moved", "breaking")]),
        (
            lambda d: _parameters(d)[0]["schema"].update(default=1),
            [("parameter-default-changed", "breaking")],
        ),
        (
            lambda d: _parameters(d)[0]["schema"].update(maximum=5),
            [("bounds-narrowed", "breaking")],
        ),
        (lambda d: _parameters(d)[0]["schema"].pop("type"), [("type-widened", "non-breaking")]),
        (
            lambda d: _post(d)["requestBody"].update(required=True),
            [("body-became-required", "breaking")],
        ),
        (lambda d: _post(d).pop("requestBody"), [("body-removed", "breaking")]),
        (
            lambda d: _post(d)["requestBody"]["content"].update({"text/csv": {}}),
            [("request-media-type-added", "non-breaking")],
        ),
        (
            lambda d: _post(d)["responses"].pop("400"),
            [("other-status-removed", "non-breaking")],
        ),
        (lambda d: _post(d)["responses"].update({"422": {}}), [("status-added", "non-breaking")]),
        (lambda d: _post(d).update(operationId="make"), [("operation-id-changed", "info")]),
        (
            lambda d: _post(d).update(deprecated=True),
            [("operation-deprecated-without-sunset", "info")],
        ),
        (
            lambda d: _post(d)["requestBody"]["content"]["application/json"].pop("schema"),
            [("request-schema-removed", "non-breaking")],
        ),
        (lambda d: d.update(servers=[{"url": "/v2"}]), [("servers-changed", "info")]),
        (lambda d: d["info"].update(version="2"), []),
        (lambda d: schema(d, "Order").update(description="An order."), []),
    ],
)
def test_compare_apis__an_edit__has_its_checks_and_levels(
    edit: Edit, expected: list[tuple[str, str]]
) -> None:
    """One edit, one finding, at the level that the table gives or inclusion decides."""
    assert checks(edit) == expected


@pytest.mark.parametrize(
    ("before", "after", "check"),
    [
        ({}, {"deprecated": True, "x-sunset": "2027-01-01"}, "operation-deprecated"),
        ({"x-sunset": "2027-01-01"}, {"x-sunset": "2026-12-01"}, "sunset-moved-up"),
        ({"x-sunset": "2027-01-01"}, {"x-sunset": "2027-02-01"}, "sunset-put-off"),
        ({"x-sunset": "2027-01-01"}, {"x-sunset": None}, "sunset-removed"),
        ({"deprecated": True}, {"deprecated": False}, "operation-undeprecated"),
    ],
)
def test_compare_apis__deprecation__is_told_with_its_date(
    before: dict[str, Any], after: dict[str, Any], check: str
) -> None:
    """A deprecation is information; taking a promised date back is not."""
    start = shop()
    operation(start, "/orders", "get").update(before)
    found = edited(lambda document: operation(document, "/orders", "get").update(after), start)
    assert [finding.check for finding in found.findings] == [check]


def test_compare_apis__the_next_version_of_openapi__is_no_change_by_itself() -> None:
    """`nullable` of 3.0 and the type null of 3.1 are the same schema."""
    before, after = shop(), shop()
    schema(before, "Buyer")["properties"]["mail"] = {"type": "string", "nullable": True}
    schema(after, "Buyer")["properties"]["mail"] = {"type": ["string", "null"]}
    after["openapi"] = "3.1.0"
    assert diff(before, after).verdict == "unchanged"


@pytest.mark.parametrize(
    ("after", "check"),
    [
        ([{"key": ["a"]}], "security-tightened"),
        ([{"key": ["a", "b"], "more": []}], "security-tightened"),
        ([{"key": ["a", "b"]}, {"more": []}], "security-tightened"),
        ([{"key": ["a"]}, {"other": []}], "security-loosened"),
        ([], "security-loosened"),
    ],
)
def test_compare_apis__security_changed__asks_whether_old_credentials_suffice(
    after: list[Any], check: str
) -> None:
    """Every old alternative must hold all that some new alternative asks for."""
    start = shop() | {"security": [{"key": ["a", "b"]}, {"other": []}]}
    found = edited(lambda document: document.update(security=after), start)
    assert [finding.check for finding in found.findings] == [check]
    assert found.verdict == ("breaking" if check == "security-tightened" else "non-breaking")


def test_compare_apis__webhooks_and_callbacks__flow_the_other_way() -> None:
    """The API writes the request of a webhook, so its consumer is a reader."""
    body = {"type": "object", "properties": {"a": TEXT}}
    hook = {"post": {"requestBody": {"content": {"application/json": {"schema": body}}}}}
    start = {"openapi": "3.1.0", "webhooks": {"made": hook}}

    def edit(document: dict[str, Any]) -> None:
        content = document["webhooks"]["made"]["post"]["requestBody"]["content"]
        content["application/json"]["schema"]["required"] = ["a"]

    assert edited(edit, start).verdict == "non-breaking"
    assert edited(lambda d: d["webhooks"].pop("made"), start).verdict == "breaking"


def test_compare_apis__a_schema_that_cannot_be_read__is_told_and_never_called_harmless() -> None:
    """A dangling reference costs that schema alone."""

    def edit(document: dict[str, Any]) -> None:
        schema(document, "Buyer")["properties"]["x"] = {"$ref": "#/components/schemas/Nowhere"}
        schema(document, "Order")["required"] = []

    found = {finding.at: finding.check for finding in edited(edit).findings}
    assert found["/components/schemas/Buyer"] == "not-compared"
    assert found["/components/schemas/Order"] == "became-optional"


@pytest.mark.parametrize(
    "junk",
    [
        {"paths": []},
        {"paths": {"/a": 1, "/b": {"get": 2, "post": {"parameters": 3, "responses": [4]}}}},
        {"paths": {"/a": {"get": {"parameters": [None, {"name": 1, "in": []}], "tags": 5}}}},
        {"paths": {"/a": {"$ref": "#/paths/~1a"}}},
        {"paths": {"/a": {"get": {"security": [{"x": [{}]}, 7], "responses": {"200": []}}}}},
        {"components": {"schemas": {"A": 1}, "securitySchemes": {"s": {"flows": 3}}}},
        {"servers": {"url": 1}, "webhooks": 1, "security": "x"},
    ],
)
def test_compare_apis__junk_in_any_place__is_passed_over(junk: dict[str, Any]) -> None:
    """What is no OpenAPI is passed over; it never ends the comparison."""
    before, after = {"openapi": "3.0.0"}, {"openapi": "3.0.0", **junk}
    for pair in ((before, after), (after, before), (after, copy.deepcopy(after))):
        assert "verdict" in render_api_json(diff(*pair))


def test_compare_apis__deep_nesting__is_told() -> None:
    """A schema that is nested too deeply to be copied is not compared, and says so."""

    def nested(depth: int, leaf: dict[str, Any]) -> dict[str, Any]:
        found = leaf
        for _ in range(depth):
            found = {"items": found}
        return found

    start = shop()
    schema(start, "Buyer")["properties"]["deep"] = nested(400, TEXT)

    def edit(document: dict[str, Any]) -> None:
        schema(document, "Buyer")["properties"]["deep"] = nested(400, {"type": "integer"})

    found = edited(edit, start)
    assert found.verdict in ("breaking", "breaking-possible")


@pytest.mark.skipif(not PAIRS.is_dir(), reason="../shared/data/pairs is absent")
def test_compare_apis__a_real_pair__has_one_finding_per_real_change() -> None:
    """Between two Stripe versions six keys came: three schema changes and one operation."""
    old, new = (
        json.loads((PAIRS / f"stripe/2022-04-{day}.json").read_text()) for day in ("07", "12")
    )
    found = diff(old, new)
    assert [finding.check for finding in found.findings] == ["field-added"] * 3 + [
        "operation-added"
    ]
    assert found.verdict == "non-breaking"


def test_compare_apis__other_hash_seeds__give_the_same_bytes() -> None:
    """The output does not depend on the order of sets."""
    program = (
        "import json, copy\n"
        "from tests.core.openapi.documents import *\n"
        "from agent.core.openapi.texts import render_api_json\n"
        "a, b = shop(), shop()\n"
        "schema(b, 'Buyer')['properties'].pop('mail')\n"
        "schema(b, 'Order')['properties']['state']['enum'] = ['paid', 'void', 'lost']\n"
        "b['security'] = [{'x': ['p', 'q']}, {'y': []}]\n"
        "print(json.dumps(render_api_json(diff(a, b))))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def test_checks__docs__list_every_check_with_its_level() -> None:
    """The page of checks and the table agree."""
    page = Path("docs/checks.md").read_text(encoding="utf-8")
    for check in CHECKS.values():
        assert f"| `{check.id}` | {check.level} | {check.why} |" in page, check.id
