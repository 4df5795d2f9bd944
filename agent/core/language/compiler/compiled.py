"""Adapters as compiled Python: generated once, cached by fingerprint, with the interpreter behind.

A generated function gives the reference interpreter's output or gives up; then the interpreter
itself runs, which either answers after all or names the fault. So nothing is refused here that the
language does not refuse, and what is refused is told in the same words.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from agent.core.contract import refuse_misfit
from agent.core.language.compiler import decoding, rows
from agent.core.language.compiler.code import CannotCompile, Origin
from agent.core.language.compiler.expressions import write_expression
from agent.core.language.compiler.faults import GENERATED, picks_of
from agent.core.language.compiler.generator import Generator
from agent.core.language.compiler.guards import guard
from agent.core.language.compiler.renaming import unshadow
from agent.core.language.compiler.runtime import NOT_TAKEN, WORK
from agent.core.language.compiler.source import Node, source_of
from agent.core.language.document import Adapter, adapter_fingerprint
from agent.core.language.interpreter import fields_read, refusal_at
from agent.core.language.interpreter import run as run_reference
from agent.core.language.rows import Pick
from agent.core.schema import Schema, make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema, PayloadRefused

MISFIT = "payload does not fit the source schema"
WRONG_CODE = "generated code that is no Python"
_MOST_PASSES = 4
_CACHED = 512


class Compiled:
    """One adapter, ready to run. Its two functions are generated when they are first needed."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self._fields: dict[int, frozenset[str] | None] = {}

    def run(self, payload: Json, *, is_brief: bool = False) -> Json:
        """Return the output for one payload, which it shares nothing with.

        With `is_brief` a refusal may leave out where in the payload the fault is: finding that
        costs more than all the rest.

        Raises:
            PayloadRefused: as the reference interpreter says it.
        """
        try:
            return self.of_values(payload)
        except NOT_TAKEN as error:
            return self._interpret(payload, self.of_values.picks(error), is_brief=is_brief)

    def run_bytes(self, body: bytes) -> bytes:
        """Return the output for one payload, both as JSON text in UTF-8.

        A payload that is not valid under the source schema is refused. Of a repeated key the last
        counts.

        Raises:
            PayloadRefused: the body is no JSON or does not fit, or a rule failed.
        """
        import orjson

        try:
            output: bytes = self.of_bytes(body)
            return output
        except NOT_TAKEN as error:
            picks = self.of_bytes.picks(error)
        payload = read_strictly(body)
        refuse_misfit(self.source_schema, payload, operation=MISFIT)
        return orjson.dumps(self._interpret(payload, picks))

    def fast_bytes(self, body: bytes) -> bytes | None:
        """Return the output for a good payload, or None where something is to be looked into."""
        try:
            output: bytes = self.of_bytes(body)
        except NOT_TAKEN:
            return None
        return output

    def _interpret(self, payload: Json, picks: tuple[Pick, ...], *, is_brief: bool = False) -> Json:
        """Return the interpreter's output, looking at the rows first that the fast path gave up in.

        Naming the fault of one row costs a small part of a whole run.
        """
        if picks:
            number = picks[0].row
            if number not in self._fields:
                self._fields[number] = fields_read(self.adapter, number)
            refusal = refusal_at(
                self.adapter, payload, picks, fields=self._fields[number], is_brief=is_brief
            )
            if refusal is not None:
                raise refusal
        return run_reference(self.adapter, payload)

    @functools.cached_property
    def source_schema(self) -> Schema:
        """The schema that payloads are valid under."""
        return make_schema(self.adapter.source_schema)

    @functools.cached_property
    def of_values(self) -> Generated:
        """The generated function over plain values."""
        return self._generated(is_typed=False)

    @functools.cached_property
    def of_bytes(self) -> Generated:
        """The generated function from bytes to bytes."""
        return self._generated(is_typed=True)

    def _generated(self, *, is_typed: bool) -> Generated:
        try:
            return _generate(self.adapter, is_typed=is_typed)
        except (CannotCompile, InvalidSchema, RecursionError) as error:
            return Generated(_give_up, reason=str(error))
        except (SyntaxError, UnicodeEncodeError) as error:
            # A fault of the compiler: slow, and told by the tests, but nothing is refused for it.
            return Generated(_give_up, reason=f"{WRONG_CODE}: {error}")


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


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated function, or one that always gives up for a `reason`.

    `origins` tell for its lines from `first_line` on which rows they were written for.
    """

    function: Callable[[Any], Any]
    origins: tuple[Origin, ...] = ()
    first_line: int = 0
    reason: str = ""

    def __call__(self, given: Any) -> Any:
        """Return the output, or fail with an exception of `NOT_TAKEN`."""
        return self.function(given)

    def picks(self, error: Exception) -> tuple[Pick, ...]:
        """Return the rows and items in which the function gave up, outermost first."""
        return picks_of(error.__traceback__, self.origins, first_line=self.first_line)


def _give_up(_: Any) -> NoReturn:
    raise ValueError


def _generate(adapter: Adapter, *, is_typed: bool) -> Generated:
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
        guard(gen, gen.names["src"], is_within_plain=not is_typed)
        output = rows.write_table(gen, table)
        if not gen.is_stale:
            return _build(gen, source, output)
    raise CannotCompile("uses of the source that do not settle")


def _build(gen: Generator, source: Node, output: str) -> Generated:
    head = [f"    w = {WORK}"] if gen.is_metered else []
    objects = gen.code.objects
    if gen.is_typed:
        import msgspec

        objects["decode"] = decoding.make_decoder(source)
        objects["encode"] = msgspec.json.Encoder().encode
        head += ["    if not src.isascii(): src.decode()", "    src = decode(src)"]
        output = f"encode({output})"
    text = "\n".join(["def run(src):", *head, *gen.code.lines, f"    return {output}"])
    exec(compile(text, GENERATED, "exec"), objects)
    return Generated(objects["run"], tuple(gen.code.origins), 2 + len(head))
