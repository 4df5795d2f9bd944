"""Whether a compiled adapter does what the reference interpreter does, on payloads of all kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import orjson

from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.schema import make_schema
from agent.core.values import Json, canonical_text, same_value
from agent.core.verify.generate import payloads
from agent.errors import DriftmendError, PayloadRefused
from evals.bench.own import Compiled

GENERATED = 300
"""Payloads at the bounds of the source schema, then random ones."""


def differences(compiled: Compiled, adapter: Adapter, *, seed: int) -> Iterator[str]:
    """Yield where a compiled adapter and the reference part, by values and by bytes.

    Both must give the same output or both refuse. Whether 1 and 1.0 are told apart is left open
    for bytes, because a whole number may be written as either.
    """
    schema = make_schema(adapter.source_schema)
    for number, payload in enumerate(payloads(schema, seed=seed, limit=GENERATED)):
        for name, variant in (("", payload), (" with floats", _with_floats(payload))):
            expected = _outcome(lambda item: run(adapter, item), variant)
            if not _is_same(expected, _outcome(compiled.run, variant)):
                yield f"generated payload {number}{name}, by values"
            body = _dump(variant)
            by_bytes = _outcome(lambda item: orjson.loads(compiled.run_bytes(item)), body)
            # Entries come in the order that the text has them in.
            expected = _outcome(lambda item: run(adapter, item), json.loads(body))
            if not same_value(expected, by_bytes):
                yield f"generated payload {number}{name}, by bytes"


def _is_same(left: Json, right: Json) -> bool:
    return canonical_text(left) == canonical_text(right)


def _outcome(function: Callable[[Json], Json], payload: Json) -> Json:
    """Return the output in a list of one, or the text of what is refused."""
    try:
        return [function(payload)]
    except PayloadRefused:
        return "refused"
    except DriftmendError as error:
        return type(error).__name__


def _dump(payload: Json) -> bytes:
    return canonical_text(payload).encode("utf-8", "surrogatepass")


def _with_floats(value: Json) -> Json:
    """Return a value with every whole number written as a float: as valid as the value is."""
    match value:
        case bool():
            return value
        case int() if abs(value) < 2**53:
            return float(value)
        case dict():
            return {key: _with_floats(item) for key, item in value.items()}
        case list():
            return [_with_floats(item) for item in value]
        case _:
            return value
