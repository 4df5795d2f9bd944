"""The canonical text of scalars, as `text` writes them."""

from __future__ import annotations

from typing import Final

from agent.core.language.functions.operands import text_form
from agent.core.language.types.rules.site import Site
from agent.core.language.types.values import listed
from agent.core.shapes.lattice import join_all
from agent.core.shapes.parts import Form, Numbers, Texts
from agent.core.shapes.shape import Parts, Shape, literal, of_parts, texts

_LONGEST_INTEGER: Final = 20
"""Characters of -2**63."""

_LONGEST_FLOAT: Final = 24
"""Characters of -2.2250738585072014e-308."""


def text_forms(site: Site, shape: Shape) -> Shape:
    """Return the texts of a shape without null; arrays, objects, dates and tables are refused."""
    parts = shape.parts
    scalars = Parts(booleans=parts.booleans, numbers=parts.numbers, texts=parts.texts)
    if parts != scalars:
        site.fail("which has no text form")
    found = [of_parts(Parts(texts=parts.texts))]
    found += [literal(text_form(value)) for value in parts.booleans]
    if parts.numbers is not None:
        found.append(_number_texts(parts.numbers))
    return join_all(found)


def _number_texts(part: Numbers) -> Shape:
    values = listed(of_parts(Parts(numbers=part)))
    if values is not None:
        return join_all(literal(text_form(value)) for value in values)
    longest = _LONGEST_INTEGER if part.forms is Form.INTEGER else _LONGEST_FLOAT
    return texts(Texts(1 if Form.INTEGER in part.forms else 3, longest))
