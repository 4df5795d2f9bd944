"""A witness is believed when two independent validators agree about it."""

from __future__ import annotations

import functools
import re
from typing import Any

from agent.core.contract import payload_validator
from agent.core.schema import Schema
from agent.core.values import Json


def is_witness(document: Json, *, sub: Schema, super: Schema) -> bool:
    """Return whether jsonschema-rs and jsonschema both accept it under SUB and refuse SUPER."""
    return (
        payload_validator(sub).is_met(document)
        and not payload_validator(super).is_met(document)
        and _verdict(sub, document) is True
        and _verdict(super, document) is False
    )


def _verdict(schema: Schema, document: Json) -> bool | None:
    """Return what jsonschema says, or None when it cannot judge."""
    try:
        return bool(_second_validator(schema).is_valid(document))
    except (re.error, RecursionError, OverflowError, ValueError):
        return None


@functools.lru_cache(maxsize=256)
def _second_validator(schema: Schema) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema.document)
