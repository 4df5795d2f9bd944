"""Expressions: from types and documents where there are no pairs, from pairs where there are."""
