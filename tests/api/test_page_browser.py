from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.pipeline.service import Service
from api.app import create_app
from tests.api.serving import serve
from tests.api.story import ADAPTER, BREAKING_ADAPTER, Story

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"
)
WAIT_S = 20


def open_browser(folder: Path, *, scripts: bool = True, width: int = 1200) -> Any:
    """Return a headless Chromium with a profile of its own."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        f"--user-data-dir={folder}",
        f"--window-size={width},900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2}
        )
    return Chrome(options=options, service=ChromeService(executable_path=str(DRIVER)))


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """Return the address of a real server."""
    with serve(create_app(service, run_worker=False)) as address:
        yield f"http://{address}"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """Return a browser that runs scripts."""
    driver = open_browser(tmp_path / "profile")
    yield driver
    driver.quit()


@pytest.fixture
def plain_browser(tmp_path: Path) -> Iterator[Any]:
    """Return a browser that runs no scripts."""
    driver = open_browser(tmp_path / "profile-plain", scripts=False)
    driver.get("data:text/html,<noscript>off</noscript>")
    assert one(driver, "body").text == "off"
    yield driver
    driver.quit()


def until(driver: Any, what: Any) -> Any:
    """Wait until `what(driver)` is true and return it."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    ignored = [StaleElementReferenceException]
    return WebDriverWait(driver, WAIT_S, ignored_exceptions=ignored).until(what)


def one(driver: Any, selector: str) -> Any:
    """Return the element of a CSS selector."""
    return driver.find_element("css selector", selector)


def complaints(driver: Any) -> list[str]:
    """Return what the browser's console says about policy or errors."""
    return [entry["message"] for entry in driver.get_log("browser")]


def test_browser__a_payload_is_edited__the_output_follows_without_a_click(
    story: Story, address: str, browser: Any
) -> None:
    """With scripts, before and after are live."""
    proposal = story.registered().imported()
    browser.get(f"{address}/review/{proposal['id']}")
    field = one(browser, "#payload")
    field.clear()
    field.send_keys('{"order_id": "LIVE-7", "total": 3}')
    until(browser, lambda d: "LIVE-7" in one(d, "#tried").text)
    assert "Meets the contract" in one(browser, "#tried").text
    assert complaints(browser) == []


def test_browser__without_scripts__tries_and_approves(
    story: Story, address: str, plain_browser: Any
) -> None:
    """Every action is a real form: the whole review works with scripts off."""
    browser = plain_browser
    proposal = story.registered().imported()
    browser.get(f"{address}/review")
    one(browser, "a.proposal").click()
    field = one(browser, "#payload")
    field.clear()
    field.send_keys('{"order_id": "PLAIN-1", "total": 3}')
    one(browser, "form[data-live] button").click()
    until(browser, lambda d: "PLAIN-1" in one(d, "#tried").text)
    one(browser, "#by").send_keys("Ana")
    one(browser, "#reason").send_keys("tried it by hand")
    one(browser, "button.primary").click()
    until(browser, lambda d: "serves from now on" in one(d, "main").text)
    assert story.proposal(proposal["id"])["state"] == "approved"


def test_browser__an_empty_form__is_not_sent(story: Story, address: str, browser: Any) -> None:
    """Name and reason are asked for before anything is sent."""
    proposal = story.registered().imported()
    browser.get(f"{address}/review/{proposal['id']}")
    one(browser, "button.primary").click()
    assert browser.current_url.endswith(proposal["id"])
    assert story.proposal(proposal["id"])["state"] == "pending"


def test_browser__a_stale_page__shows_what_changed(
    story: Story, address: str, browser: Any
) -> None:
    """Who decides too late sees the rule that changed, and can decide again on what is there."""
    proposal = story.registered().imported()
    browser.get(f"{address}/review/{proposal['id']}")
    rules = [{"target": "/id", "value": "upper(src.order_id)"}, *ADAPTER["rules"][1:]]
    body = {"rules": rules, "by": "bo", "reason": "r", "revision": proposal["revision"]}
    assert story.client.patch(f"/v1/proposals/{proposal['id']}/rules", json=body).is_success
    one(browser, "#by").send_keys("Ana")
    one(browser, "#reason").send_keys("fine")
    one(browser, "button.primary").click()
    notice = until(browser, lambda d: one(d, "[role=alert]")).text
    assert "upper(src.order_id)" in notice
    one(browser, "button.primary").click()
    until(browser, lambda d: "serves from now on" in one(d, "main").text)


@pytest.mark.parametrize("width", [1200, 380])
def test_browser__at_any_width__only_tables_scroll_sideways(
    story: Story, address: str, tmp_path: Path, width: int
) -> None:
    """The page itself never scrolls sideways; wide tables do so inside their own frame."""
    story.registered().approved()
    refuted = story.imported(BREAKING_ADAPTER)
    changed = story.changed()
    driver = open_browser(tmp_path / "profile", width=width)
    try:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        for path in ("/review", f"/review/{refuted['id']}", f"/review/{changed['id']}"):
            driver.get(address + path)
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, path
            assert complaints(driver) == []
    finally:
        driver.quit()


def test_browser__hostile_names__open_no_dialog_and_break_no_policy(
    story: Story, address: str, browser: Any
) -> None:
    """In a real browser nothing that a source sends runs, and no policy report is made."""
    attack = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>'\""
    schema = {"type": "object", "properties": {attack: {"type": "string", "description": attack}}}
    newer = {**schema, "required": [attack]}
    client = story.client
    client.put("/v1/sources/hostile", json={"description": attack})
    client.put("/v1/consumers/c/contracts/hostile", json=schema)
    client.post("/v1/sources/hostile/versions", json={"schema": schema})
    answer = client.post("/v1/sources/hostile/versions", json={"schema": newer})
    while story.service.work_once():
        pass
    for path in ("/review", f"/review/{answer.json()['proposals'][0]['id']}"):
        browser.get(address + path)
        assert browser.execute_script("return document.querySelectorAll('script').length") == 1
        assert complaints(browser) == []
