"""What every exporter must do, whatever its language."""

from __future__ import annotations

import pytest

from agent.errors import CannotExport
from agent.exports.check import Engine, Outcome, compare
from agent.ports import Exporter
from tests.exports.adapters import ORDER_RULES, ORDERS, make_adapter

FINE = {"id": 1, "state": "paid", "tags": ["a"], "lines": [{"sku": "x", "qty": 1}]}


class ExporterSuite:
    """Subclasses give the fixtures `exporter` and `engine`."""

    def test_export__twice__is_the_same(self, exporter: Exporter) -> None:
        """The same adapter gives the same text and marks."""
        adapter = make_adapter(ORDER_RULES, schema=ORDERS)
        assert exporter.export(adapter) == exporter.export(adapter)

    def test_export__in_its_engine__gives_what_the_reference_gives(
        self, exporter: Exporter, engine: Engine
    ) -> None:
        """Values, missing, null and failures come out as in the reference."""
        adapter = make_adapter(ORDER_RULES, schema=ORDERS)
        payloads = [
            FINE,
            {"id": 1},
            {**FINE, "buyer": None},
            {**FINE, "buyer": {"first": "A", "last": None}},
            {**FINE, "lines": []},
            {**FINE, "lines": None},
            {**FINE, "lines": [None]},
            {**FINE, "lines": "none"},
            {**FINE, "state": "odd"},
            {**FINE, "meta": {"kept": 1, "list": [[1], [], [{}]]}},
            {**FINE, "buyer": "text"},
        ]
        found = compare(adapter, exporter.export(adapter), engine, payloads)
        assert [item for item in found if item.outcome is not Outcome.AGREED] == []

    def test_export__of_an_integer_beyond_its_numbers__refuses_the_payload(
        self, exporter: Exporter, engine: Engine
    ) -> None:
        """2^53 + 1 is never passed on as another number."""
        adapter = make_adapter([{"target": "/a", "value": "src.a"}])
        payloads = [{"a": 2**53 + 1}, {"a": [-(2**60)]}, {"a": 2**53 - 1}, {"b": 2**53 + 1}]
        found = compare(adapter, exporter.export(adapter), engine, payloads)
        assert [item.outcome for item in found] == [
            Outcome.REFUSED,
            Outcome.REFUSED,
            Outcome.AGREED,
            Outcome.AGREED,
        ]

    def test_export__of_what_it_cannot_carry__names_rule_and_function(
        self, exporter: Exporter
    ) -> None:
        """Every obstacle is named with its rule and operation, all of them at once."""
        rules = [
            {"target": "/a", "value": "matches(src.a, '(?i)x')"},
            {"target": "/b", "value": "matches(src.a, src.b)"},
        ]
        with pytest.raises(CannotExport) as caught:
            exporter.export(make_adapter(rules))
        assert [(item.rule, item.operation) for item in caught.value.obstacles] == [
            ("/rules/0", "matches"),
            ("/rules/1", "matches"),
        ]

    def test_export__of_hostile_names_and_texts__runs_nothing_of_them(
        self, exporter: Exporter, engine: Engine
    ) -> None:
        """Names, keys and texts never become code, whatever they hold."""
        text = "\"'`\\(1)${1}\n*/ //\r\u2028 \\u0041 #"
        rules = [{"target": "/a", "value": f"src[{text!r}]"}, {"target": "/b", "value": repr(text)}]
        adapter = make_adapter(rules, name=text, source=text, consumer=text)
        found = compare(adapter, exporter.export(adapter), engine, [{text: 1}, {}])
        assert {item.outcome for item in found} == {Outcome.AGREED}
