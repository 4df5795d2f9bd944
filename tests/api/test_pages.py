from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.guard import POLICY
from tests.api.story import ADAPTER, BREAKING_ADAPTER, CONTRACT, NEW, OLD, OLD_PAYLOAD, Story

XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
    "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "javascript:alert(1)",
    '<a href="javascript:alert(1)">x</a>',
    "a\u202egnp.exe\u200b\u2066",
    "<!--<iframe srcdoc='<script>alert(1)</script>'>",
)
HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """The parts of a page that a test asks about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def hidden(self) -> dict[str, str]:
        """Return the hidden fields of the decision form."""
        inputs = [one for one in self.all("input") if one.get("type") == "hidden"]
        return {one["name"]: one.get("value", "") for one in inputs}


def open_page(client: TestClient, path: str, *, status: int = 200) -> Page:
    """Return a page, after checking that nothing on it could run."""
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return read_page(answer)


def read_page(answer: Any) -> Page:
    """Return an answer as a page, after checking that nothing on it could run."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    page = Page(answer.text)
    for tag, attributes in page.tags:
        assert tag in SAFE_TAGS.split(), tag
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "action", "formaction", "src"):
            assert attributes.get(name, "/").startswith(("/", "#", "data:,"))
    assert [one["src"] for one in page.all("script")] == ["/static/review.js"]
    return page


SAFE_TAGS = """
html head meta title link script body wbr a header div nav main h1 h2 h3 p b span table thead
tbody tr th td time meter code pre section dl dt dd ul li details summary form label input
select option button textarea fieldset legend aside figure figcaption blockquote
"""


def test_home__opens_the_queue(client: TestClient) -> None:
    """The bare address leads to the review queue."""
    answer = client.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/review"


def test_queue__empty__says_how_it_fills(client: TestClient) -> None:
    """An empty queue explains itself."""
    assert "Nothing here" in open_page(client, "/review").text


def test_queue__with_proposals__shows_what_a_reviewer_sorts_by(story: Story) -> None:
    """Each row has source, consumer, state, verdict, confidence and age; filters have counts."""
    story.registered().imported()
    story.imported(BREAKING_ADAPTER)
    page = open_page(story.client, "/review")
    for word in ("orders", "billing", "pending", "blocked", "Proved", "Refuted", "just now"):
        assert word in page.text
    only = open_page(story.client, "/review?state=blocked")
    assert "Refuted" in only.text
    assert "Proved" not in only.text


def test_queue__many__is_cut_into_pages(story: Story) -> None:
    """A long queue has a next page, and the pages together hold everything."""
    story.registered()
    for _ in range(52):
        story.service.ledger.draft(
            source="orders", version=1, consumer="billing", adapter=ADAPTER, by="x"
        )
    first = open_page(story.client, "/review?state=verifying")
    older = next(one["href"] for one in first.all("a") if one.get("rel") == "next")
    second = open_page(story.client, older)
    rows = [
        one for page in (first, second) for one in page.all("a") if one.get("class") == "proposal"
    ]
    assert len({one["href"] for one in rows}) == 52


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/review/nope", 404),
        ("/review?state=nope", 422),
        ("/review?cursor=nope", 404),
        ("/review/%00", 422),
    ],
)
def test_page__unknown__is_an_error_page_for_people_and_a_problem_for_programs(
    client: TestClient, path: str, status: int
) -> None:
    """A person gets a page with a way back, a program a problem document."""
    page = open_page(client, path, status=status)
    assert "Back to the review queue" in page.text
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_proposal__from_a_change__shows_verdict_diff_rules_and_form(story: Story) -> None:
    """A reviewer finds the verdict in words, the diff, every rule, and the way to decide."""
    story.registered().approved()
    whole = story.changed()
    page = open_page(story.client, f"/review/{whole['id']}")
    for text in ("Proved", "What changed", "/order_id", "/orderId", "src.orderId", "Approve"):
        assert text in page.text
    assert page.hidden()["revision"] == str(whole["revision"])
    assert not [one for one in page.all("button") if "disabled" in one]


def test_proposal__refuted__shows_the_counterexample_and_why_not(story: Story) -> None:
    """A refuted proposal shows the payload, the broken clause, and why approving is off."""
    proposal = story.registered().imported(BREAKING_ADAPTER)
    page = open_page(story.client, f"/review/{proposal['id']}")
    assert "Refuted" in page.text
    assert "Counterexample" in page.text
    assert "verification did not pass" in page.text
    disabled = [one for one in page.all("button") if "disabled" in one]
    assert [one.get("class") for one in disabled] == ["primary"]


def test_proposal__infeasible__names_the_field_in_the_verdict(story: Story) -> None:
    """A required field that nothing feeds stands in the first line and as a row."""
    story.registered()
    contract = {**CONTRACT, "required": ["id", "total", "vat"]}
    contract["properties"] = {**CONTRACT["properties"], "vat": {"type": "boolean"}}
    story.client.put("/v1/consumers/tax/contracts/orders", json=contract)
    story.report(NEW)
    while story.service.work_once():
        pass
    listed = story.client.get("/v1/proposals?state=infeasible").json()["items"]
    tax = next(one for one in listed if one["consumer"] == "tax")
    page = open_page(story.client, f"/review/{tax['id']}")
    assert "Infeasible" in page.text
    assert "/vat" in page.text
    assert "nothing feeds it" in page.text


def test_proposal__dropped_source_fields__are_rows_with_their_reason(story: Story) -> None:
    """A source field that is left out is visible, with why."""
    adapter = {
        **ADAPTER,
        "rules": ADAPTER["rules"][:2],
        "drops": [{"path": "/note", "reason": "nobody reads it"}],
    }
    proposal = story.registered().imported(adapter)
    page = open_page(story.client, f"/review/{proposal['id']}")
    assert "nobody reads it" in page.text


def test_try__a_payload__shows_output_under_it(story: Story) -> None:
    """The trial form works without a script, and its fragment with one."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    page = open_page(story.client, url)
    form = {"token": page.hidden()["token"], "payload": '{"order_id": "Z-9", "total": 3}'}
    whole = read_page(story.client.post(f"{url}/try", data=form))
    assert "Meets the contract" in whole.text
    assert '"id": "Z-9"' in whole.text
    assert '"order_id": "Z-9"' in whole.text
    answer = story.client.post(f"{url}/try", data=form, headers={"X-Fragment": "1"})
    assert '"Z-9"' in Page(answer.text).text
    assert "<html" not in answer.text


@pytest.mark.parametrize("payload", ["", "{", "[1]", '{"orderId": "x"}', "\ud83d\ude00"])
def test_try__an_unusable_payload__says_what_is_wrong(story: Story, payload: str) -> None:
    """A payload that cannot be tried is kept in the form, with the reason beside it."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {
        "token": open_page(story.client, url).hidden()["token"],
        "payload": payload.encode("utf-16", "surrogatepass").decode("utf-16"),
    }
    page = read_page(story.client.post(f"{url}/try", data=form))
    assert "Not tried" in page.text


def test_try__the_first_payload__is_a_sample_or_made_from_the_schema(story: Story) -> None:
    """The form is never empty: it starts from a payload that fits the source."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    page = open_page(story.client, url)
    text = re.search(
        r'<textarea id="payload"[^>]*>\n?(.*?)</textarea>', story.client.get(url).text, re.S
    )
    assert text is not None
    form = {"token": page.hidden()["token"], "payload": html.unescape(text.group(1))}
    assert "Meets the contract" in read_page(story.client.post(f"{url}/try", data=form)).text


@pytest.mark.parametrize(
    ("kind", "state", "text"),
    [
        ("approve", "approved", "Approved."),
        ("reject", "rejected", "Rejected."),
        ("request-changes", "drafting", "Sent back."),
    ],
)
def test_decide__from_the_page__records_it(story: Story, kind: str, state: str, text: str) -> None:
    """Each button of the form records its decision, with name and reason in the history."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {**open_page(story.client, url).hidden(), "by": "Ana", "reason": "looks right"}
    answer = story.client.post(f"{url}/{kind}", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert story.proposal(proposal["id"])["state"] == state
    page = open_page(story.client, answer.headers["location"])
    assert text in page.text
    assert "Ana" in page.text
    assert "looks right" in page.text


@pytest.mark.parametrize("form", [{"by": "", "reason": "x"}, {"by": "Ana", "reason": "  "}, {}])
def test_decide__without_name_or_reason__asks_for_it_and_keeps_the_rest(
    story: Story, form: dict[str, str]
) -> None:
    """A form that is not filled in comes back with what was typed."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    fields = {**open_page(story.client, url).hidden(), **form}
    answer = story.client.post(f"{url}/approve", data=fields)
    assert answer.status_code == 422
    page = read_page(answer)
    assert "not recorded" in page.text
    by = next(one for one in page.all("input") if one.get("name") == "by")
    assert by["value"] == form.get("by", "")
    assert story.proposal(proposal["id"])["state"] == "pending"


def test_decide__on_a_stale_page__is_409_and_shows_what_changed(story: Story) -> None:
    """Who decides on an old page learns which rules are new, and nothing is recorded."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {**open_page(story.client, url).hidden(), "by": "Ana", "reason": "looks right"}
    rules = [{"target": "/id", "value": "upper(src.order_id)"}, *ADAPTER["rules"][1:]]
    body = {"rules": rules, "by": "bo", "reason": "r", "revision": proposal["revision"]}
    assert story.client.patch(f"/v1/proposals/{proposal['id']}/rules", json=body).is_success
    answer = story.client.post(f"{url}/approve", data=form)
    assert answer.status_code == 409
    page = read_page(answer)
    for text in ("not recorded", "rule /id", "src.order_id", "upper(src.order_id)"):
        assert text in page.text
    assert "looks right" in page.text
    assert story.proposal(proposal["id"])["state"] == "pending"
    fresh = {**page.hidden(), "by": "Ana", "reason": "looked again"}
    again = story.client.post(f"{url}/approve", data=fresh, follow_redirects=False)
    assert again.status_code == 303


@pytest.mark.parametrize("rules", ["", "[1]", "{" * 5000, '{"/id": 3}', "null"])
def test_decide__with_a_tampered_page__is_still_409(story: Story, rules: str) -> None:
    """What a page carries back is only shown, never trusted."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {**open_page(story.client, url).hidden(), "by": "A", "reason": "r"}
    form |= {"revision": "0", "rules": rules, "state": "<b>x"}
    answer = story.client.post(f"{url}/approve", data=form)
    assert answer.status_code == 409
    read_page(answer)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ä"])
def test_form__without_our_token__is_refused(story: Story, token: str | None) -> None:
    """A form that another page made up records nothing (CSRF)."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {**open_page(story.client, url).hidden(), "by": "A", "reason": "r"}
    form.pop("token")
    if token is not None:
        form["token"] = token
    assert story.client.post(f"{url}/approve", data=form).status_code == 403
    assert story.proposal(proposal["id"])["state"] == "pending"


def test_form__with_a_token_of_another_browser__is_refused(story: Story) -> None:
    """A token belongs to the cookie that it was given out with."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {**open_page(story.client, url).hidden(), "by": "A", "reason": "r"}
    story.client.cookies.clear()
    assert story.client.post(f"{url}/approve", data=form).status_code == 403


def test_form__from_another_origin__is_refused(story: Story) -> None:
    """Even a stolen token does not help a page from elsewhere."""
    proposal = story.registered().imported()
    url = f"/review/{proposal['id']}"
    form = {**open_page(story.client, url).hidden(), "by": "A", "reason": "r"}
    headers = {"Origin": "http://evil.example"}
    assert story.client.post(f"{url}/approve", data=form, headers=headers).status_code == 403


@pytest.mark.parametrize("attack", XSS)
def test_pages__hostile_text_everywhere__is_shown_and_never_acts(story: Story, attack: str) -> None:
    """Names, descriptions, values, reasons and payloads are text, whatever they hold."""
    client = story.client
    old = {
        "type": "object",
        "title": attack,
        "properties": {
            attack: {"type": "string", "description": attack, "enum": [attack, "ok"]},
            "plain": {"type": "string", "examples": [attack]},
        },
        "required": [attack],
    }
    new = {**old, "properties": {**old["properties"], attack + "2": {"type": "integer"}}}
    client.put("/v1/sources/hostile", json={"description": attack})
    assert client.put("/v1/consumers/c/contracts/hostile", json=old).status_code == 200
    url = "/v1/sources/hostile/versions"
    assert client.post(url, json={"schema": old}).status_code == 201
    answer = client.post(
        url, json={"schema": new, "samples": [{attack: "ok"}], "by": "x" + attack[:9]}
    )
    assert answer.status_code == 202, answer.text
    while story.service.work_once():
        pass
    id = answer.json()["proposals"][0]["id"]
    page = open_page(client, f"/review/{id}")
    assert "\u202e" not in page.text
    assert "\u200b" not in page.text
    form = {**page.hidden(), "payload": f'{{"x": "{attack}'}
    read_page(client.post(f"/review/{id}/try", data=form))
    form = {**page.hidden(), "revision": "0", "by": "A" + attack[:20], "reason": attack}
    read_page(client.post(f"/review/{id}/approve", data=form))
    read_page(client.get(f"/review/{id}?done={attack[:10]}", headers=HTML))
    open_page(client, "/review")


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "a b\"'&", "日本 {{7*7}}"])
def test_pages__hostile_names_of_source_and_consumer__are_shown_and_never_act(
    story: Story, name: str
) -> None:
    """Whoever may register a source cannot run anything in a reviewer's browser."""
    service = story.service
    service.put_source(name)
    service.put_contract(name, name, CONTRACT)
    service.report_version(name, OLD, samples=[OLD_PAYLOAD])
    proposal = service.import_adapter({**ADAPTER, "source": name, "consumer": name}, by=name)
    page = open_page(story.client, f"/review/{proposal.id}")
    assert name in page.text
    assert name in open_page(story.client, "/review").text


def test_static__the_assets__are_ours_and_typed(client: TestClient) -> None:
    """Style and script come from this process, with their types, and nothing else is loaded."""
    style, script = client.get("/static/review.css"), client.get("/static/review.js")
    assert style.headers["content-type"].startswith("text/css")
    assert "javascript" in script.headers["content-type"]
    assert style.headers["cache-control"] == "no-cache"
    assert "http" not in style.text
    assert "http" not in script.text
