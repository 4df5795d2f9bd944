"""A witness is believed when two independent validators agree about it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any, Final

from agent.core.contract import Validator
from agent.core.patterns import translate
from agent.core.schema import Schema
from agent.core.values import Json

_LONGEST: Final = 16
"""Longest text, in characters, that a backtracking engine is asked about: it may double its steps
with every character."""


class Witnesses:
    """Tests documents that should be valid under SUB only, by jsonschema-rs and by jsonschema."""

    def __init__(self, sub: Schema, super: Schema, *, asserts_formats: bool) -> None:
        self._firsts = [Validator(one, asserts_formats=asserts_formats) for one in (sub, super)]
        self._seconds = [_second(one, asserts_formats) for one in (sub, super)]

    def confirm(self, document: Json) -> bool:
        """Return whether both validators accept it under SUB and refuse it under SUPER."""
        if [one.is_met(document) for one in self._firsts] != [True, False]:
            return False
        try:
            return [one.is_valid(document) for one in self._seconds] == [True, False]
        except (re.error, RecursionError, OverflowError, ValueError):
            return False  # the second one cannot judge it


def _second(schema: Schema, asserts_formats: bool) -> Any:
    from jsonschema import Draft202012Validator

    checker = Draft202012Validator.FORMAT_CHECKER if asserts_formats else None
    return _linear_validator()(schema.document, format_checker=checker)


@functools.lru_cache(maxsize=1)
def _linear_validator() -> Any:
    """Return jsonschema's validator with patterns run on RE2: Python's own can take for ever."""
    from jsonschema import Draft202012Validator, validators

    extended: Any = validators.extend
    return extended(Draft202012Validator, {"pattern": _pattern})


def _pattern(_: Any, pattern: str, text: Json, __: Any) -> Iterator[Exception]:
    from jsonschema import ValidationError

    if isinstance(text, str) and not _search(pattern, text):
        yield ValidationError("no match")


def _search(pattern: str, text: str) -> bool:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return bool(re2.compile(translate(pattern), options).search(text))
    except re2.error as error:
        if len(text) > _LONGEST:
            raise ValueError("too long for a backtracking engine") from error
    return bool(re.search(pattern, text))
