"""Proposers: carry over, match and synthesise, ask a model. They share one task and one answer."""
