"""Prompts: texts beside this module, read with their fingerprints. Only proposers open them."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """One text with `$places` to fill in. `fingerprint` is `sha256:` of the unfilled text."""

    name: str
    text: str
    fingerprint: str

    def fill(self, **values: str) -> str:
        """Return the text with every place filled; what is filled in is not looked at again.

        Raises:
            KeyError: a place has no value.
        """
        return string.Template(self.text).substitute(values)


def load_prompt(name: str) -> Prompt:
    """Return a prompt by its file name, such as `propose.system.md`.

    Raises:
        FileNotFoundError: there is no such prompt.
    """
    text = (files("prompts") / name).read_text("utf-8")
    return Prompt(name, text, "sha256:" + hashlib.sha256(text.encode()).hexdigest())
