"""What an exporter finds while it writes: obstacles, which refuse the export, and marks."""

from __future__ import annotations

from collections.abc import Iterable

from agent.errors import CannotExport, Obstacle


class Notes:
    """Obstacles and marks of one export; `rule` is where the exporter stands."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.rule = ""
        self._obstacles: dict[Obstacle, None] = {}
        self._marks: dict[str, None] = {}

    def refuse(self, operation: str, reason: str) -> str:
        """Note what cannot be carried over; returns text to stand in until the end."""
        self._obstacles[Obstacle(self.rule, operation, reason)] = None
        return "null"

    def mark(self, operation: str, reason: str) -> None:
        """Note where the other language may give another value."""
        self._marks[f"{self.rule or '/'}: {operation}: {reason}"] = None

    def unfaithful(self) -> tuple[str, ...]:
        """Return the marks, in the order of the rules.

        Raises:
            CannotExport: something cannot be carried over.
        """
        if self._obstacles:
            raise refusal(f"export to {self.language}", self._obstacles)
        return tuple(self._marks)


def refusal(where: str, obstacles: Iterable[Obstacle]) -> CannotExport:
    """Return the error that names all obstacles."""
    known = tuple(obstacles)
    return CannotExport(
        where=where,
        found="; ".join(map(str, known)),
        help="write these rules otherwise, or run the adapter in driftmend",
        obstacles=known,
    )
