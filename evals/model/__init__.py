"""What a small local language model adds to proposals (`make eval-model`)."""
