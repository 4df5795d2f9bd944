"""`driftmend demo`: the whole walk once, on a change that Mastodon made to its API.

GET /api/v1/instance gave way to GET /api/v2/instance in Mastodon 4.0. A directory of servers and
a census of servers still read the old shape; the new one no longer has what the census needs.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from agent.cli.demo_service import Client, DemoFailed, require, serving
from agent.cli.exits import Exit
from agent.cli.output import complain
from agent.cli.serve import ended_by_signals
from agent.cli.show import (
    console,
    payload_table,
    print_findings,
    print_verification,
    rule_table,
    safe,
    say,
    verdict_line,
)
from agent.core.contract import Contract
from agent.core.diff import compare
from agent.core.diff_text import render_json
from agent.core.language.document import Adapter, read_adapter
from agent.core.language.interpreter import run as run_adapter
from agent.core.schema import Schema
from agent.core.values import Json, same_value
from agent.core.verify.record import Verdict, verification_from_json
from agent.core.verify.verify import verify
from agent.errors import NotFound
from agent.formats.documents import load_file
from agent.formats.schemas import load_schema

FIXTURE = Path(__file__).parents[2] / "fixtures" / "mastodon" / "instance-v1-to-v2"
SOURCE = "mastodon-instance"
FEASIBLE, INFEASIBLE = "directory", "census"
REVIEWER = "demo reviewer"
DRAFT_LIMIT_S = 60.0
FINDINGS_SHOWN = 6
SIGNS = {"breaking": "[red]!![/red]", "breaking-possible": "[yellow] ?[/yellow]"}


@dataclass(slots=True)
class Story:
    """The fixture, the client of the service, and what has been told so far."""

    fixture: Path
    client: Client
    proposals: dict[str, Json] = field(default_factory=dict)
    step: int = 0

    def tell(self, title: str) -> None:
        """Print the heading of the next step."""
        self.step += 1
        print()
        say(f"[bold cyan]{self.step}. {title}[/bold cyan]")

    def document(self, name: str) -> Json:
        """Return a file of the fixture."""
        return load_file(str(self.fixture / name))

    def schema(self, name: str) -> Schema:
        """Return a schema of the fixture."""
        return load_schema(str(self.fixture / name))

    def contract(self, consumer: str) -> Contract:
        """Return what one consumer accepts."""
        return Contract(consumer, self.schema(contract_name(consumer)))

    def samples(self, folder: str) -> list[Json]:
        """Return the sample files of a folder."""
        return [load_file(str(path)) for path in sorted((self.fixture / folder).iterdir())]

    def payloads(self, folder: str) -> list[Json]:
        """Return the payloads of a folder of samples."""
        return [sample["payload"] for sample in self.samples(folder)]


def run(args: argparse.Namespace) -> Exit:
    """Tell the story; 0 only when everything in it held."""
    if not FIXTURE.is_dir():
        raise NotFound(
            where=str(FIXTURE), found="the demo's fixture is not there", help="run it in a checkout"
        )
    return tell_story(FIXTURE, keep=args.keep)


def tell_story(fixture: Path, *, keep: bool = False) -> Exit:
    """Tell the story of a fixture; 1 as soon as something in it does not hold."""
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="driftmend-demo-") as folder,
        serving(Path(folder)) as address,
    ):
        story = Story(fixture, Client(address))
        try:
            for tell in (_register, _report, _try_in_force, _show_proposals, _decide, _adapt):
                tell(story)
        except DemoFailed as error:
            complain(str(error))
            return Exit.NO
        _close(story, time.monotonic() - started)
        if keep:
            _wait(address)
    return Exit.DONE


def contract_name(consumer: str) -> str:
    """Return where the fixture keeps a consumer's contract."""
    return f"contracts/{consumer}.schema.json"


def _register(story: Story) -> None:
    story.tell("The source, its old version, two consumers and their adapters in force")
    client, old = story.client, story.payloads("samples_before")
    description = {"description": "GET /api/v1/instance"}
    client.call("PUT", f"/v1/sources/{SOURCE}", expect=201, body=description)
    body = {"schema": story.document("source_before.schema.json"), "samples": old}
    client.call("POST", f"/v1/sources/{SOURCE}/versions", expect=201, body=body)
    say(f"{SOURCE} version 1 is registered, with {len(old)} sample payloads", indent=2)
    for consumer in (FEASIBLE, INFEASIBLE):
        path = f"/v1/consumers/{consumer}/contracts/{SOURCE}"
        schema = story.document(contract_name(consumer))
        client.call("PUT", path, expect=200, body={"schema": schema})
        body = {"adapter": _copying(story, consumer)}
        in_force = client.call("POST", "/v1/adapters", expect=201, body=body)
        _approve(client, in_force["id"], "it copies what the contract declares")
        say(f"{consumer}: contract registered, its adapter copies the declared fields", indent=2)
        for payload in old:
            _adapted(story, payload, version=1, consumer=consumer)
    say(f"[green]{len(old)} old payloads reach both over HTTP[/green]", indent=2)


def _copying(story: Story, consumer: str) -> Json:
    """Return the adapter that was enough as long as the shapes were the same."""
    before, contract = story.schema("source_before.schema.json"), story.contract(consumer).schema
    return {
        "driftmend_adapter": 1,
        "name": f"{SOURCE}-to-{consumer}",
        "source": SOURCE,
        "source_fingerprints": [before.fingerprint],
        "source_schema": before.document,
        "consumer": consumer,
        "contract_fingerprint": contract.fingerprint,
        "contract": contract.document,
        "rules": [{"target": "", "copy": "src"}],
        "drops": [],
    }


def _report(story: Story) -> None:
    story.tell("The source reports a new version: this is what changed for its readers")
    payloads = story.payloads("samples")
    body = {"schema": story.document("source_after.schema.json"), "samples": payloads}
    reported = story.client.call("POST", f"/v1/sources/{SOURCE}/versions", expect=202, body=body)
    before, after = (story.schema(f"source_{one}.schema.json") for one in ("before", "after"))
    shown = render_json(compare(before, after), direction="response")
    number, count = reported["version"]["number"], len(reported["proposals"])
    say(
        f"version {number} is [bold red]{shown['verdict']}[/bold red]; "
        f"{count} proposals are being drafted",
        indent=2,
    )
    for change in shown["changes"]:
        say(_change_line(change), indent=2)


def _change_line(change: Json) -> str:
    """Return one change as one line of markup."""
    sign = SIGNS.get(change["severity"], "[green] +[/green]")
    paths = dict.fromkeys(path for path in (change["before_path"], change["after_path"]) if path)
    sure = "" if change["confidence"] == 1 else f" [dim]({change['confidence']:.2f})[/dim]"
    return f"{sign} {change['check']:<20} {safe(' -> '.join(paths) or '/')}{sure}"


def _try_in_force(story: Story) -> None:
    story.tell(f"What the adapter in force of {FEASIBLE} would do with a new payload")
    adapter, contract = read_adapter(_copying(story, FEASIBLE)), story.contract(FEASIBLE)
    payload = story.payloads("samples")[0]
    output = run_adapter(adapter, payload)
    violations = contract.violations(output)
    require(bool(violations), "a new payload breaks the contract under the adapter in force")
    say("[bold]counterexample[/bold]: what comes out of a real new payload", indent=2)
    _print_payload(output)
    say("breaks the contract:", indent=2)
    for violation in violations[:5]:
        say(f"[red]{safe(violation.path or '/')}[/red]: {safe(violation.message)}", indent=4)
    verification = verify(
        adapter, after=story.schema("source_after.schema.json"), contract=contract
    )
    require(
        verification.verdict in (Verdict.REFUTED, Verdict.INFEASIBLE),
        "the adapter in force no longer holds",
    )
    say(verdict_line(f"{FEASIBLE}, adapter in force", verification), indent=2)


def _print_payload(payload: Json) -> None:
    from rich.padding import Padding

    console().print(Padding(payload_table(payload), (0, 0, 0, 4)))


def _show_proposals(story: Story) -> None:
    story.tell("The proposals: rules with confidence and evidence, and a verdict each")
    story.proposals = _drafted(story.client)
    for consumer in (FEASIBLE, INFEASIBLE):
        proposal = story.proposals[consumer]
        require(proposal["verification"] is not None, f"{consumer} is verified")
        verification = verification_from_json(proposal["verification"])
        if consumer == FEASIBLE:
            adapter: Adapter = read_adapter(proposal["adapter"])
            say(verdict_line(consumer, verification))
            console().print(rule_table(adapter, verification))
            print_findings(verification.findings, limit=FINDINGS_SHOWN)
        else:
            print()
            print_verification(consumer, verification)
    require(story.proposals[FEASIBLE]["state"] == "pending", f"{FEASIBLE} can be decided")
    require(story.proposals[INFEASIBLE]["state"] == "infeasible", f"{INFEASIBLE} is infeasible")


def _drafted(client: Client) -> dict[str, Json]:
    """Return the proposals for the new version, by consumer, once all are drafted."""
    deadline = time.monotonic() + DRAFT_LIMIT_S
    while time.monotonic() < deadline:
        listed = client.call("GET", "/v1/proposals", expect=200)["items"]
        found = [one for one in listed if one["version"] == 2]
        if all(one["state"] not in ("drafting", "verifying") for one in found):
            paths = [f"/v1/proposals/{one['id']}" for one in found]
            told = [client.call("GET", path, expect=200) for path in paths]
            return {one["consumer"]: one for one in told}
        time.sleep(0.1)
    raise DemoFailed(where="demo", found=f"nothing was drafted within {DRAFT_LIMIT_S:.0f} s")


def _decide(story: Story) -> None:
    story.tell("The decision")
    path = f"/v1/proposals/{story.proposals[INFEASIBLE]['id']}/approve"
    body = {"by": REVIEWER, "reason": "trying what must not work"}
    refused = story.client.call("POST", path, expect=409, body=body)
    say(f"[yellow]approving {INFEASIBLE} is refused[/yellow] (409)", indent=2)
    say(f"[dim]{safe(refused['detail'], limit=300)}[/dim]", indent=4)
    adapter = _approve(story.client, story.proposals[FEASIBLE]["id"], "the rules read right")
    say(f"[green]{FEASIBLE} is approved by {REVIEWER}[/green]", indent=2)
    say(f"[dim]adapter {adapter['id']} is active[/dim]", indent=4)


def _approve(client: Client, id: str, reason: str) -> Json:
    body = {"by": REVIEWER, "reason": reason}
    return client.call("POST", f"/v1/proposals/{id}/approve", expect=200, body=body)["adapter"]


def _adapt(story: Story) -> None:
    story.tell("New payloads in, old payloads out, over HTTP")
    samples = story.samples("samples")
    for number, sample in enumerate(samples):
        output = _adapted(story, sample["payload"], version=2, consumer=FEASIBLE)
        expected = sample.get("expected", {}).get(FEASIBLE)
        if expected is not None:
            require(same_value(output, expected), f"sample {number + 1} comes out as expected")
        if number == 0:
            say("[bold]in[/bold]", indent=2)
            _print_payload(sample["payload"])
            say("[bold]out[/bold]", indent=2)
            _print_payload(output)
    say(f"[green]{len(samples)} payloads out, each valid under the contract[/green]", indent=2)
    _adapt_many(story, [sample["payload"] for sample in samples])
    path = f"/v1/adapt/{SOURCE}/2/{INFEASIBLE}"
    refused = story.client.call("POST", path, expect=404, body=samples[0]["payload"])
    say(f"[yellow]to {INFEASIBLE} nothing passes[/yellow] (404)", indent=2)
    say(f"[dim]{safe(refused['detail'])}[/dim]", indent=4)


def _adapt_many(story: Story, payloads: list[Json]) -> None:
    path = f"/v1/adapt/{SOURCE}/2/{FEASIBLE}/batch"
    lines = story.client.lines(path, [*payloads, {"domain": "broken.example"}])
    errors = [line for line in lines if "error" in line]
    is_whole = len(lines) == len(payloads) + 1 and len(errors) == 1
    require(is_whole, "one bad line of a batch is one error")
    say(f"as a batch: {len(payloads)} lines out, and 1 bad line is 1 error line", indent=2)


def _adapted(story: Story, payload: Json, *, version: int, consumer: str) -> Json:
    """Return the served output, checked against the contract by a second validator."""
    from jsonschema import Draft202012Validator
    from referencing import Registry

    path = f"/v1/adapt/{SOURCE}/{version}/{consumer}"
    output = story.client.call("POST", path, expect=200, body=payload)
    contract = story.document(contract_name(consumer))
    is_valid = Draft202012Validator(contract, registry=Registry()).is_valid(output)
    require(is_valid, f"the output for {consumer} is valid under its contract")
    return output


def _close(story: Story, seconds: float) -> None:
    story.tell("Where to look next")
    say(f"review page of this run: {story.client.address}/review", indent=2)
    say("keep it running:         driftmend demo --keep", indent=2)
    say("a service of your own:   make serve", indent=2)
    say(f"[dim]the whole story took {seconds:.1f} s[/dim]", indent=2)


def _wait(address: str) -> None:
    print(f"\nserving {address}/review until Ctrl-C", flush=True)
    with ended_by_signals():
        threading.Event().wait()
