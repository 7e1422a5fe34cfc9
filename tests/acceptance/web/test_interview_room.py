"""Two people hold an interview in two browsers, and a third looks on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.acceptance.web.accessibility import serious
from tests.acceptance.web.conftest import Visitor

from torchdojo.app.compose import open_dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.app.practice import starter
from torchdojo.domain.interview import Actor

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


killed_and_judged = pytest.mark.parametrize(("with_grader", "is_killed"), [(True, True)], ids=["judged"])


@pytest.fixture
def invitation(server: Any) -> Invitation:
    with open_dojo(database=server.database, with_grader=False) as dojo:
        return new_room(dojo, "tiny-regressor")


@pytest.fixture
def people(chromium: Any, server: Any, invitation: Invitation) -> Iterator[Any]:
    """A person of each role, each in a browser of their own, by their link alone."""
    visitors = []

    def come(role: Actor, into: Invitation = invitation) -> Any:
        visitor = Visitor(chromium, server, viewport={"width": 1280, "height": 820})
        visitors.append(visitor)
        page = visitor.context.new_page()
        page.goto(server.base + into.path(role))
        expect(page.locator("#saved")).to_have_text(re.compile("Connected|Saved"))
        return page

    yield come
    for visitor in visitors:
        visitor.context.close()
        # A server that was killed is the test's own doing.
        assert [text for text in visitor.complaints if "WebSocket connection" not in text] == []


@killed_and_judged
def test_an_interview_from_the_first_word_to_the_end(people: Any, server: Any, invitation: Invitation) -> None:
    candidate, interviewer = people(Actor.CANDIDATE), people(Actor.INTERVIEWER)
    expect(candidate.locator("#people")).to_have_text("Here: candidate, interviewer")
    interviewer.get_by_role("button", name="Start").click()
    expect(candidate.locator("#clock-state")).to_have_text("left")
    expect(interviewer.locator(".stage.now")).to_have_count(1)

    with open_dojo(database=server.database, with_grader=False) as dojo:
        exercise = dojo.library.find("tiny-regressor")
    assert exercise is not None
    candidate.locator(".cm-content").click()
    candidate.keyboard.press("Control+a")
    candidate.keyboard.insert_text(exercise.solution)
    expect(candidate.locator("#saved")).to_have_text("✓ Saved")
    candidate.keyboard.press("Control+Home")
    candidate.keyboard.type("# aloud")
    expect(interviewer.locator(".cm-content")).to_contain_text("# aloud")
    expect(interviewer.locator(".cm-ySelectionCaret")).to_have_count(1)
    candidate.keyboard.press("Enter")
    candidate.keyboard.press("Control+Enter")

    interviewer.get_by_role("button", name="Show it").first.click()
    expect(candidate.locator(".shown-nudge")).to_have_count(1)
    look_for = interviewer.locator("[data-tick=look_for]").first
    look_for.check()
    interviewer.get_by_role("tab", name="Notes").click()
    interviewer.get_by_label("Note", exact=True).fill("reads before editing")
    interviewer.keyboard.press("Enter")
    expect(interviewer.locator("#note-list li")).to_contain_text(["reads before editing"])
    interviewer.get_by_role("tab", name="Scores").click()
    interviewer.get_by_role("radio", name=re.compile("^Strong")).first.check()

    for page in (candidate, interviewer):
        expect(page.locator("#stage")).to_contain_text("The run ended", timeout=240_000)
        # Nothing ran before, and a room shows no reference.
        expect(page.locator("#legend span:visible")).to_have_text(["this run"])
        assert "run before" not in page.locator("#charts").inner_text()
    interviewer.get_by_role("tab", name="Bugs").click()
    expect(interviewer.locator("#bug-count")).to_have_text(f"{len(exercise.bugs)}/{len(exercise.bugs)}")
    expect(interviewer.locator("[data-bug-evidence]").first).to_contain_text("Run 1:")
    assert serious(candidate) == []
    for tab in ("Script", "Bugs", "Notes", "Scores"):
        interviewer.get_by_role("tab", name=tab).click()
        assert serious(interviewer) == [], tab

    server.kill()
    expect(candidate.locator("#saved")).to_contain_text("Offline")
    candidate.keyboard.type("# while nobody listened")
    interviewer.get_by_role("tab", name="Notes").click()
    interviewer.get_by_label("Note", exact=True).fill("stays calm")
    interviewer.keyboard.press("Enter")
    server.start()
    expect(interviewer.locator(".cm-content")).to_contain_text("# while nobody listened")
    expect(interviewer.locator("#note-list li")).to_contain_text(["reads before editing", "stays calm"])
    assert interviewer.locator("#output").inner_text().count("The run ended") == 1
    interviewer.reload()
    expect(look_for).to_be_checked()

    late = people(Actor.OBSERVER)
    expect(late.locator(".cm-content")).to_contain_text("# while nobody listened")
    expect(late.locator("#stage")).to_contain_text("The run ended")
    expect(late.get_by_role("button", name="Run")).to_have_count(0)

    interviewer.get_by_role("button", name="Pause").click()
    expect(candidate.locator("#clock-state")).to_have_text("paused")
    interviewer.get_by_role("button", name="End", exact=True).click()
    interviewer.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(candidate.locator("#clock-state")).to_have_text("ended")
    expect(candidate.locator(".cm-content")).to_have_attribute("contenteditable", "false")


@pytest.fixture
def diagnosis(server: Any) -> Invitation:
    with open_dojo(database=server.database, with_grader=False) as dojo:
        return new_room(dojo, "diagnosis", exercise="tiny-regressor")


@killed_and_judged
def test_a_round_of_diagnosis_begins_with_looks_and_the_script_comes_last(
    people: Any, server: Any, diagnosis: Invitation
) -> None:
    candidate, interviewer = people(Actor.CANDIDATE, diagnosis), people(Actor.INTERVIEWER, diagnosis)
    for page in (candidate, interviewer):
        expect(page.locator("#looks .look")).to_have_count(8)
        expect(page.locator("#editor")).to_be_hidden()
    expect(candidate.get_by_role("button", name="Run")).to_have_count(0)
    loss = candidate.get_by_role("button", name="Open loss curve")
    expect(loss).to_have_attribute("aria-disabled", "true")
    interviewer.get_by_role("button", name="Start").click()
    expect(loss).to_have_attribute("aria-disabled", "false")

    loss.focus()
    candidate.keyboard.press("Enter")
    for page in (candidate, interviewer):
        expect(page.locator("[data-look=loss] .exhibit").first).to_be_visible(timeout=120_000)
        expect(page.locator("#looks-spent")).to_contain_text("1 minute for 1 look")
    expect(candidate.locator("[data-look=loss] h3")).to_be_focused()
    interviewer.get_by_role("button", name="Open printed output").click()
    expect(candidate.locator("[data-look=output] [data-opened]")).to_contain_text("by the interviewer")
    assert serious(candidate) == []
    assert serious(interviewer) == []

    server.kill()
    expect(candidate.locator("#saved")).to_contain_text("Offline")
    server.start(with_grader=True)
    expect(candidate.locator("#saved")).to_have_text("Connected")
    late = people(Actor.OBSERVER, diagnosis)
    expect(late.locator(".look .exhibit").first).to_be_visible()
    expect(late.get_by_role("button", name="Open")).to_have_count(0)

    candidate.get_by_role("button", name="Open the script").click()
    with open_dojo(database=server.database, with_grader=False) as dojo:
        text = starter(dojo, "tiny-regressor")
    for page in (candidate, interviewer, late):
        expect(page.locator("#editor")).to_be_visible()
        expect(page.locator(".cm-line").first).to_contain_text(text.splitlines()[0])
        expect(page.get_by_role("tab", name="Looks")).to_have_attribute("aria-selected", str(page is candidate).lower())
    expect(candidate.locator(".cm-content")).to_be_focused()
    candidate.keyboard.press("Control+Home")
    candidate.keyboard.type("# mine ")
    expect(interviewer.locator(".cm-content")).to_contain_text("# mine")
    candidate.get_by_role("button", name="Run").click()
    expect(interviewer.locator("#stage")).to_contain_text("The run ended", timeout=240_000)
    candidate.reload()
    expect(candidate.locator(".cm-content")).to_contain_text("# mine")
    candidate.get_by_role("tab", name="Looks").click()
    expect(candidate.locator("[data-look=loss] .exhibit").first).to_be_visible()
    assert serious(candidate) == []

    interviewer.goto(server.base + diagnosis.path(Actor.INTERVIEWER) + "/replay")
    interviewer.get_by_label("Show").select_option("look")
    interviewer.get_by_role("button", name="Look: Loss curve").click()
    expect(interviewer.locator("#looks-told")).to_have_text("Looks open at this moment: 1, for 1 min")
    expect(interviewer.locator("#looks-shown .exhibit").first).to_be_visible()
    expect(interviewer.locator("#editor")).to_be_hidden()
    interviewer.get_by_role("button", name="Look: The script").click()
    expect(interviewer.locator(".cm-line").first).to_have_text(text.splitlines()[0])
    assert serious(interviewer) == []
