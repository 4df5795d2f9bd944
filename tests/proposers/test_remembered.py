"""What prior mappings say of a task: for the same source, for others, and where they do not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.proposing import PriorMapping
from agent.core.schema import make_schema
from agent.core.synthesis.examples import Read
from agent.proposers.remembered import PRIOR_SCORE, Priors, alike, unguarded
from tests.core.verify.making import TEXT, obj

AFTER = make_schema(obj("", oven=obj("", temp_c={"type": "number"}, label=TEXT), bakers={}))
CONTRACT = make_schema(obj("", heat={"type": "number"}, title=TEXT))
PLAIN = PriorMapping(
    "p", "bakery", "till", "/heat", "heat", ("/oven/temp_c",), "oven temp", "a", True
)


def read(path: str, prior: float = 0.1) -> Read:
    """Return a read of a source field."""
    field = AFTER.field(path)
    assert field is not None
    return Read(parse("src" + path.replace("/", ".")), path, field, prior)


def heat() -> object:
    """Return the contract field that all of this is about."""
    return CONTRACT.field("/heat")


@pytest.mark.parametrize(("source", "least", "most"), [("bakery", 0.9, 0.9), ("mill", 0.8, 0.89)])
def test_likeness__joined_before__says_so_and_less_for_another_source(
    source: str, least: float, most: float
) -> None:
    """What was approved for this very source counts most; other sources count too."""
    said = Priors(source, [PLAIN]).likeness("/oven/temp_c", "/heat")
    assert least <= said <= most <= PRIOR_SCORE


def test_likeness__another_field_or_a_rejection__says_nothing() -> None:
    """Only an approved mapping of these two fields speaks for them."""
    assert Priors("bakery", [PLAIN]).likeness("/oven/label", "/heat") == 0.0
    assert Priors("bakery", [PLAIN]).likeness("/oven/temp_c", "/title") == 0.0
    refused = replace(PLAIN, is_approved=False)
    assert Priors("bakery", [refused]).likeness("/oven/temp_c", "/heat") == 0.0


def test_approved__an_expression__comes_back_over_the_field_of_now() -> None:
    """A conversion that was approved is used again, without the guard that stood around it."""
    prior = replace(PLAIN, expression="require(scale(a, 1), 'the contract requires heat')")
    (made,) = Priors("mill", [prior]).approved(heat(), [read("/oven/temp_c")])  # type: ignore[arg-type]
    assert print_expression(made.over([parse("src.oven.temp_c")])) == "scale(src.oven.temp_c, 1)"


def test_approved__several_reads__each_finds_its_own() -> None:
    """A rule over two fields is used again where both are there, and not where one is missing."""
    prior = replace(
        PLAIN, reads=("/oven/label", "/oven/temp_c"), expression="join(' ', a, text(b))"
    )
    priors = Priors("mill", [prior])
    both = [read("/oven/temp_c"), read("/oven/label")]
    (made,) = priors.approved(heat(), both)  # type: ignore[arg-type]
    assert [one.path for one in made.reads] == ["/oven/label", "/oven/temp_c"]
    assert priors.approved(heat(), both[:1]) == []  # type: ignore[arg-type]


def test_approved__fails_on_a_sample__is_about_something_else() -> None:
    """An expression over an array says nothing about a number of the same name."""
    prior = replace(PLAIN, expression="[x.t for x in a]")
    payloads = [{"oven": {"temp_c": 220}}]
    assert Priors("mill", [prior], payloads).approved(heat(), [read("/oven/temp_c")]) == []  # type: ignore[arg-type]
    assert Priors("mill", [prior]).approved(heat(), [read("/oven/temp_c")]) != []  # type: ignore[arg-type]


def test_rejected__the_same_rule__keeps_less_of_its_score() -> None:
    """A rejection is about one rule of one source: any other keeps all."""
    priors = Priors("bakery", [replace(PLAIN, is_approved=False)])
    plain, scaled = (parse(text, names=frozenset("a")) for text in ("a", "scale(a, 1)"))
    oven = read("/oven/temp_c")
    assert priors.rejected(heat(), oven, plain) == 0.5  # type: ignore[arg-type]
    assert priors.rejected(heat(), oven, scaled) == 1.0  # type: ignore[arg-type]
    assert Priors("mill", priors.mappings).rejected(heat(), oven, plain) == 1.0  # type: ignore[arg-type]


@pytest.mark.parametrize("expression", ["scale(a, 1)", "if_missing(a, 0)", "non_empty(a)"])
def test_prior__of_another_source__tells_no_habits(expression: str) -> None:
    """What another source computes of a field, or writes where there is none, is its own affair."""
    prior = replace(PLAIN, expression=expression)
    elsewhere = Priors("mill", [prior])
    assert (elsewhere.likeness("/oven/temp_c", "/heat") > 0) == (expression != "scale(a, 1)")
    offered = elsewhere.approved(heat(), [read("/oven/temp_c")])  # type: ignore[arg-type]
    assert bool(offered) == (expression == "scale(a, 1)")
    assert Priors("bakery", [prior]).likeness("/oven/temp_c", "/heat") > 0


def test_alike__the_last_two_steps__tell_a_place() -> None:
    """A place is the same however deep it lies, and items are called what their array is."""
    assert alike("/a/order/total", "/order/*/total") == 1.0
    assert alike("/order/total", "/order/count") < 1.0


@pytest.mark.parametrize("text", ["__import__('os')", "b", "("])
def test_unguarded__no_expression__is_none(text: str) -> None:
    """A memory that holds what the language does not know is no reason to fail."""
    assert unguarded(text, 1) is None


def test_approved__texts_of_another_source__are_not_carried_over() -> None:
    """A comparison with a value that these fields never hold says nothing here."""
    prior = replace(PLAIN, expression="1 if a == 'sourdough' else 2")
    here = [read("/oven/temp_c")]
    assert Priors("mill", [prior]).approved(heat(), here) == []  # type: ignore[arg-type]
    assert Priors("bakery", [prior]).approved(heat(), here) != []  # type: ignore[arg-type]


def test_approved__a_value_of_another_type__is_about_something_else() -> None:
    """A number is not fed by a rule that made texts elsewhere."""
    prior = replace(PLAIN, expression="text(a)")
    payloads = [{"oven": {"temp_c": 220}}]
    assert Priors("mill", [prior], payloads).approved(heat(), [read("/oven/temp_c")]) == []  # type: ignore[arg-type]


def test_alike__one_name_in_objects_called_otherwise__is_another_place() -> None:
    """The name of an oven is not that of a baker."""
    assert alike("/oven/name", "/baker/name") < 0.75
    assert alike("/oven/name", "/ovens/*/name") >= 0.85
