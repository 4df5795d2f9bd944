"""The help on functions, made from their table: for a terminal, for the docs and for a prompt."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from agent.core.language.absence import Value
from agent.core.language.functions import FUNCTIONS
from agent.core.language.functions.table import Absence, Function, show_parameter
from agent.core.language.printer import print_expression
from agent.core.language.syntax import Literal

_WIDTH: Final = 100
_INDENT: Final = " " * 4

LEGEND: Final = "x= may be left out, x… is any number of them, ? says that it may give missing"
PROPAGATES: Final = "missing in, missing out; null in, null out"
OWN: Final = "handles missing and null itself"
LAZY: Final = "evaluated only as far as taken"

_MARKDOWN_HEAD: Final = f"""\
<!-- Made by `driftmend help functions --markdown`; edit the table in the code, not this page. -->

# Functions

The closed set of functions that an expression of an adapter may call.
In a signature {LEGEND}.
Unless it says otherwise, a function follows one rule: *{PROPAGATES}*.
"""


def prompt_lines() -> str:
    """Return one line per function, as a model is told of them."""
    return "\n".join(f"- {one.signature}: {one.summary}" for one in FUNCTIONS.values())


def list_functions() -> str:
    """Return all functions by group, one paragraph each, for a terminal."""
    parts = [f"In a signature {LEGEND}."]
    for group, functions in _groups():
        parts.append(f"{group}\n" + "\n".join(_paragraph(one) for one in functions))
    parts.append("`driftmend help functions NAME` shows one with an example.")
    return "\n\n".join(parts)


def describe_function(name: str) -> str:
    """Return all that the table knows about one function, for a terminal.

    Raises:
        KeyError: no function has this name.
    """
    one = FUNCTIONS[name]
    lines = [shown_signature(one), *_wrapped(one.summary), ""]
    lines += [f"{_INDENT}absence: {absence_of(one)}"]
    if lazy_arguments(one):
        lines.append(f"{_INDENT}{LAZY}: {', '.join(lazy_arguments(one))}")
    lines += [f"{_INDENT}example: {one.example}", f"{_INDENT}gives:   {result_text(one)}"]
    return "\n".join(lines)


def similar_names(name: str) -> tuple[str, ...]:
    """Return the names of functions that look most like `name`, at most three."""
    return tuple(difflib.get_close_matches(name.lower(), FUNCTIONS, n=3))


def functions_page() -> str:
    """Return the docs page of all functions, in Markdown."""
    parts = [_MARKDOWN_HEAD]
    for group, functions in _groups():
        rows = "\n".join(_markdown_entry(one) for one in functions)
        parts.append(f"## {group.capitalize()}\n\n{rows}")
    return "\n".join(parts)


def shown_signature(one: Function) -> str:
    """Return how a function is called, with `?` where it may give missing by itself."""
    return one.signature + (" ?" if one.gives_missing else "")


def absence_of(one: Function) -> str:
    """Return what a function makes of missing and null."""
    return PROPAGATES if one.absence is Absence.PROPAGATE else OWN


def lazy_arguments(one: Function) -> tuple[str, ...]:
    """Return the arguments of which only what is taken is evaluated."""
    return tuple(show_parameter(item) for item in one.parameters if item.is_lazy or item.is_table)


def result_text(one: Function) -> str:
    """Return the result of a function's example, as the language writes values."""
    return _written(one.result)


def _written(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{_written(key)}: {_written(item)}' for key, item in value.items())}}}"
        )
    return print_expression(Literal(value))


def _groups() -> Iterator[tuple[str, list[Function]]]:
    for group, functions in groupby(FUNCTIONS.values(), key=attrgetter("group")):
        yield group, list(functions)


def _paragraph(one: Function) -> str:
    return "\n".join((f"  {shown_signature(one)}", *_wrapped(one.summary)))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _markdown_entry(one: Function) -> str:
    lines = [f"### `{shown_signature(one)}`", "", one.summary.replace("*", r"\*")]
    if one.absence is Absence.OWN:
        lines[-1] += f" It {OWN}."
    if lazy_arguments(one):
        lines[-1] += (
            f" {LAZY.capitalize()}: {', '.join(f'`{name}`' for name in lazy_arguments(one))}."
        )
    lines += ["", "```python", one.example, f"# gives {result_text(one)}", "```", ""]
    return "\n".join(lines)
