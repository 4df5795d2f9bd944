"""The keyword under which a contract's schema declares its invariants."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from agent.core.invariants.syntax import Expression, Unreadable, as_run, parse
from agent.core.paths import child
from agent.core.values import Json

KEYWORD = "x-driftmend-invariants"

COUNT_LIMIT = 50
"""Most invariants of one contract."""

MESSAGE_LIMIT = 200
_FORM = 'a CEL expression, or {"expression": …, "message": …}'


@dataclass(frozen=True, slots=True)
class Invariant:
    """One CEL expression, which gives true for every good output; `message` says it in words."""

    expression: str
    message: str
    tree: Expression


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a declared invariant; `at` points below the keyword."""

    at: str
    text: str


def read_declared(value: Json) -> tuple[list[Json], list[Fault]]:
    """Return declared invariants in their full form, and what is wrong with the others."""
    if not isinstance(value, list):
        return [], [Fault("", f"is no list; each item is {_FORM}")]
    if len(value) > COUNT_LIMIT:
        return [], [Fault("", f"lists {len(value)} invariants, more than {COUNT_LIMIT}")]
    good: list[Json] = []
    faults: list[Fault] = []
    for number, item in enumerate(value):
        entry = {"expression": item} if isinstance(item, str) else item
        problem = _problem(entry)
        if problem:
            faults.append(Fault(child("", number), problem))
        else:
            good.append({key: text for key, text in entry.items() if text})
    return good, faults


def _problem(entry: Json) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("expression"), str):
        return f"is not {_FORM}"
    unknown = sorted(entry.keys() - {"expression", "message"})
    if unknown:
        return f"has {unknown[0]!r}, which is not known; write {_FORM}"
    message = entry.get("message", "")
    if not isinstance(message, str) or len(message) > MESSAGE_LIMIT:
        return f"has a message that is no text of at most {MESSAGE_LIMIT} characters"
    return _unreadable(entry["expression"])


def _unreadable(expression: str) -> str:
    """Return why an expression is no CEL that an invariant may be, or ""."""
    try:
        parse(expression)
        _compile(expression)
    except (Unreadable, ValueError) as error:
        lines = str(error).splitlines()
        shown = lines[0] if isinstance(error, Unreadable) else _syntax_error(lines)
        return f"is no invariant: {shown}"
    return ""


def _compile(expression: str) -> None:
    from cel import compile as compile_cel

    compile_cel(expression)
    compile_cel(as_run(expression))


def _syntax_error(lines: list[str]) -> str:
    """Return the library's message without the text that it repeats: `ERROR: <input>:1:4: …`."""
    marked = [line for line in lines if "ERROR: <input>:" in line]
    _, _, text = (marked or lines)[0].rpartition("ERROR: <input>:")
    _, _, rest = text.partition(":")
    column, _, said = rest.partition(": ")
    return f"column {column}: {said}" if said else text


def declared_in(document: Json) -> tuple[Invariant, ...]:
    """Return the invariants of a canonical schema document, in order."""
    entries = document.get(KEYWORD, ()) if isinstance(document, dict) else ()
    return tuple(_invariant(one["expression"], one.get("message", "")) for one in entries)


@functools.lru_cache(maxsize=512)
def _invariant(expression: str, message: str) -> Invariant:
    return Invariant(expression, message, parse(expression))
