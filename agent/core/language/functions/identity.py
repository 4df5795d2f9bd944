"""Identity: names made of names, digests, encodings. All on UTF-8."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from typing import Final

from agent.core.language.absence import OperationFailed, Value
from agent.core.language.functions.operands import describe, refuse_long_text, text_of, utf8_of
from agent.core.language.functions.table import Function, make_function

_NAMESPACES: Final = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""`uuid.UUID` alone takes underscores and digits of other scripts."""


def uuid5(namespace: Value, name: Value, /) -> str:
    """Return the UUID of `name` in `namespace`, a UUID or dns, url, oid, x500 (RFC 9562 5.5)."""
    utf8_of(name)
    return str(uuid.uuid5(_namespace(text_of(namespace)), text_of(name)))


def _namespace(namespace: str) -> uuid.UUID:
    if namespace in _NAMESPACES:
        return _NAMESPACES[namespace]
    if _UUID.fullmatch(namespace):
        return uuid.UUID(namespace)
    known = ", ".join(_NAMESPACES)
    raise OperationFailed(
        f"the namespace is {describe(namespace)}", f"give a UUID or one of {known}"
    )


def sha256(s: Value, /) -> str:
    """Return the SHA-256 digest of the text in UTF-8, in small hexadecimal digits."""
    return hashlib.sha256(utf8_of(s)).hexdigest()


def to_base64(s: Value, /) -> str:
    """Return the text in UTF-8 and base64, standard alphabet, padded (RFC 4648 4)."""
    data = utf8_of(s)
    refuse_long_text(len(data) * 4 // 3)
    return base64.b64encode(data).decode("ascii")


def from_base64(s: Value, /) -> str:
    """Return the text that base64 holds; standard alphabet, padded, UTF-8, or it fails."""
    try:
        return base64.b64decode(utf8_of(s), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OperationFailed(
            f"{describe(s)}, not base64 of a text", "it wants A-Z a-z 0-9 + / and padding with ="
        ) from error


IDENTITY_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        uuid5,
        group="identity",
        name="uuid5",
        summary="The UUID of a name in a namespace: a UUID or dns, url, oid, x500.",
        example="uuid5('dns', 'python.org')",
        result="886313e1-3b8a-5372-9b90-0c9aee199e5d",
    ),
    make_function(
        sha256,
        group="identity",
        name="sha256",
        summary="The SHA-256 digest of a text, hexadecimal.",
        example="sha256('a')",
        result="ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ),
    make_function(
        to_base64,
        group="identity",
        name="base64",
        summary="The text in base64.",
        example="base64('ß')",
        result="w58=",
    ),
    make_function(
        from_base64,
        group="identity",
        name="unbase64",
        summary="The text that base64 holds.",
        example="unbase64('w58=')",
        result="ß",
    ),
)
