"""Is every document that is valid under one schema valid under another?"""

from agent.core.inclusion.deciding import decide, documents_of
from agent.core.inclusion.verdict import Inclusion, Obstacle, Verdict

__all__ = ["Inclusion", "Obstacle", "Verdict", "decide", "documents_of"]
