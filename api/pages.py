"""The review page: the queue, one proposal, and its forms. Every action works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from agent.core.review import State
from agent.core.values import Json
from agent.errors import Conflict, DriftmendError, InvalidDocument
from agent.pipeline.service import Service, Tried
from api.bodies import ID_PATTERN, Decide
from api.forms import FIELD, Forms, read_form, set_cookie
from api.intake import RawBody, read_json
from api.problems import InvalidBody, invalid_body, problem_of, request_id_of
from api.render import pretty, render
from api.review_page import ProposalPage, differences, proposal_page
from api.review_queue import review_queue
from api.route_parts import Id, TheService, TheWorker
from api.worker import Worker

router = APIRouter(include_in_schema=False)

DONE = {
    "approve": "Approved. The adapter serves from now on.",
    "reject": "Rejected. Its rules are remembered as wrong ones.",
    "request-changes": "Sent back. It is being drafted anew.",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A payload as it was typed, and what came of it."""

    text: str
    tried: Tried | None = None
    problem: str = ""


@router.get("/")
def home() -> Response:
    """Send people to the queue."""
    return RedirectResponse("/review", status_code=307)


@router.get("/review")
def queue(
    request: Request,
    service: TheService,
    state: Annotated[State | None, Query()] = None,
    cursor: Annotated[str, Query(pattern=ID_PATTERN)] = "",
) -> Response:
    """Show the review queue."""
    now = request.app.state.clock()
    page = review_queue(service, state=state, cursor=cursor, now=now)
    return render("queue.html", page=page, state=state)


@router.get("/review/{id}")
def proposal(
    id: Id,
    request: Request,
    service: TheService,
    payload: Annotated[str, Query(max_length=40)] = "",
    done: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show one proposal."""
    page = proposal_page(service, id)
    trial = _first_trial(service, page, payload)
    return show(request, page, trial=trial, notice=DONE.get(done, ""))


def _first_trial(service: Service, page: ProposalPage, key: str = "") -> Trial:
    """Return the trial of the chosen payload, or of the first one that there is."""
    chosen = [one for one in page.payloads if one.key == key] or list(page.payloads[:1])
    text = pretty(chosen[0].payload) if chosen else "{}"
    if page.proposal.adapter is None:
        return Trial(text)
    return _tried(service, page.proposal.id, text)


def show(
    request: Request,
    page: ProposalPage,
    *,
    trial: Trial,
    notice: str = "",
    refusal: Mapping[str, Any] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Return the page; `refusal` says why a decision was not recorded, `typed` what it said."""
    forms: Forms = request.app.state.forms
    cookie, token = forms.token(request)
    response = render(
        "proposal.html",
        status=status,
        page=page,
        now=request.app.state.clock(),
        trial=trial,
        chosen=request.query_params.get("payload", ""),
        notice=notice,
        refusal=refusal,
        typed=typed or {},
        token_field=FIELD,
        token=token,
    )
    set_cookie(response, cookie)
    return response


def our_form(request: Request, raw: RawBody) -> dict[str, str]:
    """Return the fields of a form that we gave out.

    Raises:
        Forbidden: it is not ours.
    """
    form = read_form(raw)
    forms: Forms = request.app.state.forms
    forms.check(request, form)
    return form


OurForm = Annotated[dict[str, str], Depends(our_form)]


@router.post("/review/{id}/try")
def try_payload(id: Id, request: Request, service: TheService, form: OurForm) -> Response:
    """Put the typed payload through the adapter; a script asks for the result alone."""
    trial = _tried(service, id, form.get("payload", ""))
    if request.headers.get("x-fragment"):
        return render("_tried.html", trial=trial)
    return show(request, proposal_page(service, id), trial=trial)


def _tried(service: Service, id: str, text: str) -> Trial:
    try:
        payload = read_json(text.encode("utf-8"))
        return Trial(text, service.try_payload(id, payload))
    except DriftmendError as error:
        problem = problem_of(error)
        if problem.kind.status in {404, 503}:
            raise
        return Trial(text, problem=problem.detail)


@router.post("/review/{id}/approve")
def approve(
    id: Id, request: Request, service: TheService, worker: TheWorker, form: OurForm
) -> Response:
    """Approve from the page."""
    return _decide(request, service, worker, id, kind="approve", form=form)


@router.post("/review/{id}/reject")
def reject(
    id: Id, request: Request, service: TheService, worker: TheWorker, form: OurForm
) -> Response:
    """Reject from the page."""
    return _decide(request, service, worker, id, kind="reject", form=form)


@router.post("/review/{id}/request-changes")
def request_changes(
    id: Id, request: Request, service: TheService, worker: TheWorker, form: OurForm
) -> Response:
    """Send back from the page."""
    return _decide(request, service, worker, id, kind="request-changes", form=form)


def _decide(
    request: Request,
    service: Service,
    worker: Worker,
    id: str,
    *,
    kind: str,
    form: Mapping[str, str],
) -> Response:
    try:
        _apply(service, id, kind=kind, decision=_decision(form))
    except (Conflict, InvalidBody, InvalidDocument) as error:
        return _refused(request, service, id, form=form, error=error)
    worker.wake()
    return RedirectResponse(f"/review/{id}?done={kind}", status_code=303)


def _decision(form: Mapping[str, str]) -> Decide:
    """Return the decision that a form states.

    Raises:
        InvalidBody: the name or the reason is missing, or the revision is no number.
    """
    revision = form.get("revision", "")
    asked: dict[str, Json] = {
        "by": form.get("by", ""),
        "reason": form.get("reason", ""),
        "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
    }
    try:
        return Decide.model_validate(asked)
    except ValidationError as error:
        raise invalid_body(error) from None


def _apply(service: Service, id: str, *, kind: str, decision: Decide) -> None:
    by, reason, revision = decision.by, decision.reason, decision.revision
    match kind:
        case "approve":
            service.approve(id, by=by, reason=reason, revision=revision)
        case "reject":
            service.reject(id, by=by, reason=reason, revision=revision)
        case _:
            service.request_changes(id, by=by, reason=reason, revision=revision)


def _refused(
    request: Request,
    service: Service,
    id: str,
    *,
    form: Mapping[str, str],
    error: Conflict | InvalidBody | InvalidDocument,
) -> Response:
    """Return the page as it is now, why nothing was recorded, and what changed meanwhile."""
    page = proposal_page(service, id)
    revision = form.get("revision", "")
    changed = differences(
        page,
        revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
        state=form.get("state", ""),
        rules_seen=form.get("rules", ""),
    )
    status = problem_of(error).kind.status
    refusal = {"text": _words(error), "changed": changed if status == 409 else ()}
    trial = _first_trial(service, page)
    return show(request, page, trial=trial, refusal=refusal, typed=form, status=status)


def _words(error: DriftmendError) -> str:
    """Return an error for people; of a form, the field's name instead of a pointer."""
    if isinstance(error, InvalidBody):
        names = {"/by": "Your name", "/reason": "The reason", "/revision": "The page"}
        return "; ".join(f"{names.get(at, at)}: {what}" for at, what in error.fields)
    return str(error)


def error_page(request: Request, error: Exception) -> HTMLResponse:
    """Return an error as a page, for people."""
    problem = problem_of(error)
    return render(
        "error.html",
        status=problem.kind.status,
        problem=problem,
        request_id=request_id_of(request.scope),
        headers=dict(problem.headers),
    )


def is_for_people(request: Request) -> bool:
    """Return whether the answer to a request is read by a person."""
    is_page = request.url.path == "/" or request.url.path.startswith("/review")
    return is_page and "text/html" in request.headers.get("accept", "")
