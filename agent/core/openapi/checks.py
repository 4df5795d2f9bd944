"""The checks that no payload answers: each with its id, its level, and why it has that level."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.changes import Level


@dataclass(frozen=True, slots=True)
class Check:
    """A check id with the level of what it finds, and the reason for that level."""

    id: str
    level: Level
    why: str


_TABLE = (
    # operations
    ("operation-removed", Level.BREAKING, "calls of it fail"),
    ("deprecated-operation-removed", Level.POSSIBLE, "its callers were warned"),
    ("operation-moved", Level.BREAKING, "the same operationId answers elsewhere; old calls fail"),
    ("operation-added", Level.INFO, "nobody calls it yet"),
    ("webhook-removed", Level.BREAKING, "who waits for it waits in vain"),
    ("webhook-added", Level.INFO, "nobody waits for it yet"),
    ("callback-removed", Level.BREAKING, "who waits for it waits in vain"),
    ("callback-added", Level.POSSIBLE, "callers are called in a way that they do not know"),
    ("operation-id-changed", Level.INFO, "only generated code shows the name"),
    ("operation-deprecated", Level.INFO, "it still works, and a date for its end is named"),
    ("operation-deprecated-without-sunset", Level.INFO, "it still works; when it ends is not said"),
    ("sunset-removed", Level.BREAKING, "callers planned with the date, which no longer holds"),
    ("sunset-moved-up", Level.BREAKING, "callers planned with a later date"),
    ("sunset-put-off", Level.INFO, "callers planned with an earlier date"),
    ("operation-undeprecated", Level.INFO, "it stays"),
    ("tags-changed", Level.INFO, "tags order documents"),
    ("servers-changed", Level.INFO, "where it runs is a matter of deployment"),
    # parameters
    ("required-parameter-added", Level.BREAKING, "old calls do not send it"),
    ("optional-parameter-added", Level.NON_BREAKING, "old calls may leave it out"),
    ("parameter-removed", Level.POSSIBLE, "what callers send is ignored or refused"),
    ("deprecated-parameter-removed", Level.NON_BREAKING, "its callers were warned"),
    ("parameter-moved", Level.BREAKING, "old calls send it in another place"),
    ("parameter-became-required", Level.BREAKING, "old calls may leave it out"),
    ("parameter-became-optional", Level.NON_BREAKING, "old calls send it"),
    ("parameter-style-changed", Level.BREAKING, "old calls write it in another form"),
    ("parameter-empty-value-refused", Level.BREAKING, "old calls may send it empty"),
    ("parameter-empty-value-allowed", Level.NON_BREAKING, "old calls send a value"),
    ("parameter-default-changed", Level.BREAKING, "calls that leave it out get other behaviour"),
    ("parameter-deprecated", Level.INFO, "it still works"),
    ("parameter-undeprecated", Level.INFO, "it stays"),
    # request bodies
    ("required-body-added", Level.BREAKING, "old calls send none"),
    ("optional-body-added", Level.NON_BREAKING, "old calls may send none"),
    ("body-removed", Level.BREAKING, "old calls send one"),
    ("body-became-required", Level.BREAKING, "old calls may send none"),
    ("body-became-optional", Level.NON_BREAKING, "old calls send one"),
    ("request-media-type-removed", Level.BREAKING, "old calls send it"),
    ("request-media-type-added", Level.NON_BREAKING, "old calls send another"),
    # responses
    ("success-status-removed", Level.BREAKING, "readers wait for it"),
    ("other-status-removed", Level.NON_BREAKING, "readers handle more than comes"),
    ("status-added", Level.NON_BREAKING, "readers treat a status by its class (RFC 9110, 15)"),
    ("response-media-type-removed", Level.BREAKING, "readers ask for it"),
    ("response-media-type-added", Level.NON_BREAKING, "readers ask for another"),
    ("required-header-removed", Level.BREAKING, "readers count on it"),
    ("optional-header-removed", Level.POSSIBLE, "readers may count on it though it was optional"),
    ("header-became-optional", Level.BREAKING, "readers count on it"),
    ("header-became-required", Level.NON_BREAKING, "readers get more than they were promised"),
    ("header-deprecated", Level.INFO, "it still comes"),
    ("header-undeprecated", Level.INFO, "it stays"),
    ("header-added", Level.NON_BREAKING, "readers ignore headers that they do not know"),
    # schemas of bodies, beside what docs/checks.md says of schemas
    ("request-schema-added", Level.BREAKING, "old calls sent anything"),
    ("request-schema-removed", Level.NON_BREAKING, "anything may be sent"),
    ("response-schema-added", Level.NON_BREAKING, "what comes is now described"),
    ("response-schema-removed", Level.POSSIBLE, "what comes is no longer described"),
    ("discriminator-changed", Level.INFO, "the alternatives themselves are compared"),
    ("extensible-enum-value-removed", Level.BREAKING, "writers may send it, as listed"),
    ("extensible-enum-value-added", Level.NON_BREAKING, "readers were told that values may come"),
    # security
    ("security-tightened", Level.BREAKING, "credentials that sufficed do not any more"),
    ("security-loosened", Level.INFO, "credentials that sufficed still do"),
    ("security-scheme-changed", Level.BREAKING, "callers get or send their credentials otherwise"),
    ("security-scheme-extended", Level.INFO, "what callers do still works"),
    # what could not be looked at
    ("not-compared", Level.POSSIBLE, "what was not looked at is never called harmless"),
)

CHECKS = {id: Check(id, level, why) for id, level, why in _TABLE}
"""Every check by its id."""


def level_of(check: str) -> Level:
    """Return the level of a check."""
    return CHECKS[check].level
