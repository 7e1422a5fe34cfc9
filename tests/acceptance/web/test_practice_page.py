"""The practice page in a real browser: type, keep, run, stop, read the verdict."""

from __future__ import annotations

import re
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

SPIRAL = "/exercises/spiral-classifier"
COUNTS_FOR_EVER = (
    "import time\nfor second in range(10_000):\n    print('counting', second, flush=True)\n    time.sleep(0.05)\n"
)


judged = pytest.mark.parametrize("with_grader", [True], ids=["judged"])


def write(page: Any, text: str) -> None:
    """Replace what is in the editor, as a paste would."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def type_on_top(page: Any, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type(text)


def saved(page: Any) -> None:
    expect(page.locator("#saved")).to_contain_text("✓ Saved")


def test_the_first_address_leads_straight_to_a_script_to_edit(visitor: Any) -> None:
    page = visitor.enter()
    expect(page).to_have_url(re.compile(r"/exercises/[a-z-]+$"))
    page.keyboard.type("# typed at once\n")
    expect(page.locator(".cm-content")).to_contain_text("# typed at once")
    expect(page.locator(".cm-content")).to_contain_text("import torch")
    saved(page)


def loaded(visitor: Any) -> Any:
    """The practice page with everything it asks for: what loads when the server goes is another matter."""
    page = visitor.enter(SPIRAL)
    expect(page.locator(".cm-content")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def test_what_is_typed_survives_a_reload_and_a_killed_server(visitor: Any, server: Any) -> None:
    page = visitor.enter(SPIRAL)
    type_on_top(page, "# before the crash\n")
    saved(page)
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("# before the crash")
    page.wait_for_load_state("networkidle")
    server.kill()
    server.start()
    again = visitor.enter(SPIRAL)
    expect(again.locator(".cm-content")).to_contain_text("# before the crash")


def test_text_typed_while_the_server_is_away_is_kept_and_sent_later(visitor: Any, server: Any) -> None:
    page = loaded(visitor)
    server.kill()
    type_on_top(page, "# typed into the void\n")
    expect(page.locator("#saved")).to_contain_text("kept in this browser")
    server.start()
    visitor.enter("/exercises")
    saved(page)
    elsewhere = visitor.enter(SPIRAL)
    expect(elsewhere.locator(".cm-content")).to_contain_text("# typed into the void")


def test_text_typed_while_the_server_is_away_is_kept_when_the_tab_closes(visitor: Any, server: Any) -> None:
    page = loaded(visitor)
    server.kill()
    type_on_top(page, "# then the tab was closed\n")
    expect(page.locator("#saved")).to_contain_text("kept in this browser")
    page.close()
    server.start()
    again = visitor.enter(SPIRAL)
    expect(again.locator(".cm-content")).to_contain_text("# then the tab was closed")
    saved(again)


def test_leaving_at_once_still_saves(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    type_on_top(page, "# and gone\n")
    page.goto(visitor.server.base + "/exercises")
    page.goto(visitor.server.base + SPIRAL)
    expect(page.locator(".cm-content")).to_contain_text("# and gone")


@pytest.mark.parametrize(
    ("choice", "kept", "lost"), [("Load the other", "first", "second"), ("Keep the", "second", "first")]
)
def test_a_second_tab_does_not_overwrite_the_first_without_asking(
    visitor: Any, choice: str, kept: str, lost: str
) -> None:
    first, second = visitor.enter(SPIRAL), visitor.enter(SPIRAL)
    type_on_top(first, "# from the first tab\n")
    saved(first)
    type_on_top(second, "# from the second tab\n")
    expect(second.get_by_role("alert")).to_contain_text("Changed in another tab")
    third = visitor.enter("/exercises")
    third.goto(visitor.server.base + SPIRAL)
    second.get_by_role("button", name=choice).click()
    saved(second)
    expect(second.locator(".cm-content")).to_contain_text(f"# from the {kept} tab")
    expect(second.locator(".cm-content")).not_to_contain_text(f"# from the {lost} tab")
    second.reload()
    expect(second.locator(".cm-content")).to_contain_text(f"# from the {kept} tab")


@judged
def test_a_run_streams_stops_and_counts_nothing_when_stopped(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    write(page, COUNTS_FOR_EVER)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#output")).to_contain_text("counting 5", timeout=90_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#stage")).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    page.get_by_role("tab", name="Attempts").click()
    expect(page.locator("#attempts")).to_contain_text("No attempts yet")


@judged
def test_a_run_ends_in_a_verdict_with_evidence_that_survives_a_reload(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    page.get_by_role("tab", name="Verdict").click()
    expect(page.locator("#verdict")).not_to_contain_text("zero")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#verdict .headline")).to_contain_text("Not there yet", timeout=90_000)
    rows = page.locator("#verdict .bugs tbody tr")
    expect(rows).to_have_count(8)
    expect(rows.filter(has_text="Gradients never cleared")).to_contain_text("still there")
    expect(page.locator("#verdict .goal")).to_contain_text("0.85")
    expect(page.locator("#charts .reading-of").first).to_contain_text("From ")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "there is a blank band below"
    jump = page.locator("#verdict .bugs .jump").first
    line = jump.get_attribute("data-line")
    jump.click()
    expect(page.locator(".cm-pointed")).to_have_count(1)
    expect(page.locator(".cm-lineNumbers .cm-activeLineGutter")).to_have_text(str(line))
    page.reload()
    page.get_by_role("tab", name="Verdict").click()
    expect(page.locator("#verdict .bugs tbody tr")).to_have_count(8)
    page.get_by_role("tab", name="Attempts").click()
    page.get_by_role("link", name="Attempt 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attempt 1")
    expect(page.locator("main")).to_contain_text("No difference from the starter")


def test_hints_open_one_by_one_after_a_question(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    page.get_by_role("tab", name="Hints").click()
    page.get_by_role("button", name="Open hint 1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("costs nothing")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("#hint-list li")).to_have_count(0)
    page.get_by_role("button", name="Open hint 1").click()
    dialog.get_by_role("button", name="Open the hint").click()
    expect(page.locator("#hint-list li")).to_have_count(1)
    page.reload()
    page.get_by_role("tab", name="Hints").click()
    expect(page.get_by_role("button", name="Open hint 2")).to_be_visible()


def test_reset_asks_and_the_text_can_be_brought_back(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    type_on_top(page, "# my work\n")
    saved(page)
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator(".cm-content")).to_contain_text("# my work")
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(page.locator(".cm-content")).not_to_contain_text("# my work")
    page.reload()
    expect(page.locator(".cm-content")).not_to_contain_text("# my work")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator(".cm-content")).to_contain_text("# my work")
    saved(page)


def test_the_solution_stays_closed_until_it_is_asked_for(visitor: Any) -> None:
    page = visitor.enter(SPIRAL + "/solution")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have not tried it yet")
    expect(page.locator("main")).not_to_contain_text("zero_grad")
    page.get_by_role("button", name="Show me the solution").click()
    expect(page.locator("main")).to_contain_text("zero_grad")


def test_the_timer_can_be_paused_and_hidden(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    timer = page.get_by_role("timer")
    expect(timer).to_have_text("0:00")
    type_on_top(page, "#")
    expect(timer).not_to_have_text("0:00")
    page.get_by_role("button", name="Pause the timer").click()
    expect(page.get_by_role("button", name="Go on with the timer")).to_be_visible()
    page.get_by_role("button", name="Hide timer").click()
    expect(timer).to_be_hidden()
    page.reload()
    expect(timer).to_be_hidden()
