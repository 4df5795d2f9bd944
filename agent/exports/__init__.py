"""Exports: an adapter as a program of another engine, exact or refused (DESIGN section 4)."""
