"""What an export is: an adapter written in another language, and where that one falls short."""

from __future__ import annotations

import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exported:
    """An adapter as `text` of another language.

    `unfaithful` says, rule by rule, where the other language may give another value than the
    reference; an export without any is exact or refuses. No export bounds work as the reference
    does: the platform that runs it does.
    """

    text: str
    unfaithful: tuple[str, ...] = ()


class Checked(enum.StrEnum):
    """Whether an export was held against the reference on this machine."""

    AGREES = "agrees"
    """On no payload did its engine give another output, but for what the export is marked for."""
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """An export, whether it was checked, and in words in what engine and how, or why not."""

    language: str
    exported: Exported
    checked: Checked
    detail: str
