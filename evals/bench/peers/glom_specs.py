"""The mappings as glom specifications.

What glom has no word for (arithmetic, dates, tables) is a plain function, as its documentation
does it. A join by key has no word either: there the mapping would be the hand-written function.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

STATUS_OF_CUSTOMER = {
    "active": "ACTIVE",
    "trial": "TRIAL",
    "suspended": "BLOCKED",
    "closed": "CLOSED",
}
PLANS = {"free": 0, "plus": 1, "pro": 2, "enterprise": 3}
STATUS_OF_ORDER = {"open": "OPEN", "paid": "PAID", "shipped": "SENT", "void": "CANCELLED"}


def to_cents(amount: float) -> int:
    """Return an amount in hundredths."""
    return round(amount * 100)


def print_time(seconds: int) -> str:
    """Return a time in UTC as RFC 3339 has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def make_specs() -> dict[str, Any]:
    """Return the specification of every mapping that glom can say.

    Raises:
        ImportError: glom is not installed.
    """
    return {"flat": _flat(), "orders": _orders()}


def _flat() -> Any:
    glom: Any = import_module("glom")
    SKIP, Coalesce, T = glom.SKIP, glom.Coalesce, glom.T  # noqa: N806 - its own names
    return {
        "account_id": "id",
        "full_name": lambda customer: f"{customer['first_name']} {customer['last_name']}",
        "email": T["email_address"].lower(),
        "phone": Coalesce("phone", default=SKIP),
        "company": Coalesce("company", skip=None, default=""),
        "street": "street",
        "town": "city",
        "zip": "postal_code",
        "country_code": "country",
        "locale": lambda customer: f"{customer['language']}-{customer['country']}",
        "status": ("state", STATUS_OF_CUSTOMER.__getitem__),
        "plan": ("tier", PLANS.__getitem__),
        "opened_at": ("created", print_time),
        "balance_cents": ("balance", to_cents),
        "credit_limit": "credit_limit",
        "discount": T["discount_percent"] / 100,
        "vat_exempt": "is_vat_exempt",
        "marketing_opt_out": ("newsletter", lambda is_wanted: not is_wanted),
        "orders": "order_count",
        "lifetime_value": T["lifetime_value_cents"] / 100,
    }


def _orders() -> Any:
    glom: Any = import_module("glom")
    SKIP, Coalesce, S = glom.SKIP, glom.Coalesce, glom.S  # noqa: N806 - its own names
    line = {
        "sku": "product.code",
        "title": "product.title",
        "quantity": "qty",
        "unit_cents": ("price", to_cents),
        "line_cents": lambda item: to_cents(item["price"]) * item["qty"],
        "is_gift": Coalesce("gift", default=False),
    }
    place = {
        "street": "street",
        "line2": Coalesce("line2", default=SKIP),
        "town": "city",
        "zip": "postal_code",
        "country": "country",
    }
    document = {
        "id": "order_id",
        "placed_at": ("created", print_time),
        "status": ("state", STATUS_OF_ORDER.__getitem__),
        "currency": "currency",
        "customer": (
            "customer",
            {"id": "id", "name": lambda c: f"{c['first_name']} {c['last_name']}", "email": "email"},
        ),
        "lines": S.lines,
        "line_count": (S.lines, len),
        "total_cents": (S.lines, ["line_cents"], sum),
        "paid_cents": ("payments", ["amount_cents"], sum),
        "shipping": "delivery.method",
        "ship_to": Coalesce(("delivery.address", place), default=SKIP),
        "tags": "tags",
        "notes": Coalesce("notes", skip=None, default=SKIP),
        "meta": (
            "meta",
            {"channel": "channel", "campaign": Coalesce("campaign", default=SKIP)},
        ),
    }
    sold = [lambda item: item if item["qty"] > 0 else SKIP]
    return (S(lines=glom.Spec(("line_items", sold, [line]))), document)
