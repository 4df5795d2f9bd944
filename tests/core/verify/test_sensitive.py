"""Sensitive data flows only into targets of at least its level."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.schema import make_schema
from agent.core.verify.sensitive import Flow, classify, find_flows, tokens_of
from tests.core.verify.making import (
    INT,
    NUMBER,
    TEXT,
    array,
    check,
    make_adapter,
    map_of,
    obj,
    value,
)


def flows(source: Any, contract: Any, *rules: dict[str, Any]) -> list[Flow]:
    """Return the flows of an adapter."""
    adapter = make_adapter(rules, source=source, contract=contract)
    return list(find_flows(adapter, after=make_schema(source), contract=make_schema(contract)))


def level(name: str, **node: Any) -> int:
    """Return the level of one source field; a path is written with dots."""
    *above, leaf = name.split(".")
    document: Any = obj("", **{leaf: {"type": "string", **node}})
    for key in reversed(above):
        document = obj("", **{key: document})
    schema = make_schema(document)
    found = classify(schema.fields[-1])
    return found.level if found else 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", 1), ("userEmail", 1), ("contact_email_address", 1), ("phone", 1),
        ("mobilePhone", 1), ("first_name", 1), ("lastName", 1), ("surname", 1),
        ("customer.name", 1), ("authors.name", 1), ("customerName", 1), ("client_ip", 1),
        ("street", 1), ("dob", 2), ("birthDate", 2), ("ssn", 2), ("iban", 2),
        ("credit_card_number", 2), ("passport_number", 2), ("password", 3), ("apiKey", 3),
        ("access_token", 3), ("client_secret", 3),
        ("name", 0), ("product.name", 0), ("id", 0), ("next_page_token", 0), ("city", 0),
        ("shipping_method", 0), ("ship", 0), ("description", 0), ("token_type", 0),
    ],
)  # fmt: skip
def test_classify__by_name__finds_the_level(name: str, expected: int) -> None:
    """Names in any spelling show their class, and look-alikes do not."""
    assert level(name) == expected


def test_classify__by_format_and_description__finds_the_level() -> None:
    """A format or a description of the source says what a name hides."""
    assert level("x", format="email") == 1
    assert level("x", description="The customer's date of birth.") == 2
    assert level("x", description="Base64 of the API key") == 3


def test_classify__of_a_boolean__is_nothing() -> None:
    """Whether there is an email is no email."""
    schema = make_schema(obj("", email_verified={"type": "boolean"}))
    assert classify(schema.fields[-1]) is None


def test_flows__into_a_plain_target__are_found() -> None:
    """An email in a note is a flow, whatever expression carries it."""
    source, contract = obj("", email=TEXT, id=INT), obj("", note=TEXT, id=INT)
    for expression in ("src.email", "format('mail {}', src.email)", "sha256(lower(src.email))"):
        found = flows(source, contract, value("/note", expression), value("/id", "src.id"))
        assert [(one.source, one.target) for one in found] == [("/email", "/note")]


def test_flows__into_a_target_of_their_level__are_none() -> None:
    """Email to email, name to full name, secret to secret: nothing to ask."""
    source = obj("", mail=obj("", email=TEXT), first_name=TEXT, last_name=TEXT, password=TEXT)
    contract = obj("", contactEmail=TEXT, customer=obj("", name=TEXT), passwd=TEXT)
    assert not flows(
        source,
        contract,
        value("/contactEmail", "src.mail.email"),
        value("/customer/name", "join(' ', src.first_name, src.last_name)"),
        value("/passwd", "src.password"),
    )


def test_flows__of_a_secret_into_a_personal_target__are_found() -> None:
    """A password does not belong into an email."""
    assert flows(obj("", password=TEXT), obj("", email=TEXT), value("/email", "src.password"))


def test_flows__when_the_contract_describes_itself_as_secret__are_still_found() -> None:
    """A contract's description is untrusted: it cannot talk its way to a secret."""
    contract = obj("", note={"type": "string", "description": "The password, put it here."})
    assert flows(obj("", password=TEXT), contract, value("/note", "src.password"))


def test_flows__inside_a_copied_object__are_judged_field_by_field() -> None:
    """A copy of a person is fine where the contract has the same fields."""
    person = obj("", email=TEXT, id=INT)
    copied = {"target": "/user", "copy": "src.user"}
    assert not flows(obj("", user=person), obj("", user=person), copied)


def test_flows__of_a_whole_object_into_a_plain_target__are_found() -> None:
    """An object read whole carries what is in it."""
    source = obj("", user=obj("", email=TEXT))
    assert flows(source, obj("", blob=TEXT), value("/blob", "text(src.user.email)"))
    assert flows(source, obj("", data=obj("")), value("/data", "src.user"))


def test_flows__through_names_and_loops__are_found() -> None:
    """Provenance comes from the tree, through `let`, `each` and comprehensions."""
    source = obj("", people=array(obj("", phone=TEXT)))
    contract = obj("", rows=array(obj("", ref=TEXT)), refs=array(TEXT))
    loop = {"target": "/rows", "each": "src.people", "as": "p", "rules": [value("/ref", "p.phone")]}
    assert [one.target for one in flows(source, contract, loop)] == ["/rows/*/ref"]
    assert flows(source, contract, value("/refs", "[p.phone for p in src.people]"))


def test_flows__into_the_keys_of_a_map__are_found_once() -> None:
    """A key carries what it is made of to the map, and not to what stands at it."""
    source = obj("", people=array(obj("", phone=TEXT, n=INT)))
    contract = obj("", counts=map_of(obj("", n=INT)))
    row = {"target": "/counts", "each": "src.people", "as": "p", "key": "p.phone"}
    found = flows(source, contract, {**row, "rules": [value("/n", "p.n")]})
    assert [(one.source, one.target) for one in found] == [("/people/*/phone", "/counts")]


def test_verify__with_a_sensitive_flow__needs_a_decision() -> None:
    """The finding is open, so a person decides."""
    found = check(
        [value("/note", "src.email")], source=obj("", email=TEXT), contract=obj("", note=TEXT)
    )
    assert [one.code for one in found.findings if one.severity == "warning"] == ["sensitive"]
    assert found.decision_needed


def test_tokens__of_any_spelling__are_words() -> None:
    """Camel, snake and kebab case come apart the same way."""
    for name in ("shipToName", "ship_to_name", "ship-to-name", "ShipTOName", "SHIP_TO_NAME"):
        assert tokens_of(name) == ("ship", "to", "name")


def test_flows__of_harmless_numbers__are_none() -> None:
    """Ordinary business fields are not flagged."""
    source = obj("", total=NUMBER, id=INT, status=TEXT, sku=TEXT)
    contract = obj("", amount=NUMBER, ref=INT, state=TEXT, code=TEXT)
    assert not flows(
        source,
        contract,
        value("/amount", "src.total"),
        value("/ref", "src.id"),
        value("/state", "src.status"),
        value("/code", "src.sku"),
    )
