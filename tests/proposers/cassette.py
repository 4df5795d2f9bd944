"""Recorded completions of a real model, replayed offline.

`python -m tests.proposers.cassette` records them anew with the weights of `make eval-model`, which
is due when a prompt has changed: requests are kept by their fingerprint.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from agent.core.values import Json, fingerprint
from tests.proposers.fake_endpoint import FakeEndpoint, Manner, _Handler

FILE = Path(__file__).with_name("cassette.json")
PARTS = ("messages", "response_format", "temperature", "seed")


def request_key(body: Any) -> str:
    """Return the fingerprint of what a completion depends on."""
    return fingerprint({part: body.get(part) for part in PARTS})


def replays(tape: dict[str, Json]) -> Manner:
    """Answer with what was recorded for the same request, or with 404."""

    def manner(handler: _Handler) -> None:
        reply = tape.get(request_key(handler.fake.requests[-1].body))
        handler.start(200 if reply is not None else 404)
        handler.wfile.write(json.dumps(reply or {"error": {"message": "not recorded"}}).encode())

    return manner


def records(base_url: str, tape: dict[str, Json]) -> Manner:
    """Hand requests on to a real server and keep what it says."""

    def manner(handler: _Handler) -> None:
        body = handler.fake.requests[-1].body
        request = urllib.request.Request(
            f"{base_url}/chat/completions",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=900) as response:
            reply = json.load(response)
        kept = ("object", "created", "model", "id")
        tape[request_key(body)] = {
            **{name: reply[name] for name in kept},
            "model": "recorded",
            "choices": [
                {key: choice[key] for key in ("finish_reason", "index", "message")}
                for choice in reply["choices"]
            ],
            "usage": {
                key: reply["usage"][key]
                for key in ("prompt_tokens", "completion_tokens", "total_tokens")
            },
        }
        handler.start(200)
        handler.wfile.write(json.dumps(reply).encode())

    return manner


def main() -> None:
    """Record what the tests of `test_model_cassette.py` ask."""
    from evals.model.serving import served
    from evals.model.weights import fetch
    from tests.proposers.test_model_cassette import ask

    tape: dict[str, Json] = {}
    with served(fetch(Path(".venv/models"))) as url, FakeEndpoint(records(url, tape)) as proxy:
        answer = ask(proxy, timeout_s=3600)
    assert answer.usage is not None
    print(answer.usage, file=sys.stderr)
    FILE.write_text(json.dumps(tape, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
