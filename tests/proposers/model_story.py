"""The task that the tests of the language-model proposer are about, and how to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agent.core.contract import Contract
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.syntax import EachRow, ValueRow
from agent.core.language.walk import places
from agent.core.matching.score import name_similarity
from agent.core.proposing import Answer, RuleNote, Task, Unfed
from agent.core.schema import make_schema
from agent.proposers.language_model import LanguageModel
from agent.proposers.model_endpoint import Endpoint
from agent.proposers.model_patience import Pace, Patience
from agent.proposers.reach import Similarity
from tests.proposers.fake_endpoint import FakeEndpoint, Manner

KEY = "sk-seeded-secret-4711"
TEXT = {"type": "string"}
SOURCE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "cust_nm": TEXT,
        "email": {**TEXT, "format": "email"},
        "state": {"enum": ["paid", "void"]},
        "alt_id": TEXT,
        "prices": {"type": "object", "additionalProperties": {"type": "number"}},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"code": TEXT, "n": {"type": "integer"}},
                "required": ["code"],
            },
        },
    },
    "required": ["id", "state", "alt_id", "items"],
}
CONTRACT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "status": {"enum": ["PAID", "CANCELLED"]},
        "note": {**TEXT, "default": "none"},
        "customer": {"type": "object", "properties": {"name": TEXT}, "required": ["name"]},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"sku": TEXT, "qty": {"type": "integer"}}},
        },
    },
    "required": ["id", "status", "customer"],
}
LINES = EachRow(
    "/lines",
    parse("src.items"),
    "item",
    (ValueRow("/qty", parse("item.n", names=frozenset({"item"}))),),
)
OPEN_NAME = Unfed("/customer/name", True, "Which?")
OPEN_SKU = Unfed("/lines/*/sku", False, "Which?")
OPEN_STATUS = Unfed("/status", True, "Which?")
OPEN_NOTE = Unfed("/note", False, "Which?")
SO_FAR = Answer(rows=(ValueRow("/id", parse("src.id")), LINES), unfed=(OPEN_NAME, OPEN_SKU))
PAYLOAD = {"id": "A1", "cust_nm": "Jo", "state": "paid", "alt_id": "7", "items": [{"code": "c"}]}


def make_task(**changes: Any) -> Task:
    """Return the task of feeding the contract from the source."""
    task = Task(
        source="orders",
        consumer="billing",
        after=make_schema(SOURCE),
        contract=Contract("billing", make_schema(CONTRACT)),
    )
    return replace(task, **changes)


TASK = make_task()


def by_name(_: Task) -> Similarity:
    """Return a likeness that goes by names alone."""
    return lambda source, target, _: name_similarity(source.path, target.path)


def model_at(fake: FakeEndpoint, **changes: Any) -> LanguageModel:
    """Return a proposer that asks a fake endpoint and never really waits between calls."""
    bounds = {"timeout_s": 10.0, "max_calls": 4, **changes}
    waits = bounds.pop("waits", [])
    endpoint = Endpoint(base_url=fake.base_url, name="fake-1", api_key=KEY, max_tokens=256)
    endpoint.prepare()
    pace = Pace(sleep=waits.append, chance=lambda: 0.0)
    return LanguageModel(endpoint, patience=Patience(**bounds), pace=pace)


def propose(manner: Manner, task: Task = TASK, so_far: Answer = SO_FAR) -> Answer:
    """Return what comes of one manner of answering."""
    with FakeEndpoint(manner) as fake:
        return model_at(fake).propose(task, so_far)


def rule_at(answer: Answer, target: str) -> str | None:
    """Return the printed value of the row that writes a target, or None."""
    for place in places(answer.rows):
        if place.target == target and isinstance(place.row, ValueRow):
            return print_expression(place.row.value)
    return None


def note_on(answer: Answer, target: str) -> RuleNote:
    """Return the one note on a target."""
    (note,) = [note for note in answer.notes if note.target == target]
    return note
