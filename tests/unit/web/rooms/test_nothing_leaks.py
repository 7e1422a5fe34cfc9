"""Everything that a candidate can be sent, searched for anything that answers the exercise or is in the script."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from tests.unit.web.rooms.conftest import Door

from torchdojo.app.candidate_tasks import candidate_task
from torchdojo.app.catalogue import find_scripted
from torchdojo.app.compose import Dojo
from torchdojo.app.practice import starter
from torchdojo.domain.interview import Actor

#: Shorter pieces say nothing by themselves.
TELLING = 12


def answers(dojo: Dojo) -> Iterator[str]:
    """Ids, titles, effects, nudges and answers of the bugs; what the script says, seeks, scores; the mended lines."""
    exercise = find_scripted(dojo, "spiral-classifier")
    script = dojo.library.interview("spiral-classifier")
    assert script is not None
    for bug in exercise.bugs:
        yield from (bug.id, bug.title, bug.effect, bug.nudge)
        for probing in bug.probing:
            yield from (probing.question, probing.answer)
    yield from exercise.hints
    yield script.handout
    for stage in script.stages:
        yield from (stage.title, stage.say, *stage.conclusions)
        yield from (text for each in stage.look_fors for text in (each.id, each.text))
        yield from (text for each in stage.nudges for text in (each.id, each.text))
        yield from (text for each in stage.questions for text in (each.question, each.answer))
    for criterion in script.criteria:
        yield from (criterion.title, criterion.about, *criterion.anchors.values(), *criterion.green, *criterion.red)
    for band in script.bands:
        yield from (band.id, band.title, band.reading)
    broken = set(starter(dojo, exercise.id).splitlines())
    yield from (line.strip() for line in exercise.solution.splitlines() if line not in broken)
    yield from ("seen <i>so</i>", "no_evidence", '"verdict"', '"ticks"')


def plain(text: str) -> str:
    """The text without tags, escapes and marks, so that no way of writing an answer hides it."""
    text = html.unescape(re.sub(r"<[^>]*>", "", text)).replace('\\"', '"').replace("\\n", "\n")
    return re.sub(r"[\s`*_$\\]+", " ", text).lower()


def found_in(sent: str, dojo: Dojo) -> list[str]:
    """The answers in what was sent, but for words that the task itself uses."""
    exercise = find_scripted(dojo, "spiral-classifier")
    public = plain(candidate_task(exercise) + starter(dojo, exercise.id) + exercise.title)
    searched = plain(sent)
    told = {plain(answer).strip() for answer in answers(dojo)}
    return sorted(answer for answer in told if len(answer) >= TELLING and answer not in public and answer in searched)


def test_the_interviewers_page_is_full_of_what_is_searched_for(door: Door, dojo: Dojo) -> None:
    page = door.browser.get(door.invitation.path(Actor.INTERVIEWER)).text
    assert len(found_in(page, dojo)) > 50


def test_a_candidate_is_sent_no_answer_in_a_whole_interview(door: Door, dojo: Dojo) -> None:
    path = door.invitation.path(Actor.CANDIDATE)
    sent = [door.browser.get(path).text]
    with door.enter(Actor.CANDIDATE) as candidate, door.enter(Actor.INTERVIEWER) as interviewer:
        script = dojo.library.interview("spiral-classifier")
        assert script is not None
        interviewer.state_after("start")
        candidate.type("# mended\n")
        candidate.ask("run")
        while not interviewer.hear_until("output").get("ended"):
            pass
        for stage in script.stages:
            interviewer.ask("stage", stage=stage.id)
            for look_for in stage.look_fors:
                interviewer.state_after("look_for", look_for=look_for.id)
            for nudge in stage.nudges:
                interviewer.state_after("nudge", nudge=nudge.id, shown=False)
            for question in stage.questions:
                interviewer.state_after("asked", question=question.id, rating="weak")
        for criterion in script.criteria:
            interviewer.state_after("signal", criterion=criterion.id, signal="strong", evidence="said so")
        interviewer.state_after("note", text="private-note-text", tag="concern")
        interviewer.state_after("flag", flag="red", text="private-flag-text")
        interviewer.state_after("extend", minutes=3)
        # Whatever a candidate asks for, allowed or not.
        for act in ("start", "stage", "nudge", "note", "release", "asked", "signal", "run", "stop", "__class__", ""):
            candidate.ask(act, what="solution", text="x", stage="", nudge="")
        candidate.ask("scratch", text="own")
        while not any(message.get("state", {}).get("scratch") == "own" for message in candidate.told):
            candidate.hear()
        sent += [data.decode(errors="replace") for data in candidate.sent]
    with door.enter(Actor.CANDIDATE) as again:
        sent += [data.decode(errors="replace") for data in again.sent]
    sent += [door.browser.get(path).text]
    everything = "\n".join(sent)
    assert found_in(everything, dojo) == []
    assert "private-" not in everything


def test_what_is_released_is_sent_then_and_not_before(door: Door, dojo: Dojo) -> None:
    with door.enter(Actor.CANDIDATE) as candidate, door.enter(Actor.INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        candidate.ask("run")
        while not interviewer.hear_until("output").get("ended"):
            pass
        while not interviewer.state_after("note", text="x")["runs"][0]["verdict"]:
            pass
        interviewer.state_after("release", what="verdict")
        while not (released := candidate.hear_until("state")["state"]["released"]):
            pass
        assert find_scripted(dojo, "spiral-classifier").bugs[0].title.split()[0] in released[0]["html"]


def test_a_candidates_link_opens_no_other_page(door: Door) -> None:
    client, room = door.browser, door.invitation.room
    pages = [route.path for route in client.app.routes if hasattr(route, "path")]  # type: ignore[attr-defined]
    others = [path for path in pages if not path.startswith(("/i/", "/static"))]
    assert len(others) > 20
    for path in others:
        filled = re.sub(r"\{[^}]*\}", "spiral-classifier", path)
        for method in ("GET", "POST", "PUT"):
            assert client.request(method, filled).status_code == 403, filled
    secret = door.invitation.secrets[Actor.CANDIDATE]
    for path in (f"/i/{room}", f"/i/{room}/", f"/i/other/{secret}", f"/i/{room}/{secret}/log", f"/i/{room}/{secret}x"):
        assert client.get(path).status_code == 404, path
