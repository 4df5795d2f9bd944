"""How sure one may be: what speaks for a rule, as a probability that it is right."""
