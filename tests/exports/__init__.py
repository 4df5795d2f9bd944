"""Exports, each in its real engine beside the reference."""
