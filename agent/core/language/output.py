"""The output of one block while its rows run: a whole, or fields of objects."""

from __future__ import annotations

from typing import Any

from agent.core.language.absence import MISSING, Instant, Missing, OperationFailed, Table, Value
from agent.core.language.bounds import MAX_DEPTH, Budget, require_scalar
from agent.core.language.functions.operands import describe
from agent.core.paths import join, key_of
from agent.core.values import Json


class Output:
    """What the rows of a document or an item have written so far.

    `base` is where that lies in the whole output: parsed tokens of keys, and indexes of items.
    """

    def __init__(self, budget: Budget, *, base: tuple[str | int, ...] = ()) -> None:
        self.base = base
        self._budget = budget
        self._whole: Value = MISSING

    def take(self) -> Json:
        """Return what was written; nothing written is an empty object."""
        return {} if self._whole is MISSING else self._whole

    def write(self, tokens: tuple[str, ...], value: Value) -> None:
        """Write a value at a target; a missing one deletes what was written there."""
        if value is MISSING:
            self._delete(tokens)
            return
        room = MAX_DEPTH - len(tokens) - len(self.base)
        if room < 0:
            raise OperationFailed(f"a target more than {MAX_DEPTH} deep")
        emitted = self._emit(value, room)
        if tokens:
            self._parent(tokens)[key_of(tokens[-1])] = emitted
        else:
            self._whole = emitted

    def place(self, tokens: tuple[str, ...], items: list[Json] | dict[str, Json]) -> None:
        """Put an array or a map of finished items at a target."""
        self._budget.spend_output(1)
        if tokens:
            self._parent(tokens)[key_of(tokens[-1])] = items
        else:
            self._whole = items

    def open_object(self, tokens: tuple[str, ...]) -> None:
        """Make sure that an object stands at a target."""
        self._parent((*tokens, ""))

    def target_of(self, tokens: tuple[str, ...]) -> str:
        """Return the pointer of a target, from the root of the whole output."""
        return join(tuple(str(token) for token in (*self.base, *tokens)))

    def _parent(self, tokens: tuple[str, ...]) -> dict[str, Any]:
        """Return the object that holds the last token, made where nothing or null stands."""
        if self._whole is MISSING or self._whole is None:
            self._budget.spend_output(1)
            self._whole = {}
        node = self._whole
        for depth, token in enumerate(tokens[:-1]):
            self._require_object(node, tokens[:depth])
            key = key_of(token)
            if node.get(key) is None:
                self._budget.spend_output(2 + len(key))
                node[key] = {}
            node = node[key]
        self._require_object(node, tokens[:-1])
        parent: dict[str, Any] = node
        return parent

    def _delete(self, tokens: tuple[str, ...]) -> None:
        if not tokens:
            self._whole = MISSING
            return
        node = self._whole
        for token in tokens[:-1]:
            node = node.get(key_of(token)) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node.pop(key_of(tokens[-1]), None)

    def _emit(self, value: Value, room: int) -> Json:
        """Return a copy of a value that shares nothing with it, or fail when it is no JSON.

        One frame per level: a payload of the deepest kind must fit Python's stack.
        """
        if not isinstance(value, (list, dict)):
            return self._emit_scalar(value)
        if room <= 0:
            raise OperationFailed(f"an output nested more than {MAX_DEPTH} deep")
        self._budget.spend()
        self._budget.spend_output(1)
        if isinstance(value, list):
            items = []
            for item in value:
                items.append(self._emit(item, room - 1))
            return items
        fields = {}
        for key, item in value.items():
            require_scalar(key)
            self._budget.spend_output(len(key))
            fields[key] = self._emit(item, room - 1)
        return fields

    def _emit_scalar(self, value: Value) -> Json:
        match value:
            case Instant():
                raise OperationFailed(
                    "a date", "write iso_date(d), iso_datetime(d) or to_epoch(d)", culprits=(value,)
                )
            case Table():
                raise _no_object(value)
            case Missing():
                raise OperationFailed("a missing value within a value")
            case _:
                require_scalar(value)
                length = len(value) if isinstance(value, str) else 0
                self._budget.spend_on(value, is_deep=False)
                self._budget.spend()
                self._budget.spend_output(1 + length)
                return value

    def _require_object(self, node: Json, tokens: tuple[str, ...]) -> None:
        if not isinstance(node, dict):
            raise OperationFailed(
                f"{describe(node)} at {self.target_of(tokens) or 'the root'}, "
                "where a field is to be written",
                "targets make objects only; write the whole by one row",
            )


def _no_object(table: Table) -> OperationFailed:
    """Return the failure of a table where an object is written; it shows a key that is no text."""
    keys = [key for key in list(table.keys()) if not isinstance(key, str)][:1]
    if not keys:
        return OperationFailed("a table", "read it with at(table, key)")
    return OperationFailed(
        f"a table with {describe(keys[0])} as a key",
        "an object has texts as keys: write text(x) there, or read the table with at(table, key)",
        culprits=tuple(keys),
    )
