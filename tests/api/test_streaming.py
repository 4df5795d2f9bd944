from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator

import pytest

from agent.pipeline.service import Service
from api.app import create_app
from tests.api.serving import serve
from tests.api.story import OUTPUT, Story

LINES = 20_000
URL = "/v1/adapt/orders/1/billing"


@pytest.fixture
def address(story: Story, service: Service) -> Iterator[str]:
    """Return the address of a real server whose billing adapter is approved."""
    story.registered().approved()
    with serve(create_app(service, run_worker=False)) as address:
        yield address


def payload(number: int) -> bytes:
    """Return one line of a batch."""
    return json.dumps({"order_id": f"A-{number}", "total": number}).encode() + b"\n"


def test_stream__many_lines_sent_before_any_is_read__all_come_back_in_order(address: str) -> None:
    """A caller that writes a whole batch before reading gets every line, in order, no deadlock."""
    body = b"".join(payload(number) for number in range(LINES))
    odd_chunks = (body[start : start + 7001] for start in range(0, len(body), 7001))
    connection = http.client.HTTPConnection(address, timeout=120)
    connection.request(
        "POST",
        f"{URL}/batch",
        body=odd_chunks,
        encode_chunked=True,
        headers={"Transfer-Encoding": "chunked"},
    )
    answer = connection.getresponse()
    assert answer.status == 200
    lines = answer.read().splitlines()
    assert len(lines) == LINES
    for number in (0, 1, LINES // 2, LINES - 1):
        assert json.loads(lines[number]) == {"id": f"A-{number}", "total": number}
    assert [json.loads(line)["total"] for line in lines] == list(range(LINES))


def test_stream__full_duplex__each_answer_comes_before_the_next_line_is_sent(address: str) -> None:
    """A caller may hold the stream open and get each answer as soon as its line is in."""
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = f"POST {URL}/batch HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        reader = connection.makefile("rb")
        assert b"200" in reader.readline()
        while reader.readline().strip():
            pass
        for number in range(25):
            line = payload(number)
            connection.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            size = int(reader.readline(), 16)
            assert json.loads(reader.read(size)) == {"id": f"A-{number}", "total": number}
            reader.readline()
        connection.sendall(b"0\r\n\r\n")
        assert int(reader.readline(), 16) == 0


def test_stream__one_byte_at_a_time__loses_nothing(address: str) -> None:
    """However small the pieces, a line is a line."""
    body = payload(1) + b"{bad\n" + payload(2).rstrip()
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request(
        "POST",
        f"{URL}/batch",
        body=(body[i : i + 1] for i in range(len(body))),
        encode_chunked=True,
        headers={"Transfer-Encoding": "chunked"},
    )
    lines = [json.loads(line) for line in connection.getresponse().read().splitlines()]
    assert [line.get("total") for line in lines] == [1, None, 2]
    assert lines[1]["error"]["line"] == 2


def test_stream__the_caller_leaves_half_way__the_server_goes_on(address: str) -> None:
    """A torn connection costs its own batch and nothing else."""
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = f"POST {URL}/batch HTTP/1.1\r\nHost: {address}\r\nContent-Length: 100000\r\n\r\n"
        connection.sendall(head.encode() + payload(1))
    time.sleep(0.1)
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("POST", URL, body=json.dumps({"order_id": "A-1", "total": 12.5}))
    assert json.loads(connection.getresponse().read()) == OUTPUT


def test_single__a_large_payload__comes_through_whole(address: str) -> None:
    """A payload over many network packets is one payload."""
    note = "ü" * 1_500_000
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("POST", URL, body=json.dumps({"order_id": "A", "total": 1, "note": note}))
    assert json.loads(connection.getresponse().read())["note"] == note


def test_single__over_the_cap__is_413(address: str) -> None:
    """One payload may have 16 MiB."""
    connection = http.client.HTTPConnection(address, timeout=60)
    body = b'{"order_id": "' + b"x" * (17 * 1024 * 1024) + b'"}'
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", URL, body=body)
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.getheader("content-type") == "application/problem+json"
