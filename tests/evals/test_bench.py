"""The benchmark: its mappings, its checks, its tables. Nothing here is timed for its figures."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from xml.etree import ElementTree

import orjson
import pytest

from agent.core.contract import payload_validator
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.schema import make_schema
from agent.core.values import Json, same_value
from agent.errors import DriftmendError, PayloadRefused
from evals.bench.agreement import differences
from evals.bench.bars import bars_of
from evals.bench.baselines import BASELINES, over_bytes
from evals.bench.costs import CompileCost, Refusals, check_refusals
from evals.bench.engines import NOT_CHECKING, NULLS, Absent, Engine, disagreements
from evals.bench.mappings import MAPPINGS, load_mapping
from evals.bench.node import open_node
from evals.bench.own import BASELINE, COMPILED
from evals.bench.payloads import make_payloads
from evals.bench.peers.engines import make_peers
from evals.bench.plot import draw
from evals.bench.report import render, to_json
from evals.bench.results import Cell, CompilerCosts, Results, Way
from evals.bench.run import Options, run_mapping
from evals.bench.stream import can_measure, measure_stream
from evals.bench.timing import Timing, time_rounds
from evals.bench.wrong import wrong_payloads

EVERY_MAPPING = pytest.mark.parametrize("mapping", MAPPINGS)
PEERS = ("jsonatapy", "datalogic_py", "jmespath", "jq", "glom")


@dataclass(frozen=True)
class Checked:
    """A stand-in for the compiler: the reference interpreter behind a check of the schema."""

    adapter: Adapter

    def run(self, payload: Json) -> Json:
        """Return the output of the reference interpreter."""
        return run(self.adapter, payload)

    def run_bytes(self, body: bytes) -> bytes:
        """Return the same as text, for a payload that fits the source schema."""
        try:
            payload = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise PayloadRefused(found="no JSON") from error
        if not payload_validator(make_schema(self.adapter.source_schema)).is_met(payload):
            raise PayloadRefused(found="a misfit")
        return orjson.dumps(run(self.adapter, payload))


@dataclass(frozen=True)
class Careless(Checked):
    """A stand-in that checks nothing and doubles whole amounts."""

    def run(self, payload: Json) -> Json:
        """Return an output with one wrong field."""
        output = run(self.adapter, payload)
        return {**output, "orders": output["orders"] * 2}

    def run_bytes(self, body: bytes) -> bytes:
        """Return whatever the interpreter makes of the text."""
        try:
            return orjson.dumps(run(self.adapter, orjson.loads(body)))
        except (DriftmendError, orjson.JSONDecodeError):
            return b"null"


@EVERY_MAPPING
def test_mapping__on_200_payloads__is_the_hand_written_function(mapping: str) -> None:
    """An adapter and the function that it is measured against mean the same."""
    adapter = load_mapping(mapping)
    for payload in make_payloads(mapping, count=200, seed=7):
        assert same_value(run(adapter, payload), BASELINES[mapping](payload), tolerance=0.0)


@EVERY_MAPPING
def test_mapping__on_its_payloads__meets_both_schemas(mapping: str) -> None:
    """The payloads are valid, and so is what becomes of them."""
    adapter = load_mapping(mapping)
    source = payload_validator(make_schema(adapter.source_schema))
    contract = payload_validator(make_schema(adapter.contract))
    for payload in make_payloads(mapping, count=200, seed=8):
        assert source.violations(payload) == ()
        assert contract.violations(run(adapter, payload)) == ()


@EVERY_MAPPING
def test_payloads__of_one_seed__are_the_same_again(mapping: str) -> None:
    """A run can be repeated."""
    assert make_payloads(mapping, count=5, seed=1) == make_payloads(mapping, count=5, seed=1)
    assert make_payloads(mapping, count=5, seed=1) != make_payloads(mapping, count=5, seed=2)


@EVERY_MAPPING
def test_baseline__over_bytes__is_the_function_between_json_texts(mapping: str) -> None:
    """The two baselines of a mapping do the same work."""
    payload = make_payloads(mapping, count=1, seed=3)[0]
    output = over_bytes(BASELINES[mapping])(orjson.dumps(payload))
    assert json.loads(output) == BASELINES[mapping](payload)


@EVERY_MAPPING
@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_node__on_50_payloads__gives_what_the_reference_gives(mapping: str) -> None:
    """The hand-written JavaScript means the same as the adapter."""
    adapter, payloads = load_mapping(mapping), make_payloads(mapping, count=50, seed=9)
    with open_node(mapping, [orjson.dumps(payload) for payload in payloads]) as node:
        assert node is not None
        outputs = node.outputs()
    judge = Engine("node")
    assert all(judge.agrees(run(adapter, p), out) for p, out in zip(payloads, outputs, strict=True))


@EVERY_MAPPING
def test_peers__that_are_installed__agree_with_the_reference(mapping: str) -> None:
    """A peer is only worth timing when it does the same work."""
    if not any(find_spec(name) for name in PEERS):
        pytest.skip("no peer is installed")
    adapter, payloads = load_mapping(mapping), make_payloads(mapping, count=50, seed=10)
    cases = [(payload, orjson.dumps(payload)) for payload in payloads]
    expected = [run(adapter, payload) for payload in payloads]
    for peer in make_peers(mapping):
        if isinstance(peer, Engine):
            assert list(disagreements(peer, cases, expected, orjson.loads)) == [], peer.name


def test_disagreements__of_a_wrong_engine__name_the_payload_and_the_way() -> None:
    """An engine that is wrong on one payload is found out before it is timed."""
    engine = Engine("wrong", lambda payload: payload, lambda _: b"[2]")
    cases: list[tuple[Json, bytes]] = [([1], b"[1]"), ([2], b"[2]")]
    found = list(disagreements(engine, cases, [[1], [2]], orjson.loads))
    assert found == ["payload 0, by bytes"]


@pytest.mark.parametrize(
    ("engine", "output", "agrees"),
    [
        (Engine("e"), {"a": 1.0}, True),
        (Engine("e"), {"a": True}, False),
        (Engine("e"), {"a": 1, "b": None}, False),
        (Engine("e", writes_nulls=True), {"a": 1, "b": None}, True),
        (Engine("e", left_out=frozenset({"a"})), {}, True),
        (Engine("e"), {}, False),
    ],
)
def test_agreement__with_a_remark__allows_that_and_no_more(
    engine: Engine, output: Json, agrees: bool
) -> None:
    """What an engine cannot do is allowed only where it is written on its cell."""
    assert engine.agrees({"a": 1}, output) is agrees


@EVERY_MAPPING
def test_wrong_payloads__of_a_mapping__break_every_kind_of_constraint(mapping: str) -> None:
    """Types, presence, words, bounds, patterns, lengths and closed objects are all tried."""
    adapter = load_mapping(mapping)
    payload = max(make_payloads(mapping, count=20, seed=1), key=lambda one: len(str(one)))
    wrong = [item for item in wrong_payloads(adapter, payload) if item.is_read]
    kinds = {item.constraint.split()[0].rstrip(",") for item in wrong}
    assert kinds >= {
        *("type", "required", "enum", "minimum", "maximum", "pattern"),
        *("minLength", "maxLength", "additionalProperties"),
    }


def test_wrong_payloads__where_no_rule_reads__say_so() -> None:
    """What no rule reads need not be checked by a decoder."""
    adapter = load_mapping("orders")
    payload = max(make_payloads("orders", count=20, seed=1), key=lambda one: len(str(one)))
    wrong = list(wrong_payloads(adapter, payload))
    assert {item.is_read for item in wrong if item.path == "/audit"} == {False}
    assert {item.is_read for item in wrong if item.path == "/line_items/*/qty"} == {True}


def test_refusals__of_a_checking_engine__accept_nothing() -> None:
    """An engine that checks the source schema passes."""
    adapter, payload = load_mapping("flat"), make_payloads("flat", count=1, seed=1)[0]
    refusals = check_refusals(Checked(adapter), adapter, payload)
    assert refusals.tried > 100
    assert (refusals.accepted, refusals.differences) == ((), ())


def test_refusals__of_a_careless_engine__tell_what_was_accepted() -> None:
    """An engine that accepts wrong payloads is named with each of them."""
    adapter, payload = load_mapping("flat"), make_payloads("flat", count=1, seed=1)[0]
    accepted = check_refusals(Careless(adapter), adapter, payload).accepted
    assert "maximum at /order_count" in accepted
    assert "text: cut short" in accepted


def test_differences__of_an_engine_with_one_wrong_field__are_found() -> None:
    """A compiled adapter is held against the reference on payloads at all bounds."""
    adapter = load_mapping("flat")
    assert any(
        place.endswith("by values") for place in differences(Careless(adapter), adapter, seed=0)
    )


def test_rounds__of_a_lap_twice_as_fast__tell_a_ratio_of_two() -> None:
    """The ratio is the baseline's time over the engine's own, the median of the rounds."""
    taken = iter((1.0, 1.0, 9.0, 1.0, 1.0))
    timings = time_rounds(lambda: 2.0, {"twice": lambda: next(taken)}, rounds=5)
    assert (timings["twice"].ratio, timings["twice"].seconds) == (2.0, 1.0)


def test_run__of_one_mapping__has_cells_of_the_baseline_and_the_own_engines() -> None:
    """Every engine is timed, or told to be absent with the reason."""
    cells = list(run_mapping("flat", Options(rounds=1, payloads=3)))
    assert {cell.way for cell in cells} == set(Way)
    assert all((cell.timing is None) == bool(cell.reason) for cell in cells)
    assert {cell.engine for cell in cells} >= {BASELINE, COMPILED, "reference interpreter"}


def make_results() -> Results:
    """Results as a run would have them, with figures that are easy to find."""
    fast = Timing(seconds=2e-6, ratio=1.25, low=1.2, high=1.3, rounds=3)
    slow = Timing(seconds=9e-6, ratio=0.05, low=0.05, high=0.05, rounds=3)
    cells = [
        Cell(mapping, way, engine, timing, remarks=remarks)
        for mapping in MAPPINGS
        for way in Way
        for engine, timing, remarks in (
            (BASELINE, Timing(1e-6, 1.0, 0.9, 1.1, 3), (NOT_CHECKING,)),
            (COMPILED, fast, ()),
            ("jsonatapy", slow, (NULLS,)),
        )
    ]
    cells.append(Cell("flat", Way.BYTES, "glom", reason="not installed"))
    refusals = Refusals(9, ("enum at /state",), (), 2, 1)
    cost = CompilerCosts("flat", CompileCost(0.0015, 0.0025), refusals, slow, slow)
    return Results(tuple(cells), (cost,))


def test_table__of_a_run__shows_figures_marks_and_reasons() -> None:
    """The table tells every ratio, what is not comparable, and why a figure is not there."""
    text = render(make_results())
    assert "1.250 (2.0)" in text
    assert "~0.050" in text
    assert f"~ b  {NULLS}" in text
    assert "glom on flat: not installed" in text
    assert "ACCEPTED: enum at /state" in text


def test_bars__of_a_run__are_met_and_missed_by_the_figures() -> None:
    """A bar is judged by the figure beside it."""
    bars = {bar.name: bar.is_met for bar in bars_of(make_results())}
    assert bars["flat: bytes → bytes at least 1"]
    assert bars["flat: compile within 2 ms"]
    assert not bars["flat: every wrong payload refused"]


def test_plot__of_a_run__is_well_formed_and_names_every_engine() -> None:
    """The picture can be opened, and says which bar is whose."""
    root = ElementTree.fromstring(draw(make_results()))
    texts = {element.text for element in root.iter() if element.text}
    assert {BASELINE, COMPILED, "jsonatapy", "glom", *MAPPINGS} <= texts


def test_results__as_json__can_be_written() -> None:
    """Every figure goes into the file."""
    document = json.loads(json.dumps(to_json(make_results())))
    assert len(document["cells"]) == len(make_results().cells)


def test_peers__that_are_not_installed__are_absent_with_the_reason() -> None:
    """No peer is needed to run the benchmark."""
    for peer in make_peers("telemetry"):
        assert isinstance(peer, Engine) or (isinstance(peer, Absent) and peer.reason)


@pytest.mark.skipif(not can_measure(), reason="this system tells no peak memory")
def test_stream__of_two_mebibytes__tells_peak_memory_and_payloads() -> None:
    """The stream goes through the command line, in a process of its own."""
    cost = measure_stream(size_mib=2)
    assert cost.payloads > 1000
    assert cost.peak_mib >= cost.start_mib > 0
