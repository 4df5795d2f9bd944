"""The `driftmend` command: arguments in, one exit code out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from agent.cli.exits import Exit, exit_for
from agent.cli.later import LATER, not_yet
from agent.cli.options import (
    port_number,
    positive_count,
    positive_number,
    proposal_states,
    some_text,
)
from agent.cli.output import complain, drop_output, prepare_streams, print_json
from agent.errors import DriftmendError

VERSION = "0.1.0"

INTERRUPTED = 130
READER_GONE = 141
"""As for a program that SIGPIPE ended: an answer that nobody read to its end is not clean."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (DESIGN, section 8)."""
    prepare_streams()
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] and given[0] in LATER and not {"-h", "--help"} & set(given):
        return int(not_yet(f"driftmend {given[0]}", LATER[given[0]]))
    args = build_parser().parse_args(given)
    try:
        code = import_module(f"agent.cli.{args.module}").run(args)
        sys.stdout.flush()
    except DriftmendError as error:
        return int(_refuse(args, error))
    except BrokenPipeError:
        drop_output()
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        drop_output()
        complain(f"{error.filename or 'standard output'}: {error.strerror or error}")
        return int(Exit.UNKNOWN)
    except Exception as error:  # noqa: BLE001 - a traceback would exit with 1, which means "no"
        return int(_fault(error))
    return int(code)


def _refuse(args: argparse.Namespace, error: DriftmendError) -> Exit:
    """Say what ended the command; with `--json` on standard output too, unless it is unusable."""
    code = exit_for(error)
    complain(str(error))
    wants_json = getattr(args, "json", False) or getattr(args, "format", "") == "json"
    if wants_json and code is not Exit.UNUSABLE:
        told = {"where": error.where, "found": error.found, "help": error.help}
        print_json({"error": {**told, "message": str(error)}})
    return code


def _fault(error: Exception) -> Exit:
    """Say that Driftmend itself has a fault; `python -X dev` shows where."""
    if sys.flags.dev_mode:
        raise error
    complain(
        f"a fault in driftmend itself: {type(error).__name__}: {error}; please report it with "
        "the traceback that `python -X dev -m agent.cli.main` shows"
    )
    return Exit.UNKNOWN


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = argparse.ArgumentParser(
        prog="driftmend",
        description="Notice that a source changed shape, propose adapters, verify and serve them.",
        epilog="exit codes: 0 done or yes, 1 no, 2 unusable call or input, 3 could not be "
        "evaluated, 4 a person must decide",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"driftmend {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_proposing(commands)
    _add_adapter_commands(commands)
    _add_export(commands)
    _add_diff(commands)
    _add_includes(commands)
    _add_eval(commands)
    _add_ledger_commands(commands)
    _add_service_commands(commands)
    _add_help(commands)
    for name, what in LATER.items():
        _add(commands, name, f"{what}: comes with a later release")
    return parser


Commands = argparse._SubParsersAction  # the type that argparse gives no public name


def _add(
    commands: Commands[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    """Return the parser of a command. Flags are written out, so that a new one breaks no script."""
    return commands.add_parser(name, help=help, description=help, allow_abbrev=False)


def _add_proposing(commands: Commands[argparse.ArgumentParser]) -> None:
    propose = _add(
        commands, "propose", "propose and verify an adapter per consumer for a changed source"
    )
    propose.add_argument("--case", metavar="CASE_DIR", help="a fixture case, in place of the rest")
    propose.add_argument("--after", metavar="NEW", help="new schema: FILE or FILE#/pointer")
    propose.add_argument("--before", metavar="OLD", help="old schema: FILE or FILE#/pointer")
    propose.add_argument("--contract", nargs="+", action="extend", default=[], metavar="NAME=FILE")
    propose.add_argument(
        "--in-force", nargs="+", action="extend", default=[], metavar="NAME=ADAPTER.json"
    )
    propose.add_argument("--samples", metavar="DIR_OR_NDJSON")
    propose.add_argument("--out", metavar="DIR", help="write adapters and verifications there")
    propose.add_argument("--json", action="store_true")
    propose.add_argument("--model", choices=("off", "auto"), default="auto")
    propose.set_defaults(module="propose")


def _add_adapter_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    apply = _add(commands, "apply", "run an adapter over payloads, NDJSON in and out")
    apply.add_argument("adapter", metavar="ADAPTER.json")
    apply.add_argument("payloads", metavar="FILE", nargs="?", default="-")
    apply.add_argument("--items", action="store_true", help="a root array is many payloads")
    apply.add_argument("--errors", choices=("stderr", "inline"), default="stderr")
    apply.set_defaults(module="apply")

    explain = _add(commands, "explain", "which reads and rules made a target")
    explain.add_argument("adapter", metavar="ADAPTER.json")
    explain.add_argument("payload", metavar="PAYLOAD.json")
    explain.add_argument("target", metavar="/target")
    explain.set_defaults(module="explain")

    verify = _add(commands, "verify", "verify an adapter against schema and contract")
    verify.add_argument("adapter", metavar="ADAPTER.json")
    verify.add_argument("--schema", metavar="FILE", help="in place of the embedded source schema")
    verify.add_argument("--contract", metavar="FILE", help="in place of the embedded contract")
    verify.add_argument("--samples", metavar="DIR_OR_NDJSON")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(module="verify")


def _add_export(commands: Commands[argparse.ArgumentParser]) -> None:
    export = _add(commands, "export", "write an adapter in another language, and check it there")
    export.add_argument("adapter", metavar="ADAPTER.json")
    export.add_argument("--to", choices=("jq", "jsonata", "javascript", "duckdb"), required=True)
    export.set_defaults(module="export")


def _add_diff(commands: Commands[argparse.ArgumentParser]) -> None:
    diff = _add(commands, "diff", "what changed between two schema versions")
    diff.add_argument("before", metavar="BEFORE", nargs="?")
    diff.add_argument("after", metavar="AFTER", nargs="?")
    diff.add_argument(
        "--direction",
        choices=("response", "request", "event"),
        default="response",
        help="of two schemas (default response); payloads of OpenAPI documents have their own",
    )
    diff.add_argument("--policy", choices=("declared", "strict"), default="declared")
    diff.add_argument(
        "--format",
        choices=("text", "json", "markdown", "sarif", "junit", "github"),
        default="text",
    )
    diff.add_argument("--json", action="store_const", const="json", dest="format")
    diff.add_argument("--fail-on", choices=("breaking",))
    diff.add_argument("--batch", metavar="FILE|-", help="NDJSON of pairs in, NDJSON out")
    diff.set_defaults(module="diff")


def _add_includes(commands: Commands[argparse.ArgumentParser]) -> None:
    includes = _add(commands, "includes", "is every document valid under SUB valid under SUPER?")
    includes.add_argument("super", metavar="SUPER.json", nargs="?")
    includes.add_argument("sub", metavar="SUB.json", nargs="?")
    includes.add_argument(
        "--batch", metavar="FILE|-", help='NDJSON of {"id", "s": SUB, "c": SUPER}'
    )
    includes.add_argument(
        "--formats", action="store_true", help="assert `format`, which is an annotation otherwise"
    )
    includes.add_argument("--json", action="store_true")
    includes.set_defaults(module="includes")


def _add_eval(commands: Commands[argparse.ArgumentParser]) -> None:
    evaluate = _add(commands, "eval", "score fixture suites")
    evaluate.add_argument("folders", metavar="DIR", nargs="+")
    evaluate.add_argument("--model", choices=("off", "auto"), default="off")
    evaluate.add_argument("--unpaired", action="store_true", help="take all expected outputs away")
    evaluate.add_argument("--memory", choices=("off", "on"), default="off")
    evaluate.add_argument("--timeout", type=positive_number, default=60.0, metavar="SECONDS")
    evaluate.add_argument("--jobs", type=positive_count, default=0, metavar="N")
    evaluate.add_argument("--json", action="store_true")
    evaluate.add_argument("--report", metavar="DIR", help="write report.json and report.html there")
    evaluate.add_argument("--baseline", metavar="FILE", help="fail when worse than this report")
    evaluate.set_defaults(module="eval")


def _add_ledger_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    listing = _add(commands, "proposals", "list the proposals in the ledger")
    listing.add_argument("--state", choices=proposal_states())
    listing.set_defaults(module="ledger", act="list")
    show = _add(commands, "show", "show one proposal")
    show.add_argument("id", metavar="ID", type=some_text)
    show.set_defaults(module="ledger", act="show")
    for act in ("approve", "reject"):
        decide = _add(commands, act, f"{act} a proposal")
        decide.add_argument("id", metavar="ID", type=some_text)
        decide.add_argument("--as", dest="by", required=True, metavar="NAME", type=some_text)
        decide.add_argument("--reason", required=True, metavar="TEXT", type=some_text)
        decide.set_defaults(module="ledger", act=act)
        _add_data_dir(decide)
        decide.add_argument("--json", action="store_true")
    for command in (listing, show):
        _add_data_dir(command)
        command.add_argument("--json", action="store_true")


def _add_service_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    serve = _add(commands, "serve", "serve the HTTP API and the review page")
    serve.add_argument("--host", type=some_text, help="a loopback address (default 127.0.0.1)")
    serve.add_argument("--port", type=port_number, help="default 8321; 0 picks a free one")
    _add_data_dir(serve)
    serve.set_defaults(module="serve")
    demo = _add(commands, "demo", "tell the whole story once, on a real API change")
    demo.add_argument("--keep", action="store_true", help="keep the service running at the end")
    demo.set_defaults(module="demo")
    doctor = _add(commands, "doctor", "check that every part works")
    doctor.add_argument(
        "--rebuild-memory", action="store_true", help="make it anew from the ledger"
    )
    doctor.add_argument("--json", action="store_true")
    _add_data_dir(doctor)
    doctor.set_defaults(module="doctor")


def _add_help(commands: Commands[argparse.ArgumentParser]) -> None:
    help = _add(commands, "help", "explain a part of Driftmend at length")
    help.add_argument("topic", metavar="functions", choices=("functions",))
    help.add_argument("name", metavar="NAME", nargs="?", help="one function")
    help.add_argument("--markdown", action="store_true", help="the page for the docs")
    help.set_defaults(module="help")


def _add_data_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data-dir", metavar="DIR", type=some_text, help="where the ledger and memory are"
    )


if __name__ == "__main__":
    sys.exit(main())
