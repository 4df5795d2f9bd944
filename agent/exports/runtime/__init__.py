"""What an export brings along: helper functions in the language that it is written in."""
