from __future__ import annotations

import inspect

import pytest

from agent import errors
from agent.errors import DriftmendError, InvalidExpression, PayloadRefused, StoreUnavailable
from api.problems import TABLE, UNEXPECTED, kind_of, problem_of

NEVER_OVER_HTTP = {
    errors.InvalidCase,
    errors.InvalidSettings,
    errors.AddressInUse,
}


def all_errors() -> list[type[DriftmendError]]:
    """Return every error of the house."""
    found = (kind for _, kind in inspect.getmembers(errors, inspect.isclass))
    return [
        kind for kind in found if issubclass(kind, DriftmendError) and kind is not DriftmendError
    ]


@pytest.mark.parametrize("error", all_errors())
def test_table__every_error_of_the_house__has_its_status(error: type[DriftmendError]) -> None:
    """No error that can meet HTTP falls through to 500."""
    assert (error in TABLE) != (error in NEVER_OVER_HTTP)


def test_table__names__are_unique() -> None:
    """A problem type means one thing."""
    names = [kind.name for kind in TABLE.values()]
    assert len(names) == len(set(names))


def test_kind__a_subclass_that_the_table_does_not_know__is_its_parent() -> None:
    """A finer error keeps the status of the coarser one."""

    class Finer(StoreUnavailable):
        """More exact."""

    assert kind_of(Finer(where="", found="x")).status == 503


def test_problem__payload_refused__has_every_field() -> None:
    """A caller can act on the paths without reading the sentence."""
    error = PayloadRefused(
        found="holds 'x'", target="/a", source="/b/0", operation="number", help="wrap it"
    )
    document = problem_of(error).document(instance="/v1/adapt/a/1/b", request_id="r")
    assert document["status"] == 422
    assert (document["target"], document["source"]) == ("/a", "/b/0")
    assert (document["operation"], document["reason"]) == ("number", "holds 'x'")
    assert document["instance"] == "/v1/adapt/a/1/b"


def test_problem__invalid_expression__has_its_position() -> None:
    """An editor can put its cursor where the expression is wrong."""
    error = InvalidExpression(where="/rules/0", found="x", position=7)
    assert problem_of(error).document(instance="", request_id="")["position"] == 7


def test_problem__store_unavailable__says_when_to_try_again() -> None:
    """A 503 carries Retry-After."""
    assert (
        int(problem_of(StoreUnavailable(where="ledger", found="locked")).headers["Retry-After"]) > 0
    )


@pytest.mark.parametrize(
    "error", [RuntimeError("secret"), DriftmendError(where="secret", found="")]
)
def test_problem__an_error_nobody_foresaw__says_nothing(error: Exception) -> None:
    """The inside of the process does not leave it."""
    problem = problem_of(error)
    assert problem.kind is UNEXPECTED
    assert "secret" not in str(problem.document(instance="", request_id=""))


def test_problem__endless_or_broken_text__is_capped_and_can_be_sent() -> None:
    """What a caller sent may be quoted, but not without end, and always as UTF-8."""
    error = StoreUnavailable(where="\ud800", found="x" * 100_000)
    document = problem_of(error).document(instance="/", request_id="")
    assert len(str(document)) < 15_000
    str(document).encode("utf-8")
