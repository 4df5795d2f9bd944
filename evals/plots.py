"""Plots of a report as inline SVG: bars, and a reliability diagram. They load nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evals.reliability import Reliability

BAR = 18
"""Height of one bar, in pixels, with the gap below it."""

LABEL = 240
LENGTH = 360
SIDE = 240
"""Side of the square of a reliability diagram, in pixels."""

EDGE = 34
TOP = 20
"""Room for axis labels and for the largest dot, in pixels."""


def bars(rows: Sequence[tuple[str, float, str]], *, title: str) -> str:
    """Return horizontal bars of (label, share from 0 to 1, what stands at the end)."""
    height = BAR * len(rows)
    drawn = "".join(_bar(number, *row) for number, row in enumerate(rows))
    width = LABEL + LENGTH + 90
    return (
        f'<svg role="img" aria-label="{escape(title)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{drawn}</svg>'
    )


def _bar(number: int, label: str, share: float, end: str) -> str:
    top = number * BAR
    length = max(0.0, min(share, 1.0)) * LENGTH
    shown = label if len(label) <= 38 else f"{label[:37]}…"
    return (
        f'<text x="{LABEL - 8}" y="{top + 12}" text-anchor="end">{escape(shown)}</text>'
        f'<rect class="ground" x="{LABEL}" y="{top + 2}" width="{LENGTH}" height="{BAR - 6}"/>'
        f'<rect class="bar" x="{LABEL}" y="{top + 2}" width="{length:.1f}" height="{BAR - 6}"/>'
        f'<text x="{LABEL + LENGTH + 8}" y="{top + 12}">{escape(end)}</text>'
    )


def reliability_diagram(found: Reliability, *, title: str) -> str:
    """Return the share that came true over the stated confidence, each dot as large as its bin.

    What is calibrated lies on the diagonal; below it confidence is too high.
    """
    count = sum(one.count for one in found.bins) or 1
    dots = "".join(
        f'<circle class="bar" cx="{EDGE + one.confidence * SIDE:.1f}" '
        f'cy="{TOP + (1 - one.share) * SIDE:.1f}" r="{4 + 14 * (one.count / count) ** 0.5:.1f}">'
        f"<title>{one.count}: said {one.confidence:.2f}, came true {one.share:.2f}</title></circle>"
        for one in found.bins
    )
    error = "nothing to compare" if found.error is None else f"error {found.error:.3f}"
    size = SIDE + EDGE + TOP
    return (
        f'<figure><svg role="img" aria-label="{escape(title)}" width="{size}" height="{size}" '
        f'viewBox="0 0 {size} {size}">'
        f'<rect class="ground" x="{EDGE}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>'
        f'<line class="ideal" x1="{EDGE}" y1="{TOP + SIDE}" x2="{EDGE + SIDE}" y2="{TOP}"/>{dots}'
        f'<text x="{EDGE - 4}" y="{TOP + 8}" text-anchor="end">1</text>'
        f'<text x="{EDGE - 4}" y="{TOP + SIDE}" text-anchor="end">0</text>'
        f'<text x="{EDGE + SIDE}" y="{TOP + 16 + SIDE}" text-anchor="end">confidence 1</text>'
        f"</svg><figcaption>{escape(title)}: {error}</figcaption></figure>"
    )
