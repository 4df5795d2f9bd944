"""What the language knows about each of its functions: one frozen record per function.

How the interpreter calls one (`Function.call`):

1. Every argument finds its `Parameter`: by position (`Function.parameter_at`) or by name
   (`Function.parameter_named`); `Function.problem` says whether a call fits, without values.
2. An argument of a parameter that `is_lazy` is passed as a zero-argument function and not
   evaluated. An argument of one that `is_table` and that is written as an object display is passed
   as `Table(entries, is_lazy=True)`: its keys evaluated (any scalar, null too), its values
   zero-argument functions. Every other argument is evaluated.
3. With `Absence.PROPAGATE`, if an evaluated argument (positional or named) is `MISSING`, the result
   is `MISSING`; else if one is null, the result is null. With `Absence.OWN`, the function decides.
4. `call(*positional, **named)`; failures are `OperationFailed`.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.core.language.absence import Value

_POSITIONAL = inspect.Parameter.POSITIONAL_ONLY
_VARIADIC = inspect.Parameter.VAR_POSITIONAL
_NAMED = inspect.Parameter.KEYWORD_ONLY


class Absence(enum.Enum):
    """Who handles missing and null operands: the interpreter, or the function itself."""

    PROPAGATE = "propagate"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. A variadic one takes all further positional arguments, possibly none."""

    name: str
    is_required: bool = True
    is_variadic: bool = False
    is_positional_only: bool = False
    is_keyword_only: bool = False
    is_lazy: bool = False
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the closed set. `example` is an expression without reads, `result` its value.

    `gives_missing` says that it may give missing even when no operand is missing or null.
    """

    name: str
    group: str
    signature: str
    summary: str
    example: str
    result: Value
    parameters: tuple[Parameter, ...]
    call: Callable[..., Value]
    absence: Absence = Absence.PROPAGATE
    gives_missing: bool = False

    @property
    def is_lazy(self) -> bool:
        """Return whether some argument is passed unevaluated."""
        return any(parameter.is_lazy or parameter.is_table for parameter in self.parameters)

    @property
    def is_variadic(self) -> bool:
        """Return whether it takes any number of positional arguments."""
        return any(parameter.is_variadic for parameter in self.parameters)

    @property
    def keyword_only(self) -> frozenset[str]:
        """Return the names of the parameters that can be given by name only."""
        return frozenset(item.name for item in self.parameters if item.is_keyword_only)

    def parameter_at(self, position: int) -> Parameter | None:
        """Return the parameter of the positional argument at `position`, from 0."""
        for index, parameter in enumerate(self.parameters):
            if parameter.is_keyword_only:
                return None
            if parameter.is_variadic or index == position:
                return parameter
        return None

    def parameter_named(self, name: str) -> Parameter | None:
        """Return the parameter that can be given as `name=`."""
        for parameter in self.parameters:
            is_open = not (parameter.is_variadic or parameter.is_positional_only)
            if is_open and parameter.name == name:
                return parameter
        return None

    def problem(self, positional: int, named: Sequence[str]) -> str:
        """Return why a call with these arguments does not fit, or "" when it does."""
        taken = {self.parameter_at(position) for position in range(positional)}
        if None in taken:
            return f"too many arguments ({positional})"
        for index, name in enumerate(named):
            parameter = self.parameter_named(name)
            if parameter is None:
                return f"no argument {name!r}"
            if parameter in taken or name in named[:index]:
                return f"argument {name!r} is given twice"
        for parameter in self.parameters:
            if parameter.is_required and parameter not in taken and parameter.name not in named:
                return f"argument {parameter.name!r} is not given"
        return ""


def make_function(
    call: Callable[..., Value],
    *,
    group: str,
    name: str,
    summary: str,
    example: str,
    result: Value,
    absence: Absence = Absence.PROPAGATE,
    lazy: Sequence[str] = (),
    table: Sequence[str] = (),
    gives_missing: bool = False,
) -> Function:
    """Return the record of `call`, with the parameters of its Python signature."""
    parameters = tuple(
        _make_parameter(item, lazy, table) for item in inspect.signature(call).parameters.values()
    )
    shown = ", ".join(show_parameter(parameter) for parameter in parameters)
    return Function(
        name=name,
        group=group,
        signature=f"{name}({shown})",
        summary=summary,
        example=example,
        result=result,
        parameters=parameters,
        call=call,
        absence=absence,
        gives_missing=gives_missing,
    )


def _make_parameter(
    item: inspect.Parameter, lazy: Sequence[str], table: Sequence[str]
) -> Parameter:
    return Parameter(
        name=item.name,
        is_required=item.default is inspect.Parameter.empty and item.kind is not _VARIADIC,
        is_variadic=item.kind is _VARIADIC,
        is_positional_only=item.kind is _POSITIONAL,
        is_keyword_only=item.kind is _NAMED,
        is_lazy=item.name in lazy,
        is_table=item.name in table,
    )


def show_parameter(parameter: Parameter) -> str:
    """Return a parameter as signatures show it: `x`, `x=` may be left out, `x…` is any number."""
    if parameter.is_variadic:
        return f"{parameter.name}…"
    return parameter.name if parameter.is_required else f"{parameter.name}="
