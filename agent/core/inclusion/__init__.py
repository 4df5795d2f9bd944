"""Is every document that is valid under one schema valid under another?"""

from agent.core.inclusion.deciding import decide
from agent.core.inclusion.verdict import Inclusion, Obstacle, Verdict

__all__ = ["Inclusion", "Obstacle", "Verdict", "decide"]
