"""The service that the demo talks to, and the client that it talks through."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.cli.serve import address_of, listen
from agent.core.values import Json
from agent.errors import DriftmendError


class DemoFailed(DriftmendError):
    """Something that the demo promises did not hold."""


def require(holds: bool, what: str) -> None:
    """Return quietly when it holds.

    Raises:
        DemoFailed: it does not.
    """
    if not holds:
        raise DemoFailed(where="demo", found=f"this did not hold: {what}")


class Client:
    """JSON over HTTP to the service of the demo."""

    def __init__(self, address: str) -> None:
        import httpx

        self.address = address
        self._http = httpx.Client(base_url=address, timeout=60.0, trust_env=False)

    def call(self, method: str, path: str, *, expect: int, body: Json = None) -> Json:
        """Return the body of an answer with the expected status.

        Raises:
            DemoFailed: the service answered with another one, or not at all.
        """
        content = None if body is None else json.dumps(body).encode()
        status, text = self._send(method, path, content, "application/json")
        if status != expect:
            raise DemoFailed(where=f"{method} {path}", found=f"{status} {text[:500]}")
        return json.loads(text)

    def lines(self, path: str, payloads: list[Json]) -> list[Json]:
        """Return the lines that a batch of payloads gives."""
        content = "".join(json.dumps(payload) + "\n" for payload in payloads).encode()
        _, text = self._send("POST", path, content, "application/x-ndjson")
        return [json.loads(line) for line in text.splitlines() if line]

    def _send(self, method: str, path: str, content: bytes | None, kind: str) -> tuple[int, str]:
        import httpx

        try:
            answer = self._http.request(
                method, path, content=content, headers={"content-type": kind}
            )
        except httpx.HTTPError as error:
            raise DemoFailed(where=f"{method} {path}", found=f"no answer: {error}") from error
        return answer.status_code, answer.text


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yield the address of a service with embedded defaults in a folder of its own."""
    import uvicorn

    from agent.settings import read_settings
    from agent.wiring import build_service
    from api.app import create_app

    settings = read_settings(
        data_dir=folder, database_url="", chroma_url="", memory="on", model_base_url=""
    )
    with listen("127.0.0.1", 0) as listener:
        app = create_app(build_service(settings))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield address_of(listener)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
