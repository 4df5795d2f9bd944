"""`driftmend serve`: on loopback only, on a free port, with a clean end."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.running import COMMAND, Ran, assert_refused

Driftmend = Callable[..., Ran]


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `driftmend serve` on a free port; give the process and the address that it printed."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+:\d+", line)
            assert found, line
            yield process, found.group()
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve__when_told_to_end__ends_cleanly(number: signal.Signals) -> None:
    """The printed address answers; SIGTERM and Ctrl-C end with exit 0 and without noise."""
    with served() as (process, address):
        assert httpx.get(f"{address}/healthz", trust_env=False, timeout=30).status_code == 200
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "192.0.2.1", "example.com", "::", "", "127.0.0.1.nip.io"]
)
def test_serve__beyond_loopback__is_refused(driftmend: Driftmend, host: str) -> None:
    """Without access control only loopback is served."""
    ran = driftmend("serve", "--host", host, "--port", "0")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_serve__on_a_busy_port__is_refused(driftmend: Driftmend) -> None:
    """A port that is taken is told with what would help, before anything is opened."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = driftmend("serve", "--port", taken.getsockname()[1])
    assert_refused(ran, code=2)
    assert "--port 0" in ran.err


def test_serve__on_ipv6_loopback__prints_a_usable_address() -> None:
    """::1 is loopback too, and its address is printed in brackets."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with served("--host", "::1") as (process, address):
        assert address.startswith("http://[::1]:")
        assert httpx.get(f"{address}/healthz", trust_env=False, timeout=30).status_code == 200
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == 0
