"""`driftmend help`: what the functions of the adapter language do."""

from __future__ import annotations

import argparse

from agent.cli.exits import Exit
from agent.core.language.functions import FUNCTIONS
from agent.core.language.functions.help import (
    describe_function,
    functions_page,
    list_functions,
    similar_names,
)
from agent.errors import NotFound


def run(args: argparse.Namespace) -> Exit:
    """Print the help on all functions or on one, or the docs page."""
    if args.markdown:
        print(functions_page(), end="")
    elif args.name is None:
        print(list_functions())
    elif args.name in FUNCTIONS:
        print(describe_function(args.name))
    else:
        raise _unknown(args.name)
    return Exit.DONE


def _unknown(name: str) -> NotFound:
    near = similar_names(name)
    help = f"did you mean {' or '.join(near)}?" if near else "`driftmend help functions` lists them"
    return NotFound(where="", found=f"no function is called {name!r}", help=help)
