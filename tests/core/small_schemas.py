"""Small schemas and payloads of few names, so that they often have to do with each other."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.sampled_from("abcd")
SCALARS = st.sampled_from([{"type": "string"}, {"type": "integer"}, {}])
OBJECTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=3).map(
            lambda p: {"type": "object", "properties": p}
        ),
        st.lists(inner, min_size=1, max_size=2).map(lambda arms: {"anyOf": arms}),
        st.lists(inner, min_size=1, max_size=2).map(lambda arms: {"allOf": arms}),
        inner.map(lambda items: {"type": "array", "items": items}),
    ),
    max_leaves=6,
)
PAYLOADS = st.recursive(
    st.sampled_from(["x", 1, None]),
    lambda inner: st.one_of(st.dictionaries(NAMES, inner, max_size=3), st.lists(inner, max_size=2)),
    max_leaves=6,
)
