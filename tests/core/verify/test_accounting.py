"""Every source field is used, or dropped with a reason, or named."""

from __future__ import annotations

from typing import Any

from agent.core.contract import Contract
from agent.core.schema import make_schema
from agent.core.verify.accounting import Accounting, account, declares
from tests.core.verify.making import INT, NUMBER, TEXT, array, make_adapter, map_of, obj, value

SOURCE = obj(
    "",
    id=INT,
    note=TEXT,
    user=obj("", name=TEXT, mail=TEXT, address=obj("", zip=TEXT, city=TEXT)),
    lines=array(obj("", sku=TEXT, price=NUMBER)),
    tags=array(TEXT),
)
CONTRACT = obj(
    "",
    id=INT,
    user=obj("", name=TEXT, mail=TEXT),
    rows=array(obj("", sku=TEXT)),
    tags=array(TEXT),
    n=INT,
)


def accounted(*rules: dict[str, Any], **more: Any) -> Accounting:
    """Return the accounting of rules over the example source."""
    adapter = make_adapter(rules, source=SOURCE, contract=CONTRACT, **more)
    return account(adapter, make_schema(SOURCE), Contract("billing", make_schema(CONTRACT)))


def test_account__of_reads__lists_used_and_left_fields() -> None:
    """A field that a rule reads is used; the topmost of what is left is named once."""
    found = accounted(value("/id", "src.id"), value("/user/name", "src.user.name"))
    assert found.used == ("/id", "/user/name")
    assert found.unaccounted == ("/note", "/user/mail", "/user/address", "/lines", "/tags")


def test_account__of_drops__keeps_their_reason() -> None:
    """A dropped object covers what is in it, with the reason."""
    found = accounted(
        value("/id", "src.id"), drops=[{"path": "/user", "reason": "no consumer field"}]
    )
    assert {drop.path for drop in found.dropped} == {
        "/user/name", "/user/mail", "/user/address/zip", "/user/address/city",
    }  # fmt: skip
    assert {drop.reason for drop in found.dropped} == {"no consumer field"}
    assert "/user" not in found.unaccounted


def test_account__of_a_copy__counts_declared_fields_only() -> None:
    """`copy` uses what the contract declares; what it leaves out is said or named."""
    found = accounted({"target": "/user", "copy": "src.user", "except": ["/mail"]})
    assert found.used == ("/user/name",)
    assert [drop.path for drop in found.dropped] == ["/user/mail"]
    assert "/user/address" in found.unaccounted


def test_account__of_a_loop__follows_the_items() -> None:
    """Fields of items are used by the rules within, and the rest is named."""
    found = accounted(
        {"target": "/rows", "each": "src.lines", "as": "l", "rules": [value("/sku", "l.sku")]}
    )
    assert found.used == ("/lines/*/sku",)
    assert "/lines/*/price" in found.unaccounted


def test_account__of_a_map__uses_what_its_keys_read() -> None:
    """A key is a use of what it is computed from."""
    source = obj("", l=array(obj("", k=TEXT, v=INT, w=INT)))
    rules = [{"target": "/m", "each": "src.l", "key": "item.k", "value": "item.v"}]
    contract = obj("", m=map_of(INT))
    adapter = make_adapter(rules, source=source, contract=contract)
    found = account(adapter, make_schema(source), Contract("c", make_schema(contract)))
    assert set(found.used) == {"/l/*/k", "/l/*/v"}
    assert found.unaccounted == ("/l/*/w",)


def test_account__of_a_whole_array__uses_its_items() -> None:
    """Reading an array whole uses what is in it."""
    assert "/tags/*" in accounted(value("/tags", "src.tags")).used


def test_account__of_an_identity_copy__leaves_only_what_no_contract_has() -> None:
    """A base copy of everything uses all declared fields."""
    found = accounted({"target": "", "copy": "src"})
    assert found.used == ("/id", "/user/name", "/user/mail", "/tags/*")


def test_account__of_a_scalar_source__names_the_root() -> None:
    """A source that is one value and is not read is itself unaccounted for."""
    contract = obj("", id=INT)
    adapter = make_adapter([value("/id", "1")], source=INT, contract=contract)
    found = account(adapter, make_schema(INT), Contract("c", make_schema(contract)))
    assert found.unaccounted == ("",)


def test_declares__through_items_and_free_objects__follows_the_schema() -> None:
    """Named fields and items are declared, and anything within an object that says nothing."""
    schema = make_schema(
        obj("", rows=array(obj("", a=INT)), free={"type": "object"}, map=map_of(obj("", a=INT)))
    )
    assert declares(schema, "/rows/*/a")
    assert declares(schema, "/free/x/y")
    assert declares(schema, "/map/*/a")
    assert not declares(schema, "/rows/*/b")
    assert not declares(schema, "/map/*/b")
    assert not declares(schema, "/other")
