"""The adapters of the benchmark, as documents with their schemas embedded."""
