"""What can be said about an adapter: trial, counterexample search, field accounting, flows."""
