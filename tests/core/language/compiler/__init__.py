"""Tests of the compiler of the adapter language."""
