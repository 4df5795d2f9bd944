"""Plain texts against texts beside their language."""

from __future__ import annotations

from typing import Any

import pytest

from agent.proposers.languages import said_language
from tests.core.verify.making import TEXT, array, obj
from tests.proposers.small_tasks import adapt, propose

TAGGED = array(obj("text language", text=TEXT, language=TEXT))
LOAF = {"name": [{"text": "Roggen", "language": "de"}, {"text": "Rye", "language": "en"}]}


def told(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """Return a schema that says something of itself."""
    return {**schema, "description": description}


@pytest.mark.parametrize(
    ("description", "name"),
    [
        pytest.param("Texts are in English.", "Rye", id="a language by name"),
        pytest.param("Configured for language 'de'.", "Roggen", id="a language by code"),
        pytest.param("", "Roggen", id="none said, so the first"),
    ],
)
def test_propose__texts_in_languages_for_a_plain_one__the_said_one(
    description: str, name: str
) -> None:
    """The text in the language that the contract says is taken, else the first, which is asked."""
    proposed = propose(obj("name", name=TAGGED), told(obj("", name=TEXT), description))
    assert adapt(proposed, LOAF) == {"name": name}
    assert ("ambiguous" in {one.code for one in proposed.verification.findings}) == (
        not description
    )


def test_propose__no_language_said_and_english_seen__english_else_the_first() -> None:
    """Where texts are seen to be in English, it is guessed, and a person is asked."""
    english = {**TEXT, "examples": ["de", "en"]}
    texts = array(obj("text language", text=TEXT, language=english))
    proposed = propose(obj("name", name=texts), obj("", name=TEXT))
    assert adapt(proposed, LOAF) == {"name": "Rye"}
    assert adapt(proposed, {"name": LOAF["name"][:1]}) == {"name": "Roggen"}
    assert "ambiguous" in {one.code for one in proposed.verification.findings}


def test_propose__no_text_in_the_language__left_out() -> None:
    """An optional text without a version in the language stays absent."""
    proposed = propose(obj("name", name=TAGGED), told(obj("", name=TEXT), "In French."))
    assert adapt(proposed, LOAF) == {}


def test_propose__plain_text_for_texts_in_languages__tagged_as_the_source_says() -> None:
    """A plain text gets the language that the source says it is in."""
    after = told(obj("name", name=TEXT), "All texts are in English.")
    made = adapt(propose(after, obj("name", name=TAGGED)), {"name": "Rye"})
    assert made == {"name": [{"text": "Rye", "language": "en"}]}


@pytest.mark.parametrize(
    ("description", "language"),
    [("in Danish", "da"), ("language: 'nb'", "nb"), ("in Danish or Dutch", None), ("texts", None)],
)
def test_said_language__one_language__its_code(description: str, language: str | None) -> None:
    """One language is understood, several or none are not."""
    assert said_language(description) == language
