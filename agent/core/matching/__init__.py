"""Correspondences between fields: names, scorers, assignment, confidence."""
