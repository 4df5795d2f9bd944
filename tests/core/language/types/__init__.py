"""Tests of the types of the adapter language."""
