"""`driftmend demo`: the whole walk once, on a change that Mastodon made to its API.

GET /api/v1/instance gave way to GET /api/v2/instance in Mastodon 4.0. A directory of servers and
a census of servers still read the old shape; the new one no longer has what the census needs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.cli.exits import Exit
from agent.cli.serve import listen
from agent.cli.show import console, print_verification, rule_table, safe
from agent.core.contract import Contract
from agent.core.diff import compare
from agent.core.diff_text import render_text
from agent.core.language.document import read_adapter
from agent.core.schema import Schema
from agent.core.values import Json, same_value
from agent.core.verify.record import Verdict, verification_from_json
from agent.core.verify.verify import verify
from agent.errors import DriftmendError, NotFound
from agent.formats.documents import load_file
from agent.formats.schemas import load_schema

FIXTURE = Path(__file__).parents[2] / "fixtures" / "mastodon" / "instance-v1-to-v2"
SOURCE = "mastodon-instance"
FEASIBLE, INFEASIBLE = "directory", "census"
REVIEWER = "demo reviewer"
DRAFT_LIMIT_S = 60.0


class DemoFailed(DriftmendError):
    """Something that the demo promises did not hold."""


@dataclass(slots=True)
class Story:
    """The fixture, the client of the service, and what has been told so far."""

    client: Client
    before: Schema
    after: Schema
    proposals: dict[str, Json] = field(default_factory=dict)
    step: int = 0

    def tell(self, title: str) -> None:
        """Print the heading of the next step."""
        self.step += 1
        console().print(f"\n[bold cyan]{self.step}. {title}[/bold cyan]")


class Client:
    """JSON over HTTP to the service of the demo."""

    def __init__(self, address: str) -> None:
        import httpx

        self.address = address
        self._http = httpx.Client(base_url=address, timeout=60.0, trust_env=False)

    def call(self, method: str, path: str, *, expect: int, body: Json = None) -> Json:
        """Return the body of an answer with the expected status.

        Raises:
            DemoFailed: the service answered with another one.
        """
        answer = self._http.request(method, path, json=body)
        if answer.status_code != expect:
            raise DemoFailed(
                where=f"{method} {path}", found=f"{answer.status_code} {answer.text[:500]}"
            )
        return answer.json()

    def lines(self, path: str, payloads: list[Json]) -> list[Json]:
        """Return the lines that a batch of payloads gives."""
        body = "".join(json.dumps(payload) + "\n" for payload in payloads).encode()
        answer = self._http.post(
            path, content=body, headers={"content-type": "application/x-ndjson"}
        )
        return [json.loads(line) for line in answer.text.splitlines() if line]


def run(args: argparse.Namespace) -> Exit:
    """Tell the story; 0 only when everything in it held."""
    if not FIXTURE.is_dir():
        raise NotFound(
            where=str(FIXTURE), found="the demo's fixture is not there", help="run it in a checkout"
        )
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="driftmend-demo-") as folder,
        serving(Path(folder)) as address,
    ):
        story = Story(
            client=Client(address),
            before=load_schema(str(FIXTURE / "source_before.schema.json")),
            after=load_schema(str(FIXTURE / "source_after.schema.json")),
        )
        for tell in (_register, _report, _show_proposals, _decide, _adapt):
            tell(story)
        _close(story, time.monotonic() - started)
        if args.keep:
            _wait(address)
    return Exit.DONE


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yield the address of a service with embedded defaults in a folder of its own."""
    import uvicorn

    from agent.settings import read_settings
    from agent.wiring import build_service
    from api.app import create_app

    settings = read_settings(data_dir=folder, database_url="", chroma_url="", memory="on")
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        create_app(build_service(settings)), log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _register(story: Story) -> None:
    story.tell("The source, its old version, two consumers and their adapters in force")
    out, client = console(), story.client
    client.call(
        "PUT", f"/v1/sources/{SOURCE}", expect=201, body={"description": "GET /api/v1/instance"}
    )
    old = _payloads("samples_before")
    body = {"schema": load_file(str(FIXTURE / "source_before.schema.json")), "samples": old}
    client.call("POST", f"/v1/sources/{SOURCE}/versions", expect=201, body=body)
    out.print(f"  {SOURCE} version 1 is registered, with {len(old)} sample payloads")
    for consumer in (FEASIBLE, INFEASIBLE):
        schema = load_file(str(FIXTURE / "contracts" / f"{consumer}.schema.json"))
        path = f"/v1/consumers/{consumer}/contracts/{SOURCE}"
        client.call("PUT", path, expect=200, body={"schema": schema})
        in_force = client.call(
            "POST", "/v1/adapters", expect=201, body={"adapter": _copying(story, consumer)}
        )
        _approve(client, in_force["id"], "it copies what the contract declares")
        out.print(f"  {consumer}: contract registered, its adapter copies the declared fields")
    for payload in old:
        _adapted(story, payload, version=1, consumer=FEASIBLE)
    out.print(f"  {len(old)} old payloads pass to {FEASIBLE} over HTTP")


def _copying(story: Story, consumer: str) -> Json:
    """Return the adapter that was enough as long as the shapes were the same."""
    contract = load_schema(str(FIXTURE / "contracts" / f"{consumer}.schema.json"))
    return {
        "driftmend_adapter": 1,
        "name": f"{SOURCE}-to-{consumer}",
        "source": SOURCE,
        "source_fingerprints": [story.before.fingerprint],
        "source_schema": story.before.document,
        "consumer": consumer,
        "contract_fingerprint": contract.fingerprint,
        "contract": contract.document,
        "rules": [{"target": "", "copy": "src"}],
        "drops": [],
    }


def _report(story: Story) -> None:
    story.tell("The source reports a new version")
    payloads = _payloads("samples")
    body = {"schema": load_file(str(FIXTURE / "source_after.schema.json")), "samples": payloads}
    reported = story.client.call("POST", f"/v1/sources/{SOURCE}/versions", expect=202, body=body)
    console().print(
        f"  version {reported['version']['number']}: change {reported['change']['id']}, "
        f"{len(reported['proposals'])} proposals are being drafted"
    )
    story.tell("What changed, as a reader of responses sees it")
    text = render_text(compare(story.before, story.after), direction="response")
    console().print(safe_lines(text))
    story.tell("What the adapter in force would do with new payloads")
    adapter = read_adapter(_copying(story, FEASIBLE))
    contract = Contract(FEASIBLE, load_schema(str(FIXTURE / f"contracts/{FEASIBLE}.schema.json")))
    verification = verify(adapter, after=story.after, contract=contract)
    _require(
        verification.verdict in (Verdict.REFUTED, Verdict.INFEASIBLE),
        "the adapter in force no longer holds",
    )
    print_verification(FEASIBLE, verification)


def safe_lines(text: str) -> str:
    """Return text that is already safe for a terminal as literal markup."""
    from rich.markup import escape

    return escape(text)


def _show_proposals(story: Story) -> None:
    story.tell("The proposals: rules with confidence and evidence, and a verdict each")
    deadline = time.monotonic() + DRAFT_LIMIT_S
    while time.monotonic() < deadline:
        listed = story.client.call("GET", "/v1/proposals", expect=200)["items"]
        waiting = [
            p for p in listed if p["version"] == 2 and p["state"] in ("drafting", "verifying")
        ]
        if not waiting:
            break
        time.sleep(0.1)
    for summary in listed:
        if summary["version"] == 2:
            proposal = story.client.call("GET", f"/v1/proposals/{summary['id']}", expect=200)
            story.proposals[proposal["consumer"]] = proposal
    for consumer in (FEASIBLE, INFEASIBLE):
        proposal = story.proposals[consumer]
        verification = verification_from_json(proposal["verification"])
        print_verification(consumer, verification)
        if consumer == FEASIBLE:
            console().print(rule_table(read_adapter(proposal["adapter"]), verification))
    _require(story.proposals[FEASIBLE]["state"] == "pending", f"{FEASIBLE} can be decided")
    _require(story.proposals[INFEASIBLE]["state"] == "infeasible", f"{INFEASIBLE} is infeasible")


def _decide(story: Story) -> None:
    story.tell("The decision")
    refused = story.client.call(
        "POST",
        f"/v1/proposals/{story.proposals[INFEASIBLE]['id']}/approve",
        expect=409,
        body={"by": REVIEWER, "reason": "trying what must not work"},
    )
    console().print(f"  approving {INFEASIBLE} is refused: {safe(refused['detail'], limit=300)}")
    adapter = _approve(story.client, story.proposals[FEASIBLE]["id"], "the rules read right")
    console().print(
        f"  [green]{FEASIBLE} is approved by {REVIEWER}[/green]: adapter {adapter['id']}"
    )


def _approve(client: Client, id: str, reason: str) -> Json:
    body = {"by": REVIEWER, "reason": reason}
    approved = client.call("POST", f"/v1/proposals/{id}/approve", expect=200, body=body)
    return approved["adapter"]


def _adapt(story: Story) -> None:
    story.tell("New payloads in, old payloads out, over HTTP")
    out = console()
    samples = [load_file(str(path)) for path in sorted((FIXTURE / "samples").iterdir())]
    for number, sample in enumerate(samples):
        output = _adapted(story, sample["payload"], version=2, consumer=FEASIBLE)
        expected = sample.get("expected", {}).get(FEASIBLE)
        if expected is not None:
            _require(same_value(output, expected), f"sample {number + 1} comes out as expected")
        if number == 0:
            out.print(f"  in  {safe(json.dumps(sample['payload'], ensure_ascii=False), limit=420)}")
            out.print(f"  out {safe(json.dumps(output, ensure_ascii=False), limit=420)}")
    out.print(f"  [green]{len(samples)} payloads out, each valid under the contract[/green]")
    batch: list[Json] = [sample["payload"] for sample in samples]
    lines = story.client.lines(
        f"/v1/adapt/{SOURCE}/2/{FEASIBLE}/batch", [*batch, {"domain": "broken.example"}]
    )
    errors = [line for line in lines if "error" in line]
    _require(
        len(lines) == len(batch) + 1 and len(errors) == 1, "one bad line of a batch is an error"
    )
    out.print(f"  as a batch: {len(batch)} lines adapted, 1 bad line answered with an error")
    path = f"/v1/adapt/{SOURCE}/2/{INFEASIBLE}"
    refused = story.client.call("POST", path, expect=404, body=batch[0])
    out.print(f"  to {INFEASIBLE}: {safe(refused['detail'], limit=200)}")


def _adapted(story: Story, payload: Json, *, version: int, consumer: str) -> Json:
    """Return the served output, checked against the contract by a second validator."""
    from jsonschema import Draft202012Validator
    from referencing import Registry

    path = f"/v1/adapt/{SOURCE}/{version}/{consumer}"
    output = story.client.call("POST", path, expect=200, body=payload)
    contract = load_file(str(FIXTURE / "contracts" / f"{consumer}.schema.json"))
    is_valid = Draft202012Validator(contract, registry=Registry()).is_valid(output)
    _require(is_valid, f"the output for {consumer} is valid under its contract")
    return output


def _payloads(folder: str) -> list[Json]:
    return [load_file(str(path))["payload"] for path in sorted((FIXTURE / folder).iterdir())]


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise DemoFailed(where="demo", found=f"this did not hold: {what}")


def _close(story: Story, seconds: float) -> None:
    story.tell("Where to look next")
    address = story.client.address
    console().print(
        f"  review page of this run: {address}/review\n"
        "  keep it running:         driftmend demo --keep\n"
        "  a service of your own:   make serve\n"
        f"  [dim]the whole story took {seconds:.1f} s[/dim]"
    )


def _wait(address: str) -> None:
    console().print(f"\nserving {address}/review until Ctrl-C")
    threading.Event().wait()
