"""Invariants of a contract: CEL expressions that every output has to satisfy."""
