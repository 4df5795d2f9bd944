"""`driftmend serve`: the HTTP API, the review page and the worker, in one process."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from agent.cli.exits import Exit
from agent.cli.options import settings_of
from agent.errors import AddressInUse, InvalidSettings


def run(args: argparse.Namespace) -> Exit:
    """Serve until Ctrl-C or SIGTERM."""
    import uvicorn

    from agent.wiring import build_service
    from api.app import create_app

    settings = settings_of(args)
    with listen(settings.host, settings.port) as listener:
        app = create_app(build_service(settings))
        print(f"driftmend serves {address_of(listener)}/ (API: /openapi.json); Ctrl-C stops it")
        data = "DRIFTMEND_DATABASE_URL" if settings.database_url else settings.data_dir
        print(f"data: {data}", flush=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        with ended_by_signals():
            server.run(sockets=[listener])
    return Exit.DONE


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end what is inside, as the end that was asked for.

    uvicorn stops gracefully on both and then raises the signal again for whoever started it.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def address_of(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket listening on a loopback address.

    Raises:
        InvalidSettings: the address is not loopback: there are no keys yet to guard more.
        AddressInUse: the port is taken, or the address cannot be listened on.
    """
    address = require_loopback(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        is_taken = error.errno == errno.EADDRINUSE
        raise AddressInUse(
            where=f"{host}:{port}",
            found="the port is taken" if is_taken else f"cannot be listened on ({error.strerror})",
            help="choose another with --port, or --port 0 for a free one",
        ) from error
    return listener


def require_loopback(host: str) -> str:
    """Return a loopback address.

    Raises:
        InvalidSettings: `host` is anything else.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise InvalidSettings(
            where="--host",
            found=f"{host!r} is not a loopback address",
            help="there is no access control yet, so only 127.0.0.1, ::1 or localhost is served",
        )
    return address
