"""Driftmend: a self-healing layer between systems whose APIs and events change shape."""
