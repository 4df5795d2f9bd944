"""The `driftmend` command: arguments in, one exit code out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from agent.cli.exits import Exit, exit_for
from agent.errors import DriftmendError

VERSION = "0.1.0"

LATER = {
    "includes": "deciding inclusion between two schemas",
    "export": "exporting an adapter to another language",
    "worker": "a worker process of its own (`driftmend serve` has one inside)",
}
"""Commands of the design that a later release brings."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (DESIGN, section 8)."""
    args = build_parser().parse_args(argv)
    try:
        command = import_module(f"agent.cli.{args.module}")
        return int(command.run(args))
    except DriftmendError as error:
        print(f"driftmend: {error}", file=sys.stderr)
        return int(exit_for(error))
    except BrokenPipeError:
        sys.stderr.close()
        return int(Exit.DONE)
    except KeyboardInterrupt:
        print("driftmend: interrupted", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = argparse.ArgumentParser(
        prog="driftmend",
        description="Notice that a source changed shape, propose adapters, verify and serve them.",
        epilog="exit codes: 0 done or yes, 1 no, 2 unusable call or input, 3 could not be "
        "evaluated, 4 a person must decide",
    )
    parser.add_argument("--version", action="version", version=f"driftmend {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_proposing(commands)
    _add_adapter_commands(commands)
    _add_diff(commands)
    _add_eval(commands)
    _add_ledger_commands(commands)
    _add_service_commands(commands)
    for name, what in LATER.items():
        later = commands.add_parser(name, help=f"{what}: comes with a later release")
        later.add_argument("rest", nargs=argparse.REMAINDER)
        later.set_defaults(module="later", what=what, name=name)
    return parser


Commands = argparse._SubParsersAction  # the type that argparse gives no public name


def _add_proposing(commands: Commands[argparse.ArgumentParser]) -> None:
    propose = commands.add_parser(
        "propose", help="propose and verify an adapter per consumer for a changed source"
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
    apply = commands.add_parser("apply", help="run an adapter over payloads, NDJSON in and out")
    apply.add_argument("adapter", metavar="ADAPTER.json")
    apply.add_argument("payloads", metavar="FILE", nargs="?", default="-")
    apply.add_argument("--items", action="store_true", help="a root array is many payloads")
    apply.add_argument("--errors", choices=("stderr", "inline"), default="stderr")
    apply.set_defaults(module="apply")

    explain = commands.add_parser("explain", help="which reads and rules made a target")
    explain.add_argument("adapter", metavar="ADAPTER.json")
    explain.add_argument("payload", metavar="PAYLOAD.json")
    explain.add_argument("target", metavar="/target")
    explain.set_defaults(module="explain")

    verify = commands.add_parser("verify", help="verify an adapter against schema and contract")
    verify.add_argument("adapter", metavar="ADAPTER.json")
    verify.add_argument("--schema", metavar="FILE", help="in place of the embedded source schema")
    verify.add_argument("--contract", metavar="FILE", help="in place of the embedded contract")
    verify.add_argument("--samples", metavar="DIR_OR_NDJSON")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(module="verify")


def _add_diff(commands: Commands[argparse.ArgumentParser]) -> None:
    diff = commands.add_parser("diff", help="what changed between two schema versions")
    diff.add_argument("before", metavar="BEFORE", nargs="?")
    diff.add_argument("after", metavar="AFTER", nargs="?")
    diff.add_argument("--direction", choices=("response", "request", "event"), default="response")
    diff.add_argument("--policy", choices=("declared", "strict"), default="declared")
    diff.add_argument(
        "--format",
        choices=("text", "json", "markdown", "sarif", "junit", "github"),
        default="text",
    )
    diff.add_argument("--json", action="store_const", const="json", dest="format")
    diff.add_argument("--fail-on", choices=("breaking",))
    diff.add_argument("--batch", metavar="FILE|-")
    diff.set_defaults(module="diff")


def _add_eval(commands: Commands[argparse.ArgumentParser]) -> None:
    evaluate = commands.add_parser("eval", help="score fixture suites")
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
    listing = commands.add_parser("proposals", help="list the proposals in the ledger")
    listing.add_argument("--state")
    listing.set_defaults(module="ledger", act="list")
    show = commands.add_parser("show", help="show one proposal")
    show.add_argument("id", metavar="ID")
    show.set_defaults(module="ledger", act="show")
    for act in ("approve", "reject"):
        decide = commands.add_parser(act, help=f"{act} a proposal")
        decide.add_argument("id", metavar="ID")
        decide.add_argument("--as", dest="by", required=True, metavar="NAME")
        decide.add_argument("--reason", required=True, metavar="TEXT")
        decide.set_defaults(module="ledger", act=act)
        _add_data_dir(decide)
        decide.add_argument("--json", action="store_true")
    for command in (listing, show):
        _add_data_dir(command)
        command.add_argument("--json", action="store_true")


def _add_service_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="serve the HTTP API and the review page")
    serve.add_argument("--host", help="a loopback address (default 127.0.0.1)")
    serve.add_argument("--port", type=port_number, help="default 8321; 0 picks a free one")
    _add_data_dir(serve)
    serve.set_defaults(module="serve")
    demo = commands.add_parser("demo", help="tell the whole story once, on a real API change")
    demo.add_argument("--keep", action="store_true", help="keep the service running at the end")
    demo.set_defaults(module="demo")
    doctor = commands.add_parser("doctor", help="check that every part works")
    doctor.add_argument(
        "--rebuild-memory", action="store_true", help="make it anew from the ledger"
    )
    doctor.add_argument("--json", action="store_true")
    _add_data_dir(doctor)
    doctor.set_defaults(module="doctor")


def _add_data_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data-dir", metavar="DIR", help="where the ledger and memory are")


def positive_number(text: str) -> float:
    """Return a number above 0."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def positive_count(text: str) -> int:
    """Return a whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def port_number(text: str) -> int:
    """Return a port, 0 to 65535."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
