"""Provenance: which source paths a target is made of."""

from __future__ import annotations

import time
from typing import Any

import pytest

from agent.core.language.document import Adapter, read_adapter
from agent.core.language.parser import parse
from agent.core.language.reads import Provenance, provenance, read_paths

HEAD = {
    "driftmend_adapter": 1,
    "name": "n",
    "source": "s",
    "source_schema": {},
    "consumer": "c",
    "contract": {},
}


def adapter_of(*rules: Any, let: Any = None) -> Adapter:
    """Return an adapter with these rules."""
    return read_adapter({**HEAD, "rules": list(rules), "let": let or {}})


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("1", ""),
        ("src", "<whole>"),
        ("src.a.b", "/a/b"),
        ("src['a/b']['*']['~']", "/a~1b/~2/~0"),
        ("src.a[0].b", "/a/*/b"),
        ("src.a[1:][0].b", "/a/*/b"),
        ("src.a.b + src.c", "/a/b /c"),
        ("src.a if src.b else src.c", "/a /b /c"),
        ("src.a == None and not src.b", "/a /b"),
        ("join(' ', src.a, src.b)", "/a /b"),
        ("count(src.a)", "/a"),
        ("[x.b for x in src.a]", "/a/*/b"),
        ("[x for x in src.a]", "/a/*"),
        ("[1 for x in src.a if x.b]", "/a/*/b"),
        ("[y.d for x in src.a for y in x.c]", "/a/*/c/*/d"),
        ("{x.k: x.v for x in src.a}", "/a/*/k /a/*/v"),
        ("[[y for y in x.c] for x in src.a]", "/a/*/c/*"),
        ("default(src.a, src.b).c", "/a/c /b/c"),
        ("first(src.a).b", "/a/*/b"),
        ("first([x for x in src.a if x.ok]).b", "/a/*/ok /a/*/b"),
        ("[x.b for x in sort_by(src.a, 'k')]", "/a/*/k /a/*/b"),
        ("[x.b for x in concat(src.a, src.c)]", "/a/*/b /c/*/b"),
        ("[x.b for x in flatten(src.a)]", "/a/*/*/b"),
        ("[p + q for p, q in zip(src.a, src.b)]", "/a/* /b/*"),
        ("[p.x for p, q in zip(src.a, src.b)]", "/a/*/x"),
        ("[e.value.x for e in enumerate(src.a)]", "/a/*/x"),
        ("[e.value.x for e in entries(src.a)]", "/a/*/x"),
        ("[e.key for e in entries(src.a)]", "/a/*"),
        ("at(src.a, 'b').c", "/a/b/c"),
        ("at(src.a, src.k).c", "/k /a/*/c"),
        ("at(index_by(src.a, 'id'), src.k).c", "/a/*/id /k /a/*/c"),
        ("[g.value[0].x for g in entries(group_by(src.a, 'k'))]", "/a/*/k /a/*/x"),
        ("lookup(src.a, {'x': src.b}, otherwise=src.c)", "/a /b /c"),
        ("switch(src.a, {'x': src.b.c}).d", "/a /b/c/d"),
        ("merge(src.a, {'x': src.b}).x", "/a/x /b"),
        ("pick(src.a, 'x').x", "/a/x"),
        ("pick(src.a, 'x')", "/a/x"),
        ("{'x': src.a, 'y': src.b}.x", "/a"),
        ("[{'i': x.id, 'n': x.name} for x in src.a][0].n", "/a/*/name"),
        ("from_entries(src.a, key='k', value='v')", "/a/*/k /a/*/v"),
        ("rename(src.a, {'x': 'y'}).y", "/a/x /a/y"),
        ("distinct(src.a)", "/a"),
        ("upper(src.a).b", "/a"),
        ("require(src.a, src.b)", "/a /b"),
        ("present(src.a)", "/a"),
    ],
)
def test_read_paths__of_an_expression__names_source_paths(text: str, paths: str) -> None:
    """Items are `*`, a whole object is its path, and names of loops are followed."""
    wanted = {"" if path == "<whole>" else path for path in paths.split()}
    assert read_paths(parse(text), {"src": ""}) == wanted


def test_read_paths__with_other_names__starts_from_their_paths() -> None:
    """A name stands for a path, or for one of several."""
    names = frozenset({"item", "both"})
    found = read_paths(
        parse("item.a + both.b", names=names),
        {"item": "/l/*", "both": frozenset({"/x", "/y"})},
    )
    assert found == {"/l/*/a", "/x/b", "/y/b"}


def test_provenance__of_every_kind_of_row__has_full_paths() -> None:
    """Targets and reads are full paths with `*`; rules point at their rows."""
    adapter = adapter_of(
        {"target": "/id", "value": "b.id"},
        {
            "target": "/l",
            "each": "src.items",
            "as": "x",
            "where": "x.ok",
            "rules": [
                {"target": "/sku", "value": "x.code"},
                {"target": "/t", "each": "x.tags", "as": "t", "value": "t.name"},
            ],
        },
        {"target": "/w", "with": "src.o.p", "as": "p", "rules": [{"target": "/z", "value": "p.z"}]},
        {
            "target": "/g",
            "when": "src.on",
            "rules": [{"target": "/h", "value": "1"}],
        },
        {"target": "/m", "copy": "src.meta"},
        let={"b": "src.buyer"},
    )
    found = [(e.target, set(e.reads), set(e.walks), e.rule) for e in provenance(adapter)]
    assert found == [
        ("/id", {"/buyer/id"}, set(), "/rules/0"),
        ("/l", {"/items/*/ok"}, {"/items"}, "/rules/1"),
        ("/l/*/sku", {"/items/*/code", "/items/*/ok"}, {"/items"}, "/rules/1/rules/0"),
        (
            "/l/*/t/*",
            {"/items/*/tags/*/name", "/items/*/ok"},
            {"/items", "/items/*/tags"},
            "/rules/1/rules/1",
        ),
        ("/w/z", {"/o/p/z"}, {"/o/p"}, "/rules/2/rules/0"),
        ("/g/h", {"/on"}, set(), "/rules/3/rules/0"),
        ("/m", {"/meta"}, set(), "/rules/4"),
    ]


def test_provenance__of_names__follows_them_through_their_let() -> None:
    """What a name was computed from is read by whoever reads the name, and by no one else."""
    adapter = adapter_of(
        {"target": "/a", "value": "n + 1"},
        {"target": "/b", "value": "o.x"},
        {
            "target": "/l",
            "each": "rows",
            "let": {"p": "item.p"},
            "rules": [{"target": "/q", "value": "p.q"}],
        },
        let={"n": "number(src.n)", "o": "src.o", "rows": "sort_by(src.l, 'k')"},
    )
    found: dict[str, Provenance] = {entry.target: entry for entry in provenance(adapter)}
    assert found["/a"].reads == {"/n"}
    assert found["/b"].reads == {"/o/x"}
    assert found["/l/*/q"].reads == {"/l/*/k", "/l/*/p/q"}


def test_provenance__of_doubling_names__ends() -> None:
    """Names that repeat each other do not make provenance explode; it stays on the safe side."""
    let = {"n0": "{'a': src.x, 'b': src.y}"}
    let |= {f"n{i + 1}": f"{{'a': n{i}, 'b': n{i}}}" for i in range(45)}
    start = time.process_time()
    entries = provenance(adapter_of({"target": "/a", "value": "n45"}, let=let))
    assert entries[0].reads == {"/x", "/y"}
    assert time.process_time() - start < 2


def test_provenance__of_a_map__has_what_its_keys_are_made_of() -> None:
    """The keys of a map are read by the map as a whole, not by what stands at them."""
    each = {"target": "/m", "each": "src.l", "key": "item.k"}
    by_rules = adapter_of({**each, "rules": [{"target": "/q", "value": "item.q"}]})
    by_value = adapter_of({**each, "value": "item.q"})
    assert [(entry.target, set(entry.reads)) for entry in provenance(by_rules)] == [
        ("/m", {"/l/*/k"}),
        ("/m/*/q", {"/l/*/q"}),
    ]
    assert [(entry.target, set(entry.reads)) for entry in provenance(by_value)] == [
        ("/m", {"/l/*/k"}),
        ("/m/*", {"/l/*/q"}),
    ]
