"""The hand-written functions that every engine is measured against: 1.0 is what they take.

They are what a careful programmer would write who trusts the payloads: no checks, no generality,
one pass over every array. They were committed before the compiler and do not change afterwards;
`baselines.js` says the same for Node.js.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import orjson

from agent.core.values import Json

_STATUS_OF_CUSTOMER: Final = {
    "active": "ACTIVE",
    "trial": "TRIAL",
    "suspended": "BLOCKED",
    "closed": "CLOSED",
}
_PLANS: Final = {"free": 0, "plus": 1, "pro": 2, "enterprise": 3}
_STATUS_OF_ORDER: Final = {
    "open": "OPEN",
    "paid": "PAID",
    "shipped": "SENT",
    "void": "CANCELLED",
}


def map_flat(customer: Json) -> Json:
    """Return the account of a customer: 20 fields, none nested."""
    country = customer["country"]
    account = {
        "account_id": customer["id"],
        "full_name": f"{customer['first_name']} {customer['last_name']}",
        "email": customer["email_address"].lower(),
        "company": customer.get("company") or "",
        "street": customer["street"],
        "town": customer["city"],
        "zip": customer["postal_code"],
        "country_code": country,
        "locale": f"{customer['language']}-{country}",
        "status": _STATUS_OF_CUSTOMER[customer["state"]],
        "plan": _PLANS[customer["tier"]],
        "opened_at": _print_time(customer["created"]),
        "balance_cents": round(customer["balance"] * 100),
        "credit_limit": customer["credit_limit"],
        "discount": customer["discount_percent"] / 100,
        "vat_exempt": customer["is_vat_exempt"],
        "marketing_opt_out": not customer["newsletter"],
        "orders": customer["order_count"],
        "lifetime_value": customer["lifetime_value_cents"] / 100,
    }
    if "phone" in customer:
        account["phone"] = customer["phone"]
    return account


def map_orders(order: Json) -> Json:
    """Return the billing document of an order: lines, totals, a block for the address."""
    lines = []
    total_cents = 0
    for item in order["line_items"]:
        quantity = item["qty"]
        if quantity > 0:
            product = item["product"]
            unit_cents = round(item["price"] * 100)
            line_cents = unit_cents * quantity
            total_cents += line_cents
            lines.append(
                {
                    "sku": product["code"],
                    "title": product["title"],
                    "quantity": quantity,
                    "unit_cents": unit_cents,
                    "line_cents": line_cents,
                    "is_gift": item.get("gift", False),
                }
            )
    buyer = order["customer"]
    delivery = order["delivery"]
    meta = order["meta"]
    document = {
        "id": order["order_id"],
        "placed_at": _print_time(order["created"]),
        "status": _STATUS_OF_ORDER[order["state"]],
        "currency": order["currency"],
        "customer": {
            "id": buyer["id"],
            "name": f"{buyer['first_name']} {buyer['last_name']}",
            "email": buyer["email"],
        },
        "lines": lines,
        "line_count": len(lines),
        "total_cents": total_cents,
        "paid_cents": sum([payment["amount_cents"] for payment in order["payments"]]),
        "shipping": delivery["method"],
        "tags": order["tags"],
        "meta": {"channel": meta["channel"]},
    }
    if "campaign" in meta:
        document["meta"]["campaign"] = meta["campaign"]
    if (address := delivery.get("address")) is not None:
        document["ship_to"] = place = {
            "street": address["street"],
            "town": address["city"],
            "zip": address["postal_code"],
            "country": address["country"],
        }
        if "line2" in address:
            place["line2"] = address["line2"]
    if (notes := order.get("notes")) is not None:
        document["notes"] = notes
    return document


def map_telemetry(export: Json) -> Json:
    """Return the dashboard of an export: two joins, two pivots, one unpivot."""
    readings_of = defaultdict(list)
    values_of = defaultdict(list)
    sensors_of = defaultdict(list)
    for reading in export["readings"]:
        sensor_id = reading["sensor_id"]
        metric = reading["metric"]
        readings_of[sensor_id].append(reading)
        values_of[metric].append(reading["value"])
        sensors_of[metric].append(sensor_id)
    site_of = {site["site_id"]: site for site in export["sites"]}
    return {
        "id": export["export_id"],
        "taken_at": export["taken_at"],
        "sensors": [
            _show_sensor(sensor, readings_of.get(sensor["sensor_id"], ()), site_of)
            for sensor in export["sensors"]
            if sensor["is_active"]
        ],
        "metrics": [
            {
                "metric": metric,
                "count": len(values),
                "lowest": min(values),
                "highest": max(values),
                "sensors": sensors_of[metric],
            }
            for metric, values in values_of.items()
        ],
        "contacts": [
            {"site": site["name"], "kind": kind, "address": address}
            for site in export["sites"]
            for kind, address in site["contacts"].items()
        ],
    }


def _show_sensor(sensor: Json, readings: Json, site_of: Json) -> Json:
    values = {}
    samples = 0
    peak = None
    for reading in readings:
        value = values[reading["metric"]] = reading["value"]
        samples += reading["samples"]
        if peak is None or value > peak:
            peak = value
    shown = {
        "id": sensor["sensor_id"],
        "name": sensor["label"],
        "values": values,
        "samples": samples,
    }
    if (site := site_of.get(sensor["site_id"])) is not None:
        shown["site"] = site["name"]
        shown["region"] = site["region"]
    if peak is not None:
        shown["peak"] = peak
    return shown


def _print_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


BASELINES: Final[dict[str, Callable[[Json], Json]]] = {
    "flat": map_flat,
    "orders": map_orders,
    "telemetry": map_telemetry,
}


def over_bytes(function: Callable[[Json], Json]) -> Callable[[bytes], bytes]:
    """Return the function from bytes to bytes, as one would write it with orjson."""
    loads, dumps = orjson.loads, orjson.dumps

    def run(body: bytes) -> bytes:
        return dumps(function(loads(body)))

    return run
