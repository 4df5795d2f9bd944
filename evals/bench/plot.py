"""The figures as a picture: a strip for each engine, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Final

from evals.bench.engines import NOT_COMPARABLE
from evals.bench.results import Cell, Results, Way

_LEFT: Final = 190
_WIDTH: Final = 560
_BAR: Final = 9
_GAP: Final = 10
_LOWEST: Final = 0.003
_HIGHEST: Final = 10.0
_TICKS: Final = (0.01, 0.1, 0.5, 1.0, 2.0, 10.0)
_COLOURS: Final = ("#3b6ea5", "#c27c2c", "#4f8f5b")
_STYLE: Final = "font-family:sans-serif;font-size:11px"


def draw(results: Results) -> str:
    """Return an SVG document: one part by values and one by bytes, a bar for every mapping."""
    row = len(results.mappings) * _BAR + _GAP
    part = 44 + row * len(results.engines)
    height = part * len(Way) + 30
    shapes = [*_legend(results, height - 14)]
    for number, way in enumerate(Way):
        shapes += _part(results, way, top=number * part, row=row)
    size = f'width="{_LEFT + _WIDTH + 60}" height="{height}"'
    body = "\n".join(shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{_STYLE}">\n{body}\n</svg>\n'


def _part(results: Results, way: Way, *, top: int, row: int) -> Iterator[str]:
    bottom = top + 36 + row * len(results.engines)
    yield _text(
        4,
        top + 16,
        f"{way}: ratio to hand-written Python (more is faster; ~ not comparable)",
        bold=True,
    )
    for tick in _TICKS:
        x = _place(tick)
        colour = "#444" if tick == 1.0 else "#ddd"
        yield f'<line x1="{x}" y1="{top + 34}" x2="{x}" y2="{bottom}" stroke="{colour}"/>'
        yield _text(x - 8, top + 31, f"{tick:g}")
    for number, engine in enumerate(results.engines):
        y = top + 40 + number * row
        yield _text(4, y + row // 2, engine)
        for place, mapping in enumerate(results.mappings):
            cell = results.cell(mapping, way, engine)
            yield _bar(cell, y + place * _BAR, _COLOURS[place % len(_COLOURS)])


def _bar(cell: Cell | None, y: int, colour: str) -> str:
    if cell is None or cell.timing is None:
        return _text(_LEFT + 4, y + _BAR - 1, "no figure", small=True)
    end = _place(cell.timing.ratio)
    bar = f'<rect x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="{_BAR - 1}"'
    sign = "~" if NOT_COMPARABLE.intersection(cell.remarks) else ""
    label = _text(end + 4, y + _BAR - 1, f"{sign}{cell.timing.ratio:.2f}", small=True)
    return f'{bar} fill="{colour}"/>{label}'


def _legend(results: Results, y: int) -> Iterator[str]:
    for number, mapping in enumerate(results.mappings):
        x = _LEFT + number * 120
        yield f'<rect x="{x}" y="{y - 8}" width="9" height="9" fill="{_COLOURS[number % 3]}"/>'
        yield _text(x + 14, y, mapping)


def _place(ratio: float) -> float:
    """Return where a ratio lies from left to right."""
    share = math.log(max(_LOWEST, min(ratio, _HIGHEST)) / _LOWEST) / math.log(_HIGHEST / _LOWEST)
    return round(_LEFT + share * _WIDTH, 1)


def _text(x: float, y: float, text: str, *, bold: bool = False, small: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    size = ' font-size="8"' if small else ""
    return f'<text x="{x}" y="{y}"{weight}{size}>{escape(text)}</text>'
