"""Generated pairs of schemas: no `yes` that a document breaks, no `no` without a real witness.

Run many with `python -m tests.core.inclusion.soundness --pairs 20000 --seed 1`. Judges are the
two validators; what only one of them says is counted as disputed and breaks nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from agent.core.contract import payload_validator
from agent.core.inclusion import Inclusion, Verdict, decide
from agent.core.inclusion.graph import Graph, Root
from agent.core.inclusion.members import Goal
from agent.core.inclusion.pool import documents
from agent.core.inclusion.search import OutOfSteps, Search
from agent.core.merging import value_key
from agent.core.schema import Schema, make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema
from tests.core.inclusion.laws import LAWS, equivalents
from tests.core.inclusion.making import Maker

FOCUSES = (
    "any",
    "values",
    "numbers",
    "texts",
    "arrays",
    "objects",
    "looked",
    "combined",
    "demands",
    "recursive",
)
WANTED_MEMBERS = 50
RANDOM_DOCUMENTS = 30
CHANGES_PER_MEMBER = 2
STEPS = 20_000
SIGNS = ((1, 0), (-1, 0), (1, 1), (1, -1))
POOL_DOCUMENTS = 120
_WITNESS = (True, True, False, False)


@dataclass(frozen=True)
class Listing:
    """What a search lists of a goal; `signs` say whether SUB and SUPER are asked for or barred."""

    signs: tuple[int, ...]
    values: tuple[Json, ...]
    keys: frozenset[str]
    is_complete: bool


@dataclass
class Report:
    """How many pairs were decided, how, and every breach of what was said."""

    pairs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)

    def breach(self, what: str, *parts: Any) -> None:
        """Note what must not be."""
        self.breaches.append("\n  ".join((what, *map(_shown, parts))))

    def dispute(self, what: str, *parts: Any) -> None:
        """Note what only one validator holds against an answer."""
        self.disputed.append("\n  ".join((what, *map(_shown, parts))))


def _shown(part: Any) -> str:
    document = part.document if isinstance(part, Schema) else part
    if isinstance(document, dict):
        document = {key: document[key] for key in document if key != "$schema"}
    return json.dumps(document, ensure_ascii=False)


def judge(schema: Schema, document: Json) -> tuple[bool, bool | None]:
    """Return what jsonschema-rs says of a document, and what jsonschema says or None."""
    first = payload_validator(schema).is_met(document)
    try:
        return first, bool(Draft202012Validator(schema.document).is_valid(document))
    except (re.error, RecursionError, OverflowError, ValueError):
        return first, None


def is_agreed(schema: Schema, document: Json, verdict: bool) -> bool:
    """Return whether both validators give this verdict."""
    return judge(schema, document) == (verdict, verdict)


class Enemy:
    """Decides pairs and looks for what contradicts the answers."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.report = Report()

    def attack(self, sub: Schema, super: Schema, maker: Maker) -> None:
        """Decide a pair and try to break the answer."""
        self.report.pairs += 1
        answer = decide(sub, super)
        self.report.outcomes[answer.verdict.value] += 1
        if answer.is_refuted:
            self._recheck(answer, sub, super)
            return
        known = self._attack_members(sub, super, maker)
        for document in known:
            if not payload_validator(sub).is_met(document):
                continue
            if payload_validator(super).is_met(document):
                continue
            is_real = is_agreed(sub, document, True) and is_agreed(super, document, False)
            if not answer.is_proved:
                self.report.outcomes["unknown that a document answers"] += is_real
            elif is_real:
                self.report.breach("yes, but", sub, super, document)
            else:
                self.report.dispute("yes, but one validator", sub, super, document)
            break

    def _recheck(self, answer: Inclusion, sub: Schema, super: Schema) -> None:
        said = (*judge(sub, answer.witness), *judge(super, answer.witness))
        if None in said:  # Python's engine does not read every pattern
            self.report.outcomes["no that only one validator judges"] += 1
        if not all(one in (None, wanted) for one, wanted in zip(said, _WITNESS, strict=True)):
            self.report.breach("no, but the witness is none", sub, super, answer.witness)

    # Listings and membership

    def _attack_members(self, sub: Schema, super: Schema, maker: Maker) -> list[Json]:
        """Check what the search lists of some goals against documents; return the documents."""
        pair = (sub, super)
        roots = Root("sub", sub.document), Root("super", super.document)
        graph = Graph(roots)
        literals = [graph.literal(root.document, root) for root in roots]
        tried = [maker.document() for _ in range(RANDOM_DOCUMENTS)]
        tried += itertools.islice(documents(sub.document, super.document), POOL_DOCUMENTS)
        listings = []
        for signs in SIGNS:
            goal = frozenset(one * sign for one, sign in zip(literals, signs, strict=True) if sign)
            listing = self._list(graph, goal, signs)
            if listing is not None:
                listings.append(listing)
                tried += listing.values
                for value in listing.values[:20]:
                    tried += (maker.changed_document(value) for _ in range(CHANGES_PER_MEMBER))
        search = Search(graph, steps=2_000_000)
        for document in tried:
            says = [payload_validator(schema).is_met(document) for schema in pair]
            for literal, schema, truth in zip(literals, pair, says, strict=True):
                if search.is_member(frozenset({literal}), document) is not truth:
                    is_real = is_agreed(schema, document, truth)
                    self._note(is_real, f"membership is not {truth}", schema, document)
            for listing in listings:
                self._check_listing(listing, pair, says, document)
        return tried

    def _list(self, graph: Graph, goal: Goal, signs: tuple[int, ...]) -> Listing | None:
        try:
            found = Search(graph, steps=STEPS).members(goal, WANTED_MEMBERS)
        except OutOfSteps:
            self.report.outcomes["listings out of steps"] += 1
            return None
        self.report.outcomes["listings"] += 1
        self.report.outcomes["complete listings"] += found.is_complete
        keys = frozenset(map(value_key, found.values))
        return Listing(signs, found.values, keys, found.is_complete)

    def _check_listing(
        self, listing: Listing, pair: tuple[Schema, Schema], says: list[bool], document: Json
    ) -> None:
        """A listed value is in the set; what is in the set is in a complete listing."""
        asked = [(*one, sign) for *one, sign in zip(pair, says, listing.signs, strict=True) if sign]
        is_in = all(truth is (sign > 0) for _, truth, sign in asked)
        is_listed = value_key(document) in listing.keys
        if is_in is is_listed or (is_in and not listing.is_complete):
            return
        is_real = all(is_agreed(schema, document, truth) for schema, truth, _ in asked)
        what = "complete listing lacks" if is_in else "listing holds"
        self._note(is_real, f"{what} {listing.signs}", *pair, document, list(listing.values))

    # Laws

    def check_laws(self, one: Json, other: Json, definitions: dict[str, Json]) -> None:
        """Check what is true of the answers whatever two schemas say."""
        for law in LAWS:
            pair = law.pair(one, other)
            schemas = [read(part, definitions) for part in pair]
            if schemas[0] is None or schemas[1] is None:
                continue
            answer = decide(schemas[0], schemas[1])
            self.report.outcomes[f"law {law.name}: {answer.verdict.value}"] += 1
            if answer.verdict is law.never:
                self.report.breach(f"law {law.name}", *schemas)

    def check_equivalents(self, third: Json, maker: Maker) -> None:
        """Check that two spellings of a schema include each other and are alike to a third."""
        other = read(third, {})
        for name, *pair in equivalents(maker):
            left, right = (read(part, {}) for part in pair)
            if left is None or right is None or other is None:
                continue
            for question in (
                [decide(left, right), Inclusion(Verdict.YES)],
                [decide(right, left), Inclusion(Verdict.YES)],
                [decide(left, other), decide(right, other)],
                [decide(other, left), decide(other, right)],
            ):
                verdicts = {answer.verdict for answer in question}
                alike = "alike" if len(verdicts) == 1 else "one unknown"
                self.report.outcomes[f"equivalents: {alike}"] += 1
                if verdicts >= {Verdict.YES, Verdict.NO}:
                    self.report.breach(f"equivalents {name}", left, right, other)

    def _note(self, is_real: bool, what: str, *parts: Any) -> None:
        (self.report.breach if is_real else self.report.dispute)(what, *parts)


def read(part: Json, definitions: dict[str, Json]) -> Schema | None:
    """Return a schema with these definitions, or None when it is refused."""
    if "$ref" in json.dumps(part):
        part = {"allOf": [part], "$defs": definitions}
    try:
        return make_schema(part)
    except InvalidSchema:
        return None


def pairs(maker: Maker) -> Iterator[tuple[Json, Json]]:
    """Yield pairs that often have to do with each other."""
    rng = maker.rng
    one, other = maker.schema(), maker.schema(2)
    yield one, other
    changed = maker.changed(one)
    yield one, changed
    yield changed, one
    yield maker.changed(changed), changed
    parts = [one, other, maker.schema(1)]
    yield joined(rng, parts), joined(rng, parts)


def joined(rng: random.Random, parts: list[Json], depth: int = 2) -> Json:
    """Return a random boolean combination of some parts."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(parts)
    some = [joined(rng, parts, depth - 1) for _ in range(3)]
    way = rng.randrange(5)
    if way == 0:
        return {"not": some[0]}
    if way == 1:
        return {"if": some[0], "then": some[1], "else": some[2]}
    return {("allOf", "anyOf", "oneOf")[way - 2]: some[: rng.randrange(1, 4)]}


def run(*, wanted: int, seed: int, focus: str | None = None) -> Report:
    """Return what came of so many generated pairs, and of the laws on some of their schemas."""
    rng = random.Random(seed)
    enemy = Enemy(rng)
    focuses = itertools.cycle((focus,) if focus else FOCUSES)
    while enemy.report.pairs < wanted:
        maker = Maker(rng, next(focuses))
        definitions = maker.definitions()
        for one, other in pairs(maker):
            others = maker.changed(definitions) if rng.random() < 0.3 else definitions
            sub, super = read(one, definitions), read(other, others)
            if sub is not None and super is not None:
                enemy.attack(sub, super, maker)
        if rng.random() < 0.1:
            enemy.check_laws(one, other, definitions)
            enemy.check_equivalents(one, maker)
    return enemy.report


def main() -> None:
    """Run the generated pairs that the command line asks for, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--focus", choices=FOCUSES)
    arguments = parser.parse_args()
    report = run(wanted=arguments.pairs, seed=arguments.seed, focus=arguments.focus)
    print(f"{report.pairs} pairs")
    for name, count in sorted(report.outcomes.items()):
        print(f"  {count:7} {name}")
    print(f"{len(report.disputed)} disputed between validators", *report.disputed[:5], sep="\n")
    print(f"{len(report.breaches)} breaches", *report.breaches[:20], sep="\n")


if __name__ == "__main__":
    main()
