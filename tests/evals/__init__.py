"""Tests of the evaluation rooms."""
