"""Files and bodies read as JSON values, from JSON or YAML, strictly and within limits."""

from __future__ import annotations

from pathlib import Path

from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.json_text import read_json
from agent.formats.limits import DEPTH_LIMIT, SIZE_LIMIT, refuse_size
from agent.formats.yaml_text import read_yaml

_JSON_SUFFIXES = (".json", ".ndjson", ".jsonl")
_YAML_SUFFIXES = (".yaml", ".yml")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ARCHIVES = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"\x28\xb5\x2f\xfd", "zstd"))


def load_file(path: str, *, limit_bytes: int = SIZE_LIMIT, limit_depth: int = DEPTH_LIMIT) -> Json:
    """Return the JSON value in a JSON or YAML file.

    Raises:
        InvalidDocument: the file is missing, unreadable, or `load_text` refuses it.
    """
    data = read_bytes(path, limit_bytes=limit_bytes)
    return load_text(data, where=path, limit_bytes=limit_bytes, limit_depth=limit_depth)


def read_bytes(path: str, *, limit_bytes: int = SIZE_LIMIT) -> bytes:
    """Return the bytes of a file, never more than the limit.

    Raises:
        InvalidDocument: the file is missing, unreadable or too large.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidDocument(
            where=path, found=f"a file that cannot be read ({reason})", help="check the path"
        ) from error
    if len(data) > limit_bytes:
        size = max(Path(path).stat().st_size, len(data))
        raise refuse_size(where=path, size=size, limit=limit_bytes)
    return data


def load_text(
    text: bytes | str,
    *,
    where: str = "",
    limit_bytes: int = SIZE_LIMIT,
    limit_depth: int = DEPTH_LIMIT,
    is_brief: bool = False,
) -> Json:
    """Return the JSON value in JSON or YAML text.

    `where` names the text in messages; a name that ends in `.json` or `.yaml` says which it is,
    otherwise the first character does. UTF-16 and UTF-32 are read when they say so. With
    `is_brief`, a fault that takes long to find may be told without its place.

    Raises:
        InvalidDocument: nothing there, too large, not UTF-8, not JSON or YAML, a repeated key,
            NaN or Infinity, a lone surrogate, nested too deeply. Line and column are in `where`.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > limit_bytes:
        raise refuse_size(where=where, size=size, limit=limit_bytes)
    decoded = _decode(text, where) if isinstance(text, bytes) else text.removeprefix("\ufeff")
    start = decoded.lstrip()
    if not start:
        raise InvalidDocument(where=where, found="an empty document", help="is it the right file?")
    if _is_json(start, where):
        return read_json(decoded, where=where, limit_depth=limit_depth, is_brief=is_brief)
    return read_yaml(decoded, where=where, limit_depth=limit_depth)


def _is_json(start: str, where: str) -> bool:
    name = where.lower()
    if name.endswith(_YAML_SUFFIXES):
        return False
    return name.endswith(_JSON_SUFFIXES) or start[0] in '{["'


def _decode(data: bytes, where: str) -> str:
    for mark, name in _ARCHIVES:
        if data.startswith(mark):
            raise InvalidDocument(
                where=where, found=f"{name}-compressed data", help="unpack it first"
            )
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise InvalidDocument(
            where=f"{where}, line {line}" if where else f"line {line}",
            found=f"byte 0x{byte:02x} at offset {error.start}, which is not {encoding}",
            help="save the file as UTF-8",
        ) from error
