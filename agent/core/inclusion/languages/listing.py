"""The texts along the paths of a graph, shortest first; within a length, simplest first."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.inclusion.languages.charsets import CharSet, simple_first
from agent.core.inclusion.languages.graph import Graph, Meter, Node, Spent

Layer = frozenset[Node]
_LENGTH_LIMIT = 20_000
"""Longest text that is written out, in characters."""
_STRIDE = 8
"""Look-ups that count as one step."""


class Listing:
    """Texts of the part of a graph that is known."""

    def __init__(self, graph: Graph, meter: Meter) -> None:
        self._meter = meter
        self._targets = _live_moves(graph)
        self._layers = _Layers(graph.start, self._targets, meter)
        self._kept: dict[tuple[Layer, Layer], Layer] = {}
        self._moves: dict[tuple[Node, Layer], list[tuple[CharSet, Node]]] = {}

    def texts(self, shortest: int, longest: int | None) -> Iterator[str]:
        """Yield every text whose length lies within the bounds, shortest first.

        Raises:
            Spent: the meter ended, or the next text is too long to write out.
        """
        length = shortest
        while longest is None or length <= longest:
            layer = self._layers.at(length)
            if not layer:
                return
            ends = frozenset(node for node in layer if node.is_accepting)
            if ends:
                yield from self._texts_of(length, ends)
            self._meter.spend(1)
            length += 1

    def _texts_of(self, length: int, ends: Layer) -> Iterator[str]:
        """Yield the texts of one length, without a step that leads nowhere."""
        if length > _LENGTH_LIMIT:
            raise Spent
        ways = [ends]
        for place in range(length - 1, -1, -1):
            ways.append(self._keep(self._layers.at(place), ways[-1]))
        ways.reverse()
        (start,) = ways[0]
        path = [self._choices(start, ways[1])] if length else []
        if not length:
            yield ""
        text: list[str] = []
        while path:
            step = next(path[-1], None)
            if step is None:
                path.pop()
                if text:
                    text.pop()
                continue
            if len(path) == length:
                self._meter.spend(1 + length // _STRIDE)
                yield "".join(text) + step[0]
                continue
            text.append(step[0])
            path.append(self._choices(step[1], ways[len(path) + 1]))

    def _keep(self, layer: Layer, goal: Layer) -> Layer:
        """Return the nodes of a layer from which one move leads into the goal."""
        key = (layer, goal)
        if key not in self._kept:
            self._meter.spend(1 + len(layer) // _STRIDE)
            self._kept[key] = frozenset(
                node for node in layer if any(move[1] in goal for move in self._targets[node])
            )
        return self._kept[key]

    def _choices(self, node: Node, goal: Layer) -> Iterator[tuple[str, Node]]:
        key = (node, goal)
        if key not in self._moves:
            self._moves[key] = [move for move in self._targets[node] if move[1] in goal]
        return ((char, to) for charset, to in self._moves[key] for char in simple_first(charset))


class _Layers:
    """The nodes that can be reached by exactly so many characters; they recur in the end."""

    def __init__(
        self, start: Node, targets: dict[Node, list[tuple[CharSet, Node]]], meter: Meter
    ) -> None:
        self._nexts = {node: {move[1] for move in moves} for node, moves in targets.items()}
        self._layers: list[Layer] = [frozenset({start} & targets.keys())]
        self._first_seen: dict[Layer, int] = {self._layers[0]: 0}
        self._loop: tuple[int, int] | None = None
        self._meter = meter

    def at(self, length: int) -> Layer:
        """Return the nodes that texts of this length lead to."""
        while self._loop is None and length >= len(self._layers):
            self._add()
        if length < len(self._layers) or self._loop is None:
            return self._layers[length]
        start, period = self._loop
        return self._layers[start + (length - start) % period]

    def _add(self) -> None:
        last = self._layers[-1]
        self._meter.spend(1 + len(last) // _STRIDE)
        layer: Layer = frozenset().union(*(self._nexts[node] for node in last))
        seen = self._first_seen.setdefault(layer, len(self._layers))
        if seen < len(self._layers):
            self._loop = (seen, len(self._layers) - seen)
        else:
            self._layers.append(layer)


def _live_moves(graph: Graph) -> dict[Node, list[tuple[CharSet, Node]]]:
    """Return the nodes from which an accepting one can be reached, with their moves among them."""
    nodes = graph.nodes
    origins: dict[Node, list[Node]] = {}
    for node in nodes:
        for _, target in node.moves:
            origins.setdefault(target, []).append(node)
    live = {node for node in nodes if node.is_accepting}
    waiting = [node for node in nodes if node.is_accepting]
    while waiting:
        for origin in origins.get(waiting.pop(), ()):
            if origin not in live:
                live.add(origin)
                waiting.append(origin)
    return {
        node: [move for move in node.moves if move[1] in live] for node in nodes if node in live
    }
