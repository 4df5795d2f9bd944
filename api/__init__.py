"""The HTTP API and the review page: bodies, routes, and the fast path for payloads."""
