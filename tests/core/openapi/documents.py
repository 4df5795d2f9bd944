"""Small OpenAPI documents to compare."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from agent.core.openapi import ApiDiff, compare_apis
from agent.core.openapi.versions import read_api

Edit = Callable[[dict[str, Any]], None]

TEXT: dict[str, Any] = {"type": "string"}


def shop() -> dict[str, Any]:
    """Return a document with two operations that share components."""
    order = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "state": {"type": "string", "enum": ["open", "paid"]},
            "buyer": {"$ref": "#/components/schemas/Buyer"},
        },
        "required": ["id"],
    }
    buyer = {"type": "object", "properties": {"name": TEXT, "mail": TEXT}, "required": ["name"]}
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
    listing = {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
    many = {"application/json": {"schema": listing}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "shop", "version": "1"},
        "paths": {
            "/orders": {
                "get": {
                    "operationId": "listOrders",
                    "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}],
                    "responses": {"200": {"description": "", "content": many}},
                },
                "post": {
                    "operationId": "createOrder",
                    "requestBody": {"content": body},
                    "responses": {"201": {"description": "", "content": body}, "400": {}},
                },
            },
            "/orders/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "get": {"responses": {"200": {"description": "", "content": body}}},
            },
        },
        "components": {"schemas": {"Order": order, "Buyer": buyer}},
    }
    own: dict[str, Any] = json.loads(json.dumps(document))  # no part is shared
    return own


def operation(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """Return one operation of a document."""
    found: dict[str, Any] = document["paths"][path][method]
    return found


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one component schema of a document."""
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def diff(before: Any, after: Any, policy: str = "declared") -> ApiDiff:
    """Return the comparison of two documents."""
    return compare_apis(read_api(before), read_api(after), policy=policy)


def edited(edit: Edit, start: dict[str, Any] | None = None) -> ApiDiff:
    """Return the comparison of the shop with an edited copy of it."""
    before = start or shop()
    after = copy.deepcopy(before)
    edit(after)
    return diff(before, after)
