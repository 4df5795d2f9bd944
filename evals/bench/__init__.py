"""The benchmark: what running an adapter costs, against hand-written code in the same run."""
