"""The shapes that go over HTTP: request and response bodies, each with an example."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from agent.core.invariants.declaring import COUNT_LIMIT, MESSAGE_LIMIT
from agent.core.invariants.syntax import EXPRESSION_LIMIT
from agent.core.values import Json
from api import examples as shown

NAME_PATTERN = r"^[^\x00-\x1f\x7f/]{1,200}$"
"""Names that could be registered; the pipeline has the last word on new ones."""

POINTER_PATTERN = r"^(/[\s\S]*)?$"
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$"


def _plain(text: str) -> str:
    """Return the text; refuse control characters, which no store and no page wants."""
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text) or "\x7f" in text:
        raise ValueError("holds a control character")
    return text


PersonName: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_plain),
]
Reason: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_plain),
]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_plain)]


class _Asked(BaseModel):
    """A request body: nothing is coerced, and an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Told(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)


class PutSource(_Asked):
    """Registers a source, or renews its description."""

    description: Text = ""
    by: PersonName = "operator"

    model_config = ConfigDict(json_schema_extra={"examples": [shown.PUT_SOURCE]})


class ReportVersion(_Asked):
    """Reports a schema version. `pointer` picks a component of an OpenAPI document."""

    document: Json = Field(alias="schema", description="A JSON Schema or OpenAPI document.")
    pointer: Text = Field(default="", description="A JSON Pointer into `schema`.")
    samples: list[Json] = Field(default=[], description="Payloads of this version.")
    by: PersonName = "operator"

    model_config = ConfigDict(json_schema_extra={"examples": [shown.REPORT_VERSION]})


class InvariantBody(_Asked):
    """One CEL expression that every output has to satisfy; `message` says it in words."""

    expression: str = Field(max_length=EXPRESSION_LIMIT)
    message: str = Field(default="", max_length=MESSAGE_LIMIT)


class PutContract(_Asked):
    """Registers what one consumer accepts from one source."""

    document: Json = Field(alias="schema", description="A JSON Schema or OpenAPI document.")
    pointer: Text = Field(default="", description="A JSON Pointer into `schema`.")
    invariants: list[InvariantBody] = Field(
        default=[],
        max_length=COUNT_LIMIT,
        description="Added to those that the root of `schema` declares.",
    )
    examples: list[Json] = Field(default=[], description="Payloads that fit the contract.")
    by: PersonName = "operator"

    model_config = ConfigDict(json_schema_extra={"examples": [shown.PUT_CONTRACT]})


class AmendRules(_Asked):
    """Replaces the rule table of a proposal; it is verified again at once."""

    rules: list[dict[str, Json]] = Field(description="Rows, as in an adapter document.")
    by: PersonName
    reason: Reason
    revision: int = Field(ge=0, description="The revision that was read; another one is a 409.")

    model_config = ConfigDict(json_schema_extra={"examples": [shown.AMEND_RULES]})


class TryPayload(_Asked):
    """One payload to put through a proposed adapter."""

    payload: Json

    model_config = ConfigDict(json_schema_extra={"examples": [shown.TRY_PAYLOAD]})


class Decide(_Asked):
    """A decision by a named person. It is refused when the proposal is no longer what they saw."""

    by: PersonName
    reason: Reason
    revision: int | None = Field(default=None, ge=0, description="The revision that was read.")
    evidence_hash: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description="The evidence that was read."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [shown.DECIDE]})


class ImportAdapter(_Asked):
    """A hand-written adapter, verified and decided like any other.

    `version` is the schema version of its source that it is for; the newest when left out.
    """

    adapter: dict[str, Json]
    version: int | None = Field(default=None, ge=1)
    by: PersonName = "operator"

    model_config = ConfigDict(json_schema_extra={"examples": [shown.IMPORT_ADAPTER]})


class ExplainTarget(_Asked):
    """Asks which reads and rules made `target` out of `payload`."""

    payload: Json
    target: Annotated[Text, StringConstraints(pattern=POINTER_PATTERN)]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.EXPLAIN_TARGET]})


class SourceBody(_Told):
    """A source."""

    name: str
    description: str
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.SOURCE]})


class VersionBody(_Told):
    """A schema version, without its schema."""

    source: str
    number: int
    fingerprint: str
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.VERSION]})


class ChangeBody(_Told):
    """A detected change. `before` and `after` are version numbers; `diff` has every change."""

    id: str
    source: str
    before: int | None
    after: int
    diff: Any
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.CHANGE]})


class ContractBody(_Told):
    """A contract, without its schema."""

    consumer: str
    source: str
    number: int
    fingerprint: str
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.CONTRACT]})


class ProposalSummary(_Told):
    """A proposal as the queue shows it. `confidence` is 0 to 1, null while there is none."""

    id: str
    source: str
    version: int
    consumer: str
    state: str
    revision: int
    verdict: str | None
    confidence: float | None
    decision_needed: bool | None
    author: str
    change: str | None
    evidence_hash: str
    failure: str
    created_at: datetime
    updated_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.SUMMARY]})


class DecisionBody(_Told):
    """What was decided, by whom, why, and on which evidence."""

    kind: str
    by: str
    reason: str
    evidence_hash: str
    at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.DECISION]})


class ProposalBody(ProposalSummary):
    """A proposal with everything that a reviewer reads."""

    adapter: Any
    verification: Any
    provenance: Any
    diff: Any
    decisions: list[DecisionBody]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.PROPOSAL]})


class ProposalPage(_Told):
    """One page of the queue, newest first; `next_cursor` is null on the last page."""

    items: list[ProposalSummary]
    next_cursor: str | None

    model_config = ConfigDict(json_schema_extra={"examples": [shown.PROPOSAL_PAGE]})


class ReportedBody(_Told):
    """The version on record, and the change that it makes, if any, with its proposals."""

    version: VersionBody
    is_new: bool
    change: ChangeBody | None
    proposals: list[ProposalSummary]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.REPORTED]})


class ViolationBody(_Told):
    """A place in an output that breaks the contract, and the clause that it breaks."""

    path: str
    clause: str
    message: str


class TriedBody(_Told):
    """What came out. `refused` says why the payload was refused; then there is no output."""

    output: Any
    violations: list[ViolationBody]
    refused: str | None

    model_config = ConfigDict(json_schema_extra={"examples": [shown.TRIED]})


class AdapterSummary(_Told):
    """An approved adapter, without its document."""

    id: str
    source: str
    version: int
    consumer: str
    fingerprint: str
    state: str
    proposal: str
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [shown.ADAPTER_SUMMARY]})


class AdapterBody(AdapterSummary):
    """An approved adapter."""

    document: Any

    model_config = ConfigDict(json_schema_extra={"examples": [shown.ADAPTER]})


class AdapterList(_Told):
    """Served and retired adapters, newest first."""

    items: list[AdapterSummary]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.ADAPTER_LIST]})


class ApprovedBody(_Told):
    """The approved proposal and the adapter that serves from now on."""

    proposal: ProposalSummary
    adapter: AdapterSummary

    model_config = ConfigDict(json_schema_extra={"examples": [shown.APPROVED]})


class ReadBody(_Told):
    """A source path that was read, and what stood there."""

    path: str
    value: Any


class StepBody(_Told):
    """A rule that took part, as a pointer into the adapter document, with what it read."""

    rule: str
    text: str
    reads: list[ReadBody]


class ExplanationBody(_Told):
    """How one target came about. `is_present` is false when nothing was written there."""

    target: str
    is_present: bool
    value: Any
    steps: list[StepBody]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.EXPLANATION]})


class CanAdaptItem(_Told):
    """Whether one consumer can be served, and why."""

    consumer: str
    status: str
    reason: str


class CanAdaptBody(_Told):
    """The answer for every consumer of a source."""

    source: str
    version: str
    consumers: list[CanAdaptItem]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.CAN_ADAPT]})


class HealthBody(_Told):
    """The process is up."""

    status: str

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})


class CheckBody(_Told):
    """One thing that the service needs, and whether it is there."""

    name: str
    is_ok: bool
    detail: str


class ReadyBody(_Told):
    """The service can take work."""

    status: str
    checks: list[CheckBody]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.READY]})


class ExportBody(_Told):
    """An adapter as a `program` of another language.

    `checked` is `agrees` when its engine gave on this machine what the reference gives, else
    `unchecked`; `detail` says how, or why not. `marks` are the differences that it announces.
    """

    language: str
    program: str
    checked: str
    detail: str
    marks: list[str]

    model_config = ConfigDict(json_schema_extra={"examples": [shown.EXPORT]})


class ProblemBody(_Told):
    """An RFC 9457 problem document. `request_id` is in the log too."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    where: str = ""
    found: str = ""
    help: str = ""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [shown.PROBLEM]})
