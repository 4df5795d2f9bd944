"""Sets of JSON values as a lattice: from JSON Schema, join, meet, membership."""

from agent.core.shapes.exactness import Loss, is_exact, losses
from agent.core.shapes.lattice import is_nothing, join, join_all, meet
from agent.core.shapes.membership import contains
from agent.core.shapes.printing import show
from agent.core.shapes.reading import at_path, from_schema
from agent.core.shapes.shape import ANY, NOTHING, Shape, literal
from agent.core.shapes.writing import to_document

__all__ = [
    "ANY",
    "NOTHING",
    "Loss",
    "Shape",
    "at_path",
    "contains",
    "from_schema",
    "is_exact",
    "is_nothing",
    "join",
    "join_all",
    "literal",
    "losses",
    "meet",
    "show",
    "to_document",
]
