"""The adapter language: syntax, parser, printer, document, interpreter (DESIGN section 4)."""
