from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.core.confidence.signals import Ground
from agent.core.proposing import EvidenceKind, PriorMapping
from agent.core.verify.record import Verdict
from tests.core.verify.making import INT, NUMBER, TEXT, array, enum, obj
from tests.proposers.small_tasks import adapt, note, propose, rules, unfed, values

DATE = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
CRUST = {"type": "string", "enum": ["thin", "thick"]}
NULLABLE = {"type": ["string", "null"]}
NEST = obj("id address", id=TEXT, address=obj("zip_code city", zip_code=TEXT, city=TEXT))
FLAT = obj("id zip_code city", id=TEXT, zip_code=TEXT, city=TEXT)
NESTED_PAYLOAD = {"id": "1", "address": {"zip_code": "8000", "city": "Zurich"}}
FLAT_PAYLOAD = {"id": "1", "zip_code": "8000", "city": "Zurich"}


@pytest.mark.parametrize(
    ("after", "contract", "payload", "output"),
    [
        pytest.param(
            obj("id customer_name", id=TEXT, customer_name=TEXT),
            obj("id cust_nm", id=TEXT, cust_nm=TEXT),
            {"id": "1", "customer_name": "Ada"},
            {"id": "1", "cust_nm": "Ada"},
            id="rename",
        ),
        pytest.param(
            obj("id customer", id=TEXT, customer=obj("email", email=TEXT)),
            obj("id email", id=TEXT, email=TEXT),
            {"id": "1", "customer": {"email": "a@b"}},
            {"id": "1", "email": "a@b"},
            id="move",
        ),
        pytest.param(FLAT, NEST, FLAT_PAYLOAD, NESTED_PAYLOAD, id="nest"),
        pytest.param(NEST, FLAT, NESTED_PAYLOAD, FLAT_PAYLOAD, id="flatten"),
        pytest.param(
            obj("status", status=enum("paid", "in_transit")),
            obj("status", status=enum("PAID", "IN-TRANSIT")),
            {"status": "in_transit"},
            {"status": "IN-TRANSIT"},
            id="enum remap",
        ),
        pytest.param(
            obj("created_at", created_at=MOMENT),
            obj("created_at", created_at=DATE),
            {"created_at": "2024-01-31T10:00:00Z"},
            {"created_at": "2024-01-31"},
            id="date format",
        ),
        pytest.param(
            obj("created_at", created_at={**INT, "description": "Milliseconds since 1970"}),
            obj("created_at", created_at=MOMENT),
            {"created_at": 1000},
            {"created_at": "1970-01-01T00:00:01Z"},
            id="epoch",
        ),
        pytest.param(
            obj("duration_ms", duration_ms=INT),
            obj("duration_seconds", duration_seconds=NUMBER),
            {"duration_ms": 1500},
            {"duration_seconds": 1.5},
            id="units",
        ),
        pytest.param(
            obj("tag", tag=TEXT),
            obj("tag", tag=array(TEXT)),
            {"tag": "a"},
            {"tag": ["a"]},
            id="wrap",
        ),
        pytest.param(
            obj("order_lines", order_lines=array(obj("sku quantity", sku=TEXT, quantity=INT))),
            obj("lines", lines=array(obj("sku qty", sku=TEXT, qty=INT))),
            {"order_lines": [{"sku": "a", "quantity": 2}]},
            {"lines": [{"sku": "a", "qty": 2}]},
            id="array of objects",
        ),
        pytest.param(
            obj("id", id=TEXT),
            obj("id kind", id=TEXT, kind={"const": "order"}),
            {"id": "1"},
            {"id": "1", "kind": "order"},
            id="constant from the contract",
        ),
    ],
)
def test_propose__no_pairs__names_types_and_formats_feed_it(
    after: Any, contract: Any, payload: Any, output: Any
) -> None:
    """Without a pair, what the two schemas say is enough for the common changes."""
    proposed = propose(after, contract)
    assert proposed.verification.verdict in (Verdict.PROVED, Verdict.TESTED)
    assert adapt(proposed, payload) == output


PEOPLE = [("Ada", "Lovelace"), ("Alan", "Turing"), ("Grace", "Hopper")]
SPLIT = [{"first": first, "last": last} for first, last in PEOPLE]
JOINED = [{"full_name": f"{first} {last}"} for first, last in PEOPLE]
SPLIT_SCHEMA = obj("first last", first=TEXT, last=TEXT)
JOINED_SCHEMA = obj("full_name", full_name=TEXT)


def test_propose__pairs_show_a_split__parts_on_unseen_payloads() -> None:
    """A text that pairs show in two parts is split, also on payloads that were not shown."""
    pairs = list(zip(JOINED, SPLIT, strict=True))
    proposed = propose(JOINED_SCHEMA, SPLIT_SCHEMA, pairs=pairs)
    assert adapt(proposed, {"full_name": "Mary Ann"}) == {"first": "Mary", "last": "Ann"}
    assert note(proposed, "/first").evidence[0].kind is EvidenceKind.SAMPLE


def test_propose__pairs_show_a_join__joined_on_unseen_payloads() -> None:
    """Two texts that pairs show as one are joined."""
    pairs = list(zip(SPLIT, JOINED, strict=True))
    proposed = propose(SPLIT_SCHEMA, JOINED_SCHEMA, pairs=pairs)
    assert adapt(proposed, {"first": "Mary", "last": "Ann"}) == {"full_name": "Mary Ann"}


def test_propose__pairs_show_the_first_item__unwrapped() -> None:
    """An array whose first item the pairs show is unwrapped; without pairs nothing is chosen."""
    after, contract = obj("tag", tag=array(TEXT)), obj("tag", tag=TEXT)
    pairs = [({"tag": ["a", "b"]}, {"tag": "a"}), ({"tag": ["c"]}, {"tag": "c"})]
    assert adapt(propose(after, contract, pairs=pairs), {"tag": ["x", "y"]}) == {"tag": "x"}
    assert propose(after, contract).verification.decision_needed


def test_propose__required_field_without_source__stays_unfed() -> None:
    """Nothing is invented for a required field: it is infeasible, with a question."""
    proposed = propose(obj("id", id=TEXT), obj("id tax_number", id=TEXT, tax_number=TEXT))
    assert proposed.verification.verdict is Verdict.INFEASIBLE
    assert proposed.verification.unsatisfied == ("/tax_number",)
    assert list(values(proposed)) == ["/id"]
    (open_field,) = proposed.answer.unfed
    assert open_field.is_required
    assert "/tax_number" in open_field.question


def test_propose__optional_field_without_source__stays_absent() -> None:
    """An optional field that nothing feeds is left out and does not fail the adapter."""
    proposed = propose(obj("id", id=TEXT), obj("id", id=TEXT, tax_number=TEXT))
    assert proposed.verification.verdict in (Verdict.PROVED, Verdict.TESTED)
    assert unfed(proposed) == {"/tax_number"}
    assert adapt(proposed, {"id": "1"}) == {"id": "1"}


@pytest.mark.parametrize(
    ("contract", "expression"),
    [
        (obj("", note=TEXT), "not_null(src.note)"),
        (obj("note", note={**TEXT, "default": "-"}), "default(src.note, '-')"),
        (obj("note", note=TEXT), "require(src.note, 'the contract requires note')"),
        (obj("note", note=NULLABLE), "src.note"),
    ],
)
def test_propose__source_may_be_null__absent_default_or_refused(
    contract: Any, expression: str
) -> None:
    """A null becomes absent, the documented default, or a refusal; where it is allowed it stays."""
    proposed = propose(obj("note", note=NULLABLE), contract)
    assert values(proposed) == {"/note": expression}
    assert proposed.verification.verdict in (Verdict.PROVED, Verdict.TESTED)


def test_propose__two_alike_sources__asks() -> None:
    """Two sources that are equally alike make the rule ambiguous, and the other one is shown."""
    after = obj("billing_email shipping_email", billing_email=TEXT, shipping_email=TEXT)
    proposed = propose(after, obj("email", email=TEXT))
    found = note(proposed, "/email")
    assert found.is_ambiguous
    assert found.alternatives
    assert proposed.verification.decision_needed


def test_propose__unrepeated_texts__no_table_is_invented() -> None:
    """Pairs that only a table could explain are not recited: the pair stays missed."""
    pairs = [({"code": "a1"}, {"code": "zeta"}), ({"code": "b2"}, {"code": "mu"}),
             ({"code": "c3"}, {"code": "pi"})]  # fmt: skip
    proposed = propose(obj("code", code=TEXT), obj("code", code=TEXT), pairs=pairs)
    assert "lookup" not in str(values(proposed))
    assert proposed.verification.verdict in (Verdict.REFUTED, Verdict.INFEASIBLE)


STATE = obj("order_state", order_state={"type": "string", "enum": ["10", "20"]})
STATUS = obj("status", status={"type": "string", "enum": ["open", "paid"]})
TABLE = "lookup({}, {{'10': 'open', '20': 'paid'}})"


def prior(*, is_approved: bool) -> PriorMapping:
    """Return a remembered mapping of opaque codes."""
    return PriorMapping(
        id="p1",
        source="shop",
        consumer="billing",
        target="/status",
        target_text="status",
        reads=("/order_state",),
        reads_text="order state",
        expression=TABLE.format("a"),
        is_approved=is_approved,
        distance=0.1,
    )


def test_propose__opaque_codes_without_memory__open() -> None:
    """Codes that say nothing are not mapped by guessing."""
    proposed = propose(STATE, STATUS)
    assert "lookup" not in str(values(proposed))
    assert proposed.verification.decision_needed


def test_propose__approved_before__its_table_comes_back() -> None:
    """An approved mapping of the same target and field is used again, and says so."""
    proposed = propose(STATE, STATUS, priors=[prior(is_approved=True)])
    assert values(proposed) == {"/status": TABLE.format("src.order_state")}
    assert note(proposed, "/status").evidence[0].kind is EvidenceKind.PRIOR_MAPPING


def test_propose__rejected_before__not_used() -> None:
    """A rejected mapping is never used again."""
    proposed = propose(STATE, STATUS, priors=[prior(is_approved=False)])
    assert "lookup" not in str(values(proposed))


def test_propose__approved_before_over_other_values__not_used() -> None:
    """A remembered table that knows none of the field's values is about something else."""
    after = obj("order_state", order_state={"type": "string", "enum": ["x", "y"]})
    proposed = propose(after, STATUS, priors=[prior(is_approved=True)])
    assert "lookup" not in str(values(proposed))


def test_propose__remembered_expression_that_does_not_parse__is_passed_over() -> None:
    """A memory that holds what the language does not know is no reason to fail."""
    bad = replace(prior(is_approved=True), expression="__import__('os')")
    assert "import" not in str(values(propose(STATE, STATUS, priors=[bad])))


def test_propose__same_task_twice__same_bytes() -> None:
    """The same task gives the same adapter and the same verification."""
    first, second = (propose(FLAT, NEST) for _ in range(2))
    assert first.adapter == second.adapter
    assert first.verification == second.verification


def test_propose__required_field_like_nothing__likeliest_is_asked() -> None:
    """A required field is fed by what is most like it, and a person decides."""
    after = obj("id crumbs", id=TEXT, crumbs=TEXT)
    proposed = propose(after, obj("id verdict", id=TEXT, verdict=TEXT))
    assert values(proposed)["/verdict"] == "src.crumbs"
    assert note(proposed, "/verdict").is_ambiguous
    assert proposed.verification.decision_needed


def test_propose__required_field_like_nothing__not_read_of_what_may_be_absent() -> None:
    """Of two fields that say as little, the one that is always there feeds a required field."""
    after = obj("id zest", id=TEXT, crumbs=TEXT, zest=TEXT)
    proposed = propose(after, obj("id verdict", id=TEXT, verdict=TEXT))
    assert values(proposed)["/verdict"] == "src.zest"


def test_propose__required_field_like_nothing__read_where_those_beside_it_come_from() -> None:
    """What says little is rather read of the object that feeds the fields beside it."""
    oven = obj("size crumbs", size=TEXT, crumbs=TEXT)
    after = obj("aside oven", aside=obj("bread crumbs", bread=TEXT, crumbs=TEXT), oven=oven)
    stove = obj("size verdict", size=TEXT, verdict=TEXT)
    made = rules(propose(after, obj("stove", stove=stove)))
    assert {"target": "/verdict", "value": "src.oven.crumbs"} in made[0]["rules"]


def test_propose__optional_field_like_nothing__stays_absent() -> None:
    """What may be absent is never fed by something that is hardly like it."""
    after = obj("id crumbs", id=TEXT, crumbs=TEXT)
    proposed = propose(after, obj("id", id=TEXT, verdict=TEXT))
    assert "/verdict" not in values(proposed)


def test_propose__source_taken_away_before_a_contract_of_its_own__refused() -> None:
    """A field that was clearly read before the change and was removed is not read elsewhere."""
    before = obj("id tax_number", id=TEXT, tax_number=TEXT)
    after = obj("id crumbs", id=TEXT, crumbs=TEXT)
    contract = obj("id tax_number note", id=TEXT, tax_number=TEXT, note=TEXT)
    assert "/tax_number" in unfed(propose(after, contract, before=before))


def test_propose__all_sources_moved_at_once__likeliest_are_asked() -> None:
    """Where a payload was rebuilt, fields without a namesake are proposed and not refused."""
    names = ("rye", "oat", "bun", "pie", "tart", "roll")
    codes = ("p1", "p2", "p3", "p4", "p5", "p6")
    before = obj(" ".join(names), **dict.fromkeys(names, TEXT))
    after = obj(" ".join(codes), **dict.fromkeys(codes, TEXT))
    assert not unfed(propose(after, before, before=before))


def test_propose__some_of_many_sources_taken_away__refused() -> None:
    """Where most of what a contract needs is still there, what was taken away is not replaced."""
    kept = ("a1", "b2", "c3", "d4", "e5", "f6", "g7")
    names = ("rye", "oat", "bun", "pie", "tart", "roll")
    before = obj(" ".join((*kept, *names)), **dict.fromkeys((*kept, *names), TEXT))
    after = obj(" ".join((*kept, "p1", "p2")), **dict.fromkeys((*kept, "p1", "p2"), TEXT))
    assert unfed(propose(after, before, before=before)) == {f"/{name}" for name in names}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param({"crumbs": ["a", "b"]}, {"crumbs": ["a", "b"]}, id="an array"),
        pytest.param({"crumbs": "a"}, {"crumbs": ["a"]}, id="one value"),
        pytest.param({}, {}, id="none"),
    ],
)
def test_propose__one_value_or_an_array_of_them__always_an_array(given: Any, wanted: Any) -> None:
    """A value that may stand alone for an array is put into one, and left out where it is not."""
    after = obj("", crumbs={"type": ["array", "string"], "items": TEXT})
    assert adapt(propose(after, obj("", crumbs=array(TEXT))), given) == wanted


def test_propose__page_and_its_address_for_programs__page_is_linked() -> None:
    """A link is the page for people where the sibling holds addresses of an interface."""
    shown = {"url": "https://api.oven.example/1", "html_url": "https://oven.example/1"}
    fields = {name: {**TEXT, "examples": [value]} for name, value in shown.items()}
    proposed = propose(obj("url html_url", **fields), obj("link", link=TEXT))
    assert values(proposed)["/link"] == "src.html_url"


def test_propose__text_seen_to_say_yes_and_no__becomes_a_boolean() -> None:
    """The two words of a text that says yes or no are written out, also the one never seen."""
    after = obj("is_baked", is_baked=enum("Y", "N"))
    proposed = propose(after, obj("baked", baked={"type": "boolean"}))
    assert adapt(proposed, {"is_baked": "N"}) == {"baked": False}


def test_propose__description_says_what_it_always_is__rests_on_those_words() -> None:
    """A constant told in words is no default: it has a ground and an evidence of its own."""
    contract = obj("id oven", id=TEXT, oven={**TEXT, "description": "Always 'stone'."})
    answer = propose(obj("id", id=TEXT), contract)
    assert adapt(answer, {"id": "1"}) == {"id": "1", "oven": "stone"}
    signals = note(answer, "/oven").signals
    assert signals is not None
    assert signals.ground is Ground.SAID
    assert [one.kind for one in note(answer, "/oven").evidence] == [EvidenceKind.DESCRIPTION]


def test_propose__parts_of_a_date__each_from_the_same_field() -> None:
    """Parts of one date share it; what a shorter date lacks is what the contract says of that."""
    dates = {**TEXT, "examples": ["1990", "1974-12-25"]}
    unknown = {"type": ["integer", "null"], "description": "Null when unknown."}
    contract = obj("birth_year birth_month", birth_year={"type": "integer"}, birth_month=unknown)
    proposed = propose(obj("birthDate", birthDate=dates), contract)
    assert adapt(proposed, {"birthDate": "1990"}) == {"birth_year": 1990, "birth_month": None}
    assert adapt(proposed, {"birthDate": "1974-12-25"}) == {"birth_year": 1974, "birth_month": 12}


def test_propose__table_in_words__feeds_a_field_that_is_called_otherwise() -> None:
    """A table between two closed lists in a description is proposed, and a person is asked."""
    code = {"enum": ["T", "K"], "type": "string", "description": "T thin, K thick."}
    proposed = propose(obj("id q", id=TEXT, q=code), obj("id crust", id=TEXT, crust=CRUST))
    assert values(proposed)["/crust"] == "lookup(src.q, {'T': 'thin', 'K': 'thick'})"
    assert note(proposed, "/crust").is_ambiguous
