"""The walk: report, compare, recall, propose and verify, file, decide, remember, serve."""
