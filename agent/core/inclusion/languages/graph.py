"""The automata of a question side by side, explored breadth first within a budget of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.core.inclusion.languages.automaton import Language, State
from agent.core.inclusion.languages.charsets import CharSet, partition, simplicity


class Spent(Exception):
    """The budget of steps is used up."""


@dataclass(slots=True)
class Meter:
    """Steps that are left; a step is about a microsecond or two of work."""

    left: int

    def spend(self, steps: int) -> None:
        """Take steps off.

        Raises:
            Spent: none was left.
        """
        if self.left <= 0:
            raise Spent
        self.left -= steps


@dataclass(eq=False, slots=True)
class Node:
    """One state of every automaton; `moves` are (class of characters, node), simplest first."""

    states: tuple[State, ...]
    depth: int
    is_accepting: bool
    moves: list[tuple[CharSet, Node]] = field(default_factory=list)


class Graph:
    """Nodes that can still lead to a text that all `required` and no `forbidden` matches."""

    def __init__(self, required: Sequence[Language], forbidden: Sequence[Language]) -> None:
        self._automata = [each.automaton for each in (*required, *forbidden)]
        self._required = len(required)
        self._alphabet = _common_classes([each.classes for each in self._automata])
        self._nodes: dict[tuple[State, ...], Node] = {}
        self._waiting: list[Node] = []
        self.start = self._find_node(tuple(each.start for each in self._automata), 0)

    @property
    def nodes(self) -> list[Node]:
        """Return the nodes found so far, in the order in which they were found."""
        return list(self._nodes.values())

    def explore(self, meter: Meter, *, longest: int | None) -> int | None:
        """Follow moves, nearest first; return the depth that is known, None when it is all.

        Nodes that need `longest` characters are not followed. Where the meter ends, every node
        nearer than the returned depth has all its moves.
        """
        while self._waiting:
            following: list[Node] = []
            for index, node in enumerate(self._waiting):
                if longest is not None and node.depth >= longest:
                    self._waiting = []
                    return None
                try:
                    self._follow(node, following, meter)
                except Spent:
                    self._waiting = self._waiting[index:] + following
                    return node.depth
            self._waiting = following
        return None

    def _follow(self, node: Node, found: list[Node], meter: Meter) -> None:
        meter.spend(len(self._alphabet) + sum(len(each.terms) for each in node.states))
        for charset, symbols in self._alphabet:
            states = tuple(
                automaton.step(state, symbol)
                for automaton, state, symbol in zip(
                    self._automata, node.states, symbols, strict=True
                )
            )
            if self._is_possible(states):
                known = len(self._nodes)
                target = self._find_node(states, node.depth + 1)
                node.moves.append((charset, target))
                if len(self._nodes) > known:
                    found.append(target)

    def _is_possible(self, states: tuple[State, ...]) -> bool:
        required, forbidden = states[: self._required], states[self._required :]
        return not (
            any(each.is_dead for each in required) or any(each.is_matched for each in forbidden)
        )

    def _find_node(self, states: tuple[State, ...], depth: int) -> Node:
        node = self._nodes.get(states)
        if node is None:
            required, forbidden = states[: self._required], states[self._required :]
            is_accepting = all(each.is_accepting for each in required) and not any(
                each.is_accepting for each in forbidden
            )
            node = self._nodes[states] = Node(states, depth, is_accepting)
            if depth == 0:
                self._waiting.append(node)
        return node


def _common_classes(
    alphabets: list[tuple[CharSet, ...]],
) -> list[tuple[CharSet, tuple[int, ...]]]:
    """Return classes no automaton tells apart, simplest first, with each automaton's symbol."""
    classes = partition([*alphabets, ()])
    named = [
        (charset, tuple(mark.bit_length() - 1 for mark in marks[:-1]))
        for marks, charset in classes.items()
    ]
    return sorted(named, key=lambda each: simplicity(each[0]))
