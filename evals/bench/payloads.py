"""Payloads of the benchmark: valid under the mappings' source schemas, the same for a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from agent.core.values import Json

_FIRST_NAMES: Final = ("Ada", "Grace", "Zoë", "Łukasz", "Jean-Luc", "Mina", "Oyelaran", "Søren")
_LAST_NAMES: Final = ("Lovelace", "Hopper", "Nguyễn", "O'Brien", "van Dijk", "García", "Sato")
_STREETS: Final = ("Main Street", "Rue de la Paix", "Hauptstraße", "Calle Mayor", "Nygade")
_CITIES: Final = ("Lyon", "Köln", "Sevilla", "Odense", "Leeds", "Gdańsk")
_COUNTRIES: Final = ("FR", "DE", "ES", "DK", "GB", "PL")
_TITLES: Final = ("Desk lamp, brass", "Notebook A5", "Kettle 1.7 l", "Wool blanket", "USB-C cable")
_METRICS: Final = ("temperature", "humidity", "pressure", "co2", "noise")
_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def make_payloads(mapping: str, *, count: int, seed: int) -> list[Json]:
    """Return `count` payloads of one mapping."""
    chance = Random(f"{mapping}/{seed}")
    return [_MAKERS[mapping](chance) for _ in range(count)]


def _make_customer(chance: Random) -> Json:
    customer: dict[str, Any] = {
        "id": f"cus_{_code(chance, 12)}",
        "first_name": chance.choice(_FIRST_NAMES),
        "last_name": chance.choice(_LAST_NAMES),
        "email_address": f"{chance.choice('ADGJLMOS')}.Smith{_code(chance, 3)}@mail.test",
        **_place(chance),
        "language": chance.choice(("fr", "de", "es", "da", "en", "pl")),
        "state": chance.choice(("active", "trial", "suspended", "closed")),
        "tier": chance.choice(("free", "plus", "pro", "enterprise")),
        "created": chance.randrange(1_000_000_000, 1_800_000_000),
        "balance": chance.randrange(-500_000, 5_000_000) / 100,
        "credit_limit": chance.randrange(0, 50) * 100,
        "discount_percent": chance.choice((0, 5, 7.5, 10, 12.5)),
        "is_vat_exempt": chance.random() < 0.2,
        "newsletter": chance.random() < 0.5,
        "order_count": chance.randrange(0, 400),
        "lifetime_value_cents": chance.randrange(0, 10_000_000),
        "internal_score": round(chance.random(), 4),
        "legacy_ref": f"L-{_code(chance, 8)}",
    }
    if chance.random() < 0.8:
        customer["phone"] = f"+33 {chance.randrange(10**8, 10**9)}"
    if chance.random() < 0.7:
        customer["company"] = chance.choice((None, "Müller & Söhne", "Acme Ltd", ""))
    return customer


def _make_order(chance: Random) -> Json:
    order: dict[str, Any] = {
        "order_id": f"ord_{_code(chance, 10)}",
        "created": chance.randrange(1_000_000_000, 1_800_000_000),
        "state": chance.choice(("open", "paid", "shipped", "void")),
        "currency": chance.choice(("EUR", "DKK", "GBP")),
        "customer": {
            "id": chance.randrange(1, 10**7),
            "first_name": chance.choice(_FIRST_NAMES),
            "last_name": chance.choice(_LAST_NAMES),
            "email": f"buyer{_code(chance, 4)}@mail.test",
        },
        "line_items": [_make_item(chance) for _ in range(chance.randrange(1, 10))],
        "delivery": {"method": chance.choice(("courier", "post", "pickup"))},
        "payments": [
            {"kind": "card", "amount_cents": chance.randrange(100, 90_000), "reference": "r1"}
            for _ in range(chance.randrange(0, 3))
        ],
        "tags": chance.sample(("new", "gift", "express", "b2b"), chance.randrange(0, 3)),
        "meta": {"channel": "web", "debug": {"trace": _code(chance, 16), "hops": [1, 2, 3]}},
        "audit": {"by": "importer", "at": "2024-05-01T10:00:00Z", "batch": chance.randrange(999)},
    }
    if chance.random() < 0.7:
        order["delivery"]["address"] = _place(chance)
        if chance.random() < 0.3:
            order["delivery"]["address"]["line2"] = "Flat 3"
    if chance.random() < 0.5:
        order["notes"] = chance.choice((None, "Leave it at the door", ""))
    if chance.random() < 0.5:
        order["meta"]["campaign"] = "spring"
    return order


def _make_item(chance: Random) -> Json:
    item: dict[str, Any] = {
        "product": {"code": f"P-{_code(chance, 6)}", "title": chance.choice(_TITLES)},
        "qty": chance.choice((0, 1, 1, 1, 2, 3, 12)),
        "price": chance.randrange(50, 50_000) / 100,
        "warehouse": "north-2",
    }
    if chance.random() < 0.3:
        item["gift"] = chance.random() < 0.5
    if chance.random() < 0.5:
        item["product"]["category"] = "home"
    return item


def _make_export(chance: Random) -> Json:
    site_ids = chance.sample(range(1, 1000), 3)
    sensor_ids = [f"s{number:04}" for number in chance.sample(range(10_000), 8)]
    readings = [
        {
            "sensor_id": sensor_id,
            "metric": metric,
            "value": chance.randrange(-500, 9_000) / 10,
            "samples": chance.randrange(1, 60),
            "quality": "good",
        }
        for metric in _METRICS
        for sensor_id in sensor_ids
        if chance.random() < 0.75
    ]
    chance.shuffle(readings)
    return {
        "export_id": f"exp-{chance.randrange(10**6):06}",
        "taken_at": "2024-05-01T10:00:00Z",
        "sites": [_make_site(chance, site_id) for site_id in site_ids],
        "sensors": [_make_sensor(chance, sensor_id, site_ids) for sensor_id in sensor_ids],
        "readings": readings,
        "gateway": {"firmware": "4.2.1", "uptime_s": chance.randrange(10**6)},
    }


def _make_site(chance: Random, site_id: int) -> Json:
    kinds = chance.sample(("phone", "email", "fax"), chance.randrange(0, 4))
    return {
        "site_id": site_id,
        "name": chance.choice(_CITIES),
        "region": chance.choice(("north", "south", "east", "west")),
        "contacts": {kind: f"{kind} {_code(chance, 8)}" for kind in kinds},
    }


def _make_sensor(chance: Random, sensor_id: str, site_ids: list[int]) -> Json:
    return {
        "sensor_id": sensor_id,
        "label": f"Hall {chance.randrange(1, 40)}",
        "site_id": chance.choice((*site_ids, 1000)),
        "is_active": chance.random() < 0.9,
    }


def _place(chance: Random) -> dict[str, Any]:
    return {
        "street": f"{chance.choice(_STREETS)} {chance.randrange(1, 200)}",
        "city": chance.choice(_CITIES),
        "postal_code": str(chance.randrange(10_000, 99_999)),
        "country": chance.choice(_COUNTRIES),
    }


def _code(chance: Random, length: int) -> str:
    return "".join(chance.choices(_LETTERS, k=length))


_MAKERS: Final[dict[str, Callable[[Random], Json]]] = {
    "flat": _make_customer,
    "orders": _make_order,
    "telemetry": _make_export,
}
