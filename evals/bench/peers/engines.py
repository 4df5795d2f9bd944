"""The peers of the benchmark: engines of other people, each on the mappings that it can say.

None of them checks its payloads. A peer that is not installed is absent; nothing here needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import orjson

from agent.core.values import Json
from evals.bench.baselines import over_bytes
from evals.bench.engines import (
    DATES,
    FLOATS,
    NO_DATES,
    NOT_CHECKING,
    NULLS,
    PYTHON_FUNCTIONS,
    Absent,
    Engine,
)
from evals.bench.peers.glom_specs import make_specs, print_time, to_cents

_FOLDER: Final = Path(__file__).parent
NOT_EXPRESSIBLE: Final = "cannot be said in it: no join by key"


def make_peers(mapping: str) -> Iterator[Engine | Absent]:
    """Yield every peer for one mapping."""
    for name, make in _PEERS.items():
        try:
            engine = make(mapping)
        except ImportError:
            yield Absent(name, "not installed")
            continue
        yield engine if engine is not None else Absent(name, NOT_EXPRESSIBLE)


def _jsonatapy(mapping: str) -> Engine | None:
    jsonatapy: Any = import_module("jsonatapy")
    expression = jsonatapy.compile(_program(mapping, "jsonata"))

    def run(body: bytes) -> bytes:
        output: str = expression.evaluate_json(body.decode())
        return output.encode()

    return Engine("jsonatapy", expression.evaluate, run, remarks=(NOT_CHECKING, FLOATS))


def _jq(mapping: str) -> Engine | None:
    jq: Any = import_module("jq")
    program = jq.compile(_program(mapping, "jq"))

    def run_values(payload: Json) -> Json:
        return program.input_value(payload).first()

    def run(body: bytes) -> bytes:
        output: str = program.input_text(body.decode()).text()
        return output.encode()

    return Engine("jq", run_values, run, remarks=(NOT_CHECKING, FLOATS))


def _jmespath(mapping: str) -> Engine | None:
    jmespath: Any = import_module("jmespath")
    if mapping == "telemetry":
        return None
    expression = jmespath.compile(_program(mapping, "jmespath"))
    options = jmespath.Options(custom_functions=_jmespath_functions())

    def run(payload: Json) -> Json:
        return expression.search(payload, options=options)

    remarks = (NOT_CHECKING, NULLS, PYTHON_FUNCTIONS)
    return Engine("jmespath", run, over_bytes(run), writes_nulls=True, remarks=remarks)


@cache
def _jmespath_functions() -> Any:
    functions: Any = import_module("jmespath.functions")
    words: dict[str, tuple[Callable[..., Json], int]] = {
        "lower": (str.lower, 1),
        "at": (dict.__getitem__, 2),
        "cents": (to_cents, 1),
        "percent": (lambda part: part / 100, 1),
        "times": (lambda left, right: left * right, 2),
        "print_time": (print_time, 1),
    }
    made = functions.Functions()
    made.FUNCTION_TABLE = {
        **made.FUNCTION_TABLE,
        **{
            name: {
                "function": lambda _, *arguments, call=call: call(*arguments),
                "signature": ({"types": []},) * arity,
            }
            for name, (call, arity) in words.items()
        },
    }
    return made


def _glom(mapping: str) -> Engine | None:
    glom: Any = import_module("glom")
    specification = make_specs().get(mapping)
    if specification is None:
        return None
    run = glom.Spec(specification).glom
    remarks = (NOT_CHECKING, PYTHON_FUNCTIONS)
    return Engine("glom", run, over_bytes(run), remarks=remarks)


def _datalogic(mapping: str) -> Engine | None:
    datalogic_py: Any = import_module("datalogic_py")
    if mapping == "telemetry":
        return None
    engine = datalogic_py.Engine(templating=True)
    rule = engine.compile(orjson.loads(_program(mapping, "datalogic.json")))
    session = engine.session()

    def run(body: bytes) -> bytes:
        output: str = session.evaluate_str(rule, body.decode())
        return output.encode()

    return Engine(
        "datalogic-py",
        lambda payload: session.evaluate(rule, payload),
        run,
        writes_nulls=True,
        left_out=DATES,
        remarks=(NOT_CHECKING, NULLS, NO_DATES),
    )


def _program(mapping: str, extension: str) -> str:
    return (_FOLDER / f"{mapping}.{extension}").read_text(encoding="utf-8")


_PEERS: Final[dict[str, Callable[[str], Engine | None]]] = {
    "jsonatapy": _jsonatapy,
    "datalogic-py": _datalogic,
    "jmespath": _jmespath,
    "jq": _jq,
    "glom": _glom,
}
