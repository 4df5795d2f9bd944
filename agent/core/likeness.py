"""Fingerprints of schemas that ignore cosmetics.

Every subschema becomes a state of an automaton: its own keywords are the state's letter, its
subschemas the steps to other states, and references are no step at all. Two schemas that differ
only in what is inlined, unrolled or named have the same smallest automaton (Hopcroft's partition
refinement), which is listed from the root and hashed.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.dialects import DRAFT_2020_12, MANY_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA
from agent.core.invariants.declaring import KEYWORD
from agent.core.merging import Node, target_of, value_key
from agent.core.values import Json, canonical_text, fingerprint

_COSMETIC = frozenset(["title", "description", "examples", "$comment", "$defs", "$schema"])


def schema_fingerprint(document: Node) -> str:
    """Return the fingerprint of a canonical document; its invariants count, their order too."""
    letters, steps = _automaton(document, [])
    classes = refine(letters, steps)
    invariants = [document[KEYWORD]] if KEYWORD in document else []
    return fingerprint([DRAFT_2020_12, _listing(letters, steps, classes), *invariants])


def classes_of(document: Node, other: Node) -> tuple[dict[int, int], dict[int, int]]:
    """Return the class of every subschema of both documents by its `id`; alike ones share one.

    Alike are subschemas that differ in cosmetics only. A node that says nothing itself counts by
    what it refers to: look up `id(followed(document, node))`.
    """
    states: list[int] = []
    others: list[int] = []
    letters, steps = _automaton(document, states)
    count = len(letters)
    more_letters, more_steps = _automaton(other, others)
    shifted = [[step + count for step in row] for row in more_steps]
    classes = refine(letters + more_letters, steps + shifted)
    return (
        dict(zip(states, classes[:count], strict=True)),
        dict(zip(others, classes[count:], strict=True)),
    )


def _automaton(document: Node, states: list[int]) -> tuple[list[str], list[list[int]]]:
    """Return each state's letter and steps; state 0 is the root. `states` gets the nodes' ids."""
    waiting: list[Json] = [followed(document, document)]
    numbers = {id(waiting[0]): 0}
    letters: list[str] = []
    steps: list[list[int]] = []
    for node in waiting:
        letter, parts = _letter(document, node)
        row = []
        for part in parts:
            target = followed(document, part)
            number = numbers.setdefault(id(target), len(numbers))
            if number == len(waiting):
                waiting.append(target)
            row.append(number)
        letters.append(letter)
        steps.append(row)
    states.extend(map(id, waiting))
    return letters, steps


def _conjuncts(document: Node, node: Node) -> list[Json]:
    """Return what a node takes together: a reference is one more member of `allOf`."""
    referred = [target_of(document, node["$ref"])] if "$ref" in node else []
    return [*referred, *node.get("allOf", [])]


def _is_cosmetic(key: str) -> bool:
    return key in _COSMETIC or key.startswith("x-")


def followed(document: Node, node: Json) -> Json:
    """Return what a node that says nothing itself refers to; circles are refused before."""
    while isinstance(node, dict) and ("$ref" in node or "allOf" in node):
        conjuncts = _conjuncts(document, node)
        own = [key for key in node if key not in ("$ref", "allOf") and not _is_cosmetic(key)]
        if own or len(conjuncts) > 1:
            break
        node = conjuncts[0]
    return node


def _letter(document: Node, node: Json) -> tuple[str, list[Json]]:
    """Return what a node says itself, as text, and its subschemas in a fixed order."""
    if not isinstance(node, dict):
        return ("{}", []) if node else ('{"not":[""]}', [True])
    parts = _conjuncts(document, node)
    own: dict[str, Json] = {"allOf": len(parts)} if parts else {}
    for key in sorted(node):
        value = node[key]
        if key in ("$ref", "allOf") or _is_cosmetic(key):
            continue
        if key in NAMED_SCHEMAS:
            own[key] = sorted(value)
            parts.extend(value[name] for name in own[key])
        elif key in MANY_SCHEMAS:
            own[key] = len(value)
            parts.extend(value)
        elif key in ONE_SCHEMA:
            own[key] = [""]
            parts.append(value)
        else:
            own[key] = _plain(key, value)
    return canonical_text(own), parts


def _plain(key: str, value: Json) -> Json:
    """Return a plain keyword's value without the order that says nothing."""
    if key in ("type", "required") and isinstance(value, list):
        return sorted(value)
    if key == "enum":
        return sorted(value_key(item) for item in value)
    if key == "dependentRequired":
        return {name: sorted(names) for name, names in value.items()}
    return value if key == "default" else [value_key(value)]


def refine(letters: list[str], steps: list[list[int]]) -> list[int]:
    """Return each state's class: states of one class cannot be told apart by any walk."""
    numbers: dict[tuple[str, int], int] = {}
    classes = [
        numbers.setdefault((letter, len(row)), len(numbers))
        for letter, row in zip(letters, steps, strict=True)
    ]
    members: list[set[int]] = [set() for _ in numbers]
    sources: list[list[tuple[int, int]]] = [[] for _ in steps]
    for state, row in enumerate(steps):
        members[classes[state]].add(state)
        for label, target in enumerate(row):
            sources[target].append((label, state))
    waiting = set(range(len(members)))
    while waiting:
        for group in _sources_of(members[waiting.pop()], sources):
            _split(group, classes, members, waiting)
    return classes


def _sources_of(states: set[int], sources: list[list[tuple[int, int]]]) -> Iterable[set[int]]:
    """Yield, label by label, the states that step into `states`."""
    by_label: dict[int, set[int]] = {}
    for state in states:
        for label, source in sources[state]:
            by_label.setdefault(label, set()).add(source)
    return by_label.values()


def _split(group: set[int], classes: list[int], members: list[set[int]], waiting: set[int]) -> None:
    """Split every class of which only a part is in `group`; the smaller part is looked at again."""
    touched: dict[int, set[int]] = {}
    for state in group:
        touched.setdefault(classes[state], set()).add(state)
    for number, part in touched.items():
        if len(part) == len(members[number]):
            continue
        small = part
        if 2 * len(part) <= len(members[number]):
            members[number] -= part
        else:
            small, members[number] = members[number] - part, part
        for state in small:
            classes[state] = len(members)
        waiting.add(len(members))
        members.append(small)


def _listing(letters: list[str], steps: list[list[int]], classes: list[int]) -> list[Json]:
    """Return the classes as met from the root: each one's letter and its steps by number."""
    member = {class_: state for state, class_ in reversed(list(enumerate(classes)))}
    numbers = {classes[0]: 0}
    queue = [classes[0]]
    listed: list[Json] = []
    for class_ in queue:
        state = member[class_]
        row = []
        for step in steps[state]:
            target = classes[step]
            if target not in numbers:
                numbers[target] = len(numbers)
                queue.append(target)
            row.append(numbers[target])
        listed.append([letters[state], row])
    return listed
