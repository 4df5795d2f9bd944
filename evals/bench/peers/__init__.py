"""The mappings of the benchmark, written for other engines as each would have it written."""
