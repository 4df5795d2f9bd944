"""Adapters as compiled Python: generated once, cached by fingerprint, with the interpreter behind.

A generated function gives the reference interpreter's output or gives up; then the interpreter
itself runs, which either answers after all or names the fault. So nothing is refused here that the
language does not refuse, and what is refused is told in the same words.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, NoReturn

from agent.core.contract import refuse_misfit
from agent.core.language.compiler import decoding, rows
from agent.core.language.compiler.expressions import write_expression
from agent.core.language.compiler.generator import CannotCompile, Generator
from agent.core.language.compiler.renaming import unshadow
from agent.core.language.compiler.runtime import NOT_TAKEN, WORK
from agent.core.language.compiler.source import Node, source_of
from agent.core.language.document import Adapter, adapter_fingerprint
from agent.core.language.interpreter import run as run_reference
from agent.core.schema import Schema, make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema, PayloadRefused

MISFIT = "payload does not fit the source schema"
_MOST_PASSES = 4
_CACHED = 512


class Compiled:
    """One adapter, ready to run. Its two functions are generated when they are first needed."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter

    def run(self, payload: Json) -> Json:
        """Return the output for one payload, which it shares nothing with.

        Raises:
            PayloadRefused: as the reference interpreter says it.
        """
        function = self.of_values
        if function is not None:
            try:
                return function(payload)
            except NOT_TAKEN:
                pass
        return run_reference(self.adapter, payload)

    def run_bytes(self, body: bytes) -> bytes:
        """Return the output for one payload, both as JSON text in UTF-8.

        A payload that is not valid under the source schema is refused. Of a repeated key the last
        counts.

        Raises:
            PayloadRefused: the body is no JSON or does not fit, or a rule failed.
        """
        output = self.fast_bytes(body)
        return self.careful_bytes(body) if output is None else output

    def fast_bytes(self, body: bytes) -> bytes | None:
        """Return the output for a good payload, or None where something is to be looked into."""
        function = self.of_bytes
        if function is None:
            return None
        try:
            return function(body)
        except NOT_TAKEN:
            return None

    def careful_bytes(self, body: bytes) -> bytes:
        """Return the output for one payload, each step by itself so that a fault has a name."""
        import orjson

        payload = read_strictly(body)
        refuse_misfit(
            self.source_schema, payload, operation="payload does not fit the source schema"
        )
        return orjson.dumps(self.run(payload))

    @functools.cached_property
    def source_schema(self) -> Schema:
        """The schema that payloads are valid under."""
        return make_schema(self.adapter.source_schema)

    @functools.cached_property
    def of_values(self) -> Callable[[Json], Json] | None:
        """The generated function over plain values, or None where the interpreter has to do."""
        try:
            return _generate(self.adapter, is_typed=False)
        except (CannotCompile, InvalidSchema, RecursionError):
            return None

    @functools.cached_property
    def of_bytes(self) -> Callable[[bytes], bytes] | None:
        """The generated function from bytes to bytes, or None where there is none over values."""
        try:
            return _generate(self.adapter, is_typed=True)
        except (CannotCompile, InvalidSchema, RecursionError):
            return None


@functools.lru_cache(maxsize=_CACHED)
def _kept(fingerprint: str) -> list[Compiled]:
    """Return where the compiled adapter of a fingerprint is kept; empty at first."""
    del fingerprint
    return []


def compile_adapter(adapter: Adapter) -> Compiled:
    """Return the compiled adapter; the same fingerprint gets the same one."""
    kept = _kept(adapter_fingerprint(adapter))
    if not kept:
        kept.append(Compiled(adapter))
    return kept[0]


def read_strictly(body: bytes) -> Json:
    """Return the JSON value of a body.

    Raises:
        PayloadRefused: it is no JSON text in UTF-8.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PayloadRefused(
            found=str(error) or "text that is not JSON",
            operation="read",
            help="send one JSON value in UTF-8",
        ) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name}, which is no JSON number")


# Generating


def _generate(adapter: Adapter, *, is_typed: bool) -> Callable[[Any], Any]:
    """Return the generated function of an adapter.

    Raises:
        CannotCompile: it has something that is left to the interpreter.
    """
    table, lets = unshadow(adapter)
    source = source_of(adapter.source_schema)
    for _ in range(_MOST_PASSES):
        for node in source.nodes():
            node.reads.clear()
        gen = Generator(source, adapter, lets=lets, write=write_expression, is_typed=is_typed)
        gen.read_source()
        output = rows.write_table(gen, table)
        if not gen.is_stale:
            return _build(gen, source, output)
    raise CannotCompile("uses of the source that do not settle")


def _build(gen: Generator, source: Node, output: str) -> Callable[[Any], Any]:
    head = [f"    w = {WORK}"] if gen.is_metered else []
    objects = gen.code.objects
    if gen.is_typed:
        import msgspec

        objects["decode"] = decoding.make_decoder(source)
        objects["encode"] = msgspec.json.Encoder().encode
        head += ["    if not src.isascii(): src.decode()", "    src = decode(src)"]
        output = f"encode({output})"
    text = "\n".join(["def run(src):", *head, *gen.code.lines, f"    return {output}"])
    exec(compile(text, "<adapter>", "exec"), objects)
    function: Callable[[Any], Any] = objects["run"]
    return function
