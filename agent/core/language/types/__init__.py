"""Abstract interpretation of the adapter language over shapes."""

from agent.core.language.types.inference import infer
from agent.core.language.types.rows import infer_adapter
from agent.core.language.types.typed import MayFail, Typed

__all__ = ["MayFail", "Typed", "infer", "infer_adapter"]
