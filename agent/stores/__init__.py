"""The parts that keep things: the ledger (SQL), the memory (vectors), the embedding model."""
