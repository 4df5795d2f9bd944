"""Every error of the house: one root, and fields instead of only text.

A "no" is a value (a refuted adapter is a `Verification`); an error means that the question could
not be asked. The message says where, what was found, and what would help.
"""

from __future__ import annotations

from dataclasses import dataclass


class DriftmendError(Exception):
    """Root of all errors that Driftmend raises on purpose.

    `where` names the place (a file, a position, a JSON Pointer), `found` what stood there, and
    `help` what would mend it. Two errors are equal when their types and fields are. One that
    `is_final` comes back however often the same call is made.
    """

    is_final = True

    def __init__(self, *, where: str, found: str, help: str = "") -> None:
        self.where = where
        self.found = found
        self.help = help
        super().__init__(where, found, help)

    def __str__(self) -> str:
        text = f"{self.where}: {self.found}" if self.where else self.found
        return f"{text}; {self.help}" if self.help else text

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == other.args

    def __hash__(self) -> int:
        return hash((type(self), self.args))


class InvalidDocument(DriftmendError):
    """A file or body is not readable JSON or YAML, or breaks an intake limit."""


class InvalidSchema(DriftmendError):
    """A document cannot be read as a schema (no schema, dangling or remote `$ref`, bad keyword)."""


class InvalidAdapter(DriftmendError):
    """An adapter document breaks the adapter language."""


class InvalidExpression(InvalidAdapter):
    """An expression is outside the adapter language. `position` is its 0-based column."""

    def __init__(self, *, where: str, found: str, help: str = "", position: int = 0) -> None:
        super().__init__(where=where, found=found, help=help)
        self.position = position


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a rule out of an export: the rule's pointer, the operation, why, and its target.

    `target` is "" for what stands at no rule, and until somebody looked it up.
    """

    rule: str
    operation: str
    reason: str
    target: str = ""

    def __str__(self) -> str:
        target = f" (target {self.target})" if self.target else ""
        return f"{self.rule or '/'}{target}: {self.operation}: {self.reason}"


class CannotExport(DriftmendError):
    """An adapter cannot be written in another language; `obstacles` say what stands in the way."""

    def __init__(
        self, *, where: str, found: str, help: str = "", obstacles: tuple[Obstacle, ...] = ()
    ) -> None:
        super().__init__(where=where, found=found, help=help)
        self.obstacles = obstacles


class InvalidCase(DriftmendError):
    """A fixture case folder breaks the case format."""


class InvalidSettings(DriftmendError):
    """A setting cannot be used as given."""


class PayloadRefused(DriftmendError):
    """A rule failed on a payload, or the payload does not fit the source schema.

    `target` is the contract path of the failing rule ("" for the whole document), `source` the
    source path with array indexes when known ("/" for the whole payload), `beside` further ones
    where a pair of values does not fit, `operation` the function or operator that failed. What
    could act or hide in a terminal is written out in the message; the paths are as they are.
    """

    def __init__(
        self,
        *,
        found: str,
        target: str = "",
        source: str = "",
        beside: tuple[str, ...] = (),
        operation: str = "",
        help: str = "",
    ) -> None:
        named = " and ".join(_shown_place(place) for place in (source, *beside) if place)
        place = f"target {_shown(target) or '/'}" + (f", source {named}" if named else "")
        reason = _shown(found)
        super().__init__(
            where=place,
            found=f"{_shown(operation)}: {reason}" if operation else reason,
            help=_shown(help),
        )
        self.target = target
        self.source = source
        self.beside = beside
        self.operation = operation
        self.reason = reason


def _shown_place(source: str) -> str:
    return "/ (the whole payload)" if source == "/" else _shown(source)


def _shown(text: str) -> str:
    """Return text of a payload on one line, with all that could act or hide written out."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else f"[U+{ord(character):04X}]" for character in text
    )


class NotFound(DriftmendError):
    """Something that was asked for by name or id does not exist."""


class Conflict(DriftmendError):
    """The move is not legal from the state that the thing is in now."""

    is_final = False


class StoreUnavailable(DriftmendError):
    """The ledger cannot be read or written now (locked, read-only, disk full, no server)."""

    is_final = False


class MemoryUnavailable(DriftmendError):
    """The vector store did not answer; proposing goes on without recall."""


class ModelUnavailable(DriftmendError):
    """The language model's endpoint gave no usable answer; the other proposers go on."""


class AddressInUse(DriftmendError):
    """The port to serve on is taken."""


class ContractBroken(DriftmendError):
    """An adapter's output breaks its contract at run time; it is never served."""
