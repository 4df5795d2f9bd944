"""Scores proposals over fixture suites. The only room that reads `heldout/`."""
