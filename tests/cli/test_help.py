"""`driftmend help functions`: the functions of the language on a terminal."""

from __future__ import annotations

from collections.abc import Callable

from agent.core.language.functions.help import functions_page, list_functions
from tests.cli.running import Ran, assert_refused

Driftmend = Callable[..., Ran]


def test_help__on_functions__lists_them(driftmend: Driftmend) -> None:
    """Without a name all functions are listed; `--markdown` prints the docs page."""
    assert driftmend("help", "functions").out == list_functions() + "\n"
    assert driftmend("help", "functions", "--markdown").out == functions_page()


def test_help__on_one_function__shows_it(driftmend: Driftmend) -> None:
    """With a name, that function is shown with its example."""
    ran = driftmend("help", "functions", "scale")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("scale(x, n)\n")
    assert "example: [scale(19.99, 2)" in ran.out


def test_help__on_an_unknown_function__says_which_are_like_it(driftmend: Driftmend) -> None:
    """A function that does not exist exits 2 and names those that look like it."""
    ran = driftmend("help", "functions", "lokup")
    assert_refused(ran, code=2)
    assert "did you mean lookup" in ran.err
    assert_refused(driftmend("help", "functions", "\x1b[2Jqqq"), code=2)


def test_help__on_anything_else__is_unusable(driftmend: Driftmend) -> None:
    """Functions are the one topic there is."""
    assert driftmend("help", "weather").code == 2
