"""Which fields hold sensitive data, and whether a rule moves them where nobody expects them.

Each class has a level; data may flow only to a target of at least its level. Classes come from
names, formats and (for sources only) descriptions: a contract must not talk its way to secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.reads import Provenance, provenance
from agent.core.language.syntax import CopyRow
from agent.core.schema import FieldInfo, Schema


@dataclass(frozen=True, slots=True)
class SensitiveClass:
    """A kind of sensitive data. `level` orders classes; `names` are runs of name tokens."""

    name: str
    level: int
    names: tuple[str, ...]
    formats: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A rule that moves a sensitive source field to a target that is not classed so."""

    source: str
    target: str
    kind: str

    @property
    def message(self) -> str:
        """Return the flow as a sentence."""
        return f"{self.source} looks like {self.kind}, and {self.target or '/'} is not marked so"


CLASSES = (
    SensitiveClass(
        "a secret",
        3,
        (
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "secret",
            "token",
            "api key",
            "apikey",
            "private key",
            "access key",
            "credential",
            "credentials",
            "authorization",
            "otp",
            "cvv",
            "cvc",
            "session id",
            "cookie",
        ),
        formats=("password",),
        phrases=("password", "api key", "access token", "private key", "secret key"),
    ),
    SensitiveClass(
        "a bank or card number",
        2,
        (
            "iban",
            "card number",
            "credit card",
            "creditcard",
            "cardnumber",
            "account number",
            "bank account",
            "routing number",
            "sort code",
        ),
        formats=("iban", "credit-card"),
        phrases=("credit card number", "card number", "bank account number", "iban"),
    ),
    SensitiveClass(
        "an official identity number",
        2,
        (
            "ssn",
            "social security",
            "national id",
            "national identifier",
            "passport",
            "passport number",
            "tax id",
            "driver license",
            "drivers license",
            "driving licence",
            "nin",
        ),
        phrases=("social security number", "passport number", "national id"),
    ),
    SensitiveClass(
        "a date of birth",
        2,
        ("birth date", "birthdate", "date of birth", "dob", "birthday", "birth day"),
        phrases=("date of birth", "birth date"),
    ),
    SensitiveClass(
        "an e-mail address",
        1,
        ("email", "e mail", "mail address", "emails"),
        formats=("email", "idn-email"),
        phrases=("email address", "e-mail address"),
    ),
    SensitiveClass(
        "a phone number",
        1,
        ("phone", "phones", "telephone", "mobile", "cell phone", "msisdn", "fax", "phonenumber"),
        formats=("phone",),
        phrases=("phone number", "telephone number"),
    ),
    SensitiveClass(
        "a person's name",
        1,
        (
            "first name",
            "last name",
            "firstname",
            "lastname",
            "surname",
            "given name",
            "family name",
            "full name",
            "fullname",
            "middle name",
            "maiden name",
            "cardholder name",
        ),
    ),
    SensitiveClass(
        "a postal address",
        1,
        ("street", "street address", "home address", "address line", "address 1", "address 2"),
    ),
    SensitiveClass(
        "an IP address",
        1,
        ("ip", "ip address", "ipaddress", "client ip", "remote addr", "ipv"),
        formats=("ipv4", "ipv6"),
    ),
)

PEOPLE = frozenset(
    {
        "user",
        "customer",
        "author",
        "buyer",
        "patient",
        "contact",
        "person",
        "employee",
        "member",
        "recipient",
        "sender",
        "owner",
        "assignee",
        "reporter",
        "creator",
        "guest",
        "passenger",
        "driver",
        "subscriber",
        "student",
        "payer",
        "cardholder",
        "committer",
        "practitioner",
        "applicant",
        "tenant",
        "resident",
    }
)
"""Whoever is called so is a person: `name` below it is a person's name."""

_HARMLESS = ("next", "page", "cursor", "continuation", "sync", "type", "count", "expires", "symbol")
_TOKEN = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def find_flows(adapter: Adapter, *, after: Schema, contract: Schema) -> tuple[Flow, ...]:
    """Return the sensitive source fields that a rule moves to a target of a lower level."""
    sensitive = {info.path: found for info in after.fields if (found := classify(info))}
    flows: dict[tuple[str, str], Flow] = {}
    for origin in provenance(adapter):
        for source, target in _moves(origin, sensitive, contract):
            if sensitive[source].level > _target_level(target, contract):
                flow = Flow(source=source, target=target, kind=sensitive[source].name)
                flows.setdefault((source, target), flow)
    return tuple(flows.values())


def classify(info: FieldInfo) -> SensitiveClass | None:
    """Return the most sensitive class that a source field's name, format or description shows."""
    if info.types and not info.types & {"string", "integer", "number", "array"}:
        return None
    found = [*_by_name(info.path), *_by_format(info), *_by_description(info.description)]
    return max(found, key=lambda one: one.level, default=None)


def _by_name(path: str) -> Iterator[SensitiveClass]:
    keys = [paths.key_of(token) for token in paths.parse(path) if token != paths.ANY]
    if not keys:
        return
    tokens = tokens_of(keys[-1])
    for one in CLASSES:
        if any(_holds(tokens, name.split()) for name in one.names) and not _is_harmless(tokens):
            yield one
    above = tokens_of(keys[-2]) if len(keys) > 1 else ()
    if tokens in (("name",), ("display", "name")) and _are_people(above):
        yield _class("a person's name")
    if tokens[-1:] == ("name",) and _are_people(tokens[:-1]):
        yield _class("a person's name")
    if tokens == ("address",) and _are_people(above):
        yield _class("a postal address")


def _is_harmless(tokens: tuple[str, ...]) -> bool:
    return any(token in _HARMLESS for token in tokens)


def _are_people(tokens: Iterable[str]) -> bool:
    return any(token in PEOPLE or token.removesuffix("s") in PEOPLE for token in tokens)


def _class(name: str) -> SensitiveClass:
    return next(one for one in CLASSES if one.name == name)


def _holds(tokens: tuple[str, ...], wanted: list[str]) -> bool:
    size = len(wanted)
    return any(
        list(tokens[start : start + size]) == wanted for start in range(len(tokens) - size + 1)
    )


def tokens_of(name: str) -> tuple[str, ...]:
    """Return the words of a field name in small letters: `shipTo_name` gives ship, to, name."""
    return tuple(token.lower() for token in _TOKEN.findall(name))


def _by_format(info: FieldInfo) -> Iterator[SensitiveClass]:
    yield from (one for one in CLASSES if info.format in one.formats)


def _by_description(description: str) -> Iterator[SensitiveClass]:
    text = f" {' '.join(re.findall(r'[a-z0-9-]+', description.lower()[:400]))} "
    yield from (one for one in CLASSES if any(f" {phrase} " in text for phrase in one.phrases))


def _moves(
    origin: Provenance, sensitive: dict[str, SensitiveClass], contract: Schema
) -> Iterator[tuple[str, str]]:
    """Yield (sensitive source path, target) for what a rule reads, alone or inside an object."""
    for read in sorted(origin.reads):
        for source in sensitive:
            if paths.is_within(read, source):
                yield source, origin.target
            elif paths.is_within(source, read):
                below = origin.target + source[len(read) :]
                if contract.field(below) is not None:
                    yield source, below
                elif not isinstance(origin.row, CopyRow):
                    yield source, origin.target


def _target_level(target: str, contract: Schema) -> int:
    """Return the level of a target: its own, or what is declared below it."""
    inside = [info for info in contract.fields if paths.is_within(info.path, target)]
    levels = [one.level for info in inside for one in (*_by_name(info.path), *_by_format(info))]
    keys = [paths.key_of(token) for token in paths.parse(target) if token != paths.ANY]
    # A target that is called like a person, or lies in an address, expects personal data.
    if any(_are_people(tokens_of(key)) or "address" in tokens_of(key) for key in keys[-2:]):
        levels.append(1)
    return max(levels, default=0)
