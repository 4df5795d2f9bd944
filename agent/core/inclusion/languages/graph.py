"""The automata of a question side by side, explored breadth first within a budget of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.core.inclusion.languages.automaton import State
from agent.core.inclusion.languages.charsets import CharSet
from agent.core.inclusion.languages.conjunction import common_classes, is_accepted, is_lost
from agent.core.inclusion.languages.language import Language

_PER_STEP = 4
"""Terms looked at that count as one step."""


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
        self._machines = tuple(each.take_machine() for each in (*required, *forbidden))
        self._required = len(required)
        self._alphabet = common_classes(tuple(each.classes for each in self._machines))
        self._nodes: dict[tuple[State, ...], Node] = {}
        self._waiting: list[Node] = []
        self.start = self._find_node(tuple(each.start for each in self._machines), 0)

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

    def plunge(self, meter: Meter, *, shortest: int, longest: int | None) -> None:
        """Follow moves, farthest first, until a text is accepted or the meter ends.

        What many states stand in the way of breadth is often found in depth.
        """
        try:
            while self._waiting:
                node = self._waiting.pop()
                if node.is_accepting and node.depth >= shortest:
                    return
                if longest is None or node.depth < longest:
                    found: list[Node] = []
                    self._follow(node, found, meter)
                    self._waiting += reversed(found)
        except Spent:
            return

    def _follow(self, node: Node, found: list[Node], meter: Meter) -> None:
        meter.spend(len(self._alphabet) + sum(each.size for each in node.states) // _PER_STEP)
        for charset, symbols in self._alphabet:
            states = tuple(
                machine.step(state, symbol)
                for machine, state, symbol in zip(self._machines, node.states, symbols, strict=True)
            )
            if not is_lost(states[: self._required], states[self._required :]):
                known = len(self._nodes)
                target = self._find_node(states, node.depth + 1)
                node.moves.append((charset, target))
                if len(self._nodes) > known:
                    found.append(target)

    def _find_node(self, states: tuple[State, ...], depth: int) -> Node:
        node = self._nodes.get(states)
        if node is None:
            is_accepting = is_accepted(states[: self._required], states[self._required :])
            node = self._nodes[states] = Node(states, depth, is_accepting)
            if depth == 0:
                self._waiting.append(node)
        return node
