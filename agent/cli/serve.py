"""`driftmend serve`: the HTTP API, the review page and the worker, in one process."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import socket

from agent.cli.exits import Exit
from agent.cli.options import settings_of
from agent.errors import AddressInUse, InvalidSettings


def run(args: argparse.Namespace) -> Exit:
    """Serve until interrupted."""
    import uvicorn

    from agent.wiring import build_service
    from api.app import create_app

    settings = settings_of(args)
    listener = listen(settings.host, settings.port)
    app = create_app(build_service(settings))
    host, port = listener.getsockname()[:2]
    print(f"driftmend serves http://{host}:{port}/ (review page and /docs); Ctrl-C stops it")
    print(f"data: {'DRIFTMEND_DATABASE_URL' if settings.database_url else settings.data_dir}")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    server.run(sockets=[listener])
    return Exit.DONE


def listen(host: str, port: int) -> socket.socket:
    """Return a socket listening on a loopback address.

    Raises:
        InvalidSettings: the address is not loopback: there are no keys yet to guard more.
        AddressInUse: the port is taken.
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
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise AddressInUse(
                where=f"{host}:{port}",
                found="the port is taken" if error.errno == errno.EADDRINUSE else "not allowed",
                help="choose another with --port, or --port 0 for a free one",
            ) from error
        raise
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
            found=f"{host} is not a loopback address",
            help="there is no access control yet, so only 127.0.0.1, ::1 or localhost is served",
        )
    return address
