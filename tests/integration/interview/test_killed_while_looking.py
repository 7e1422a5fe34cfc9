"""The server is killed while a look is being recorded, and again when the script has just been opened."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.room_visitors import Served, Visitor

from torchdojo.app.compose import open_dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.app.practice import starter
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.interview.log import verify_chain

SLUG = "tiny-regressor"


def log_of(served: Served, made: Invitation) -> list[Event]:
    """The log, which has to be whole."""
    with open_dojo(database=served.database, with_grader=False) as dojo:
        events, room = dojo.store.room_events(made.room), dojo.store.room(made.room)
    assert room is not None
    assert verify_chain(events, last_seal=room.last_seal) is None
    return events


async def kept_through_two_deaths(served: Served, made: Invitation, text: str) -> list[Event]:
    candidate = Visitor(served, made.path(Actor.CANDIDATE), Actor.CANDIDATE)
    interviewer = Visitor(served, made.path(Actor.INTERVIEWER), Actor.INTERVIEWER)
    told: list[dict[str, Any]] = []
    candidate.on_told = told.append

    async def again() -> None:
        connections = [person.connections for person in (candidate, interviewer)]
        await asyncio.to_thread(served.kill)
        events = log_of(served, made)
        await asyncio.to_thread(served.start)
        for person, before in zip((candidate, interviewer), connections, strict=True):
            await person.until(
                lambda person=person, before=before: person.connections > before and person.connected  # type: ignore[misc]
            )
        told.append({"type": "started again", "opened": [event.data["look"] for event in events if _is_look(event)]})

    served.start()
    async with asyncio.TaskGroup() as pages:
        staying = [pages.create_task(person.stay()) for person in (candidate, interviewer)]
        for person in (candidate, interviewer):
            await person.until(lambda person=person: person.connected)  # type: ignore[misc]
        await interviewer.act("start", "start")
        await candidate.until(lambda: candidate.state["clock"]["started"])
        await candidate.act("look", "look", look="loss")
        await candidate.until(lambda: {"type": "looking", "look": "loss"} in told)
        await again()
        assert told[-1]["opened"] == []
        assert candidate.state["looks"]["opened"] == {}
        await candidate.act("look", "look", look="loss")
        await candidate.until(lambda: "loss" in candidate.state["looks"]["opened"])
        await candidate.act("look", "look", look="script")
        await candidate.until(lambda: candidate.text == text)
        await again()
        assert told[-1]["opened"] == ["loss", "script"]
        assert candidate.text == interviewer.text == text
        for task in staying:
            task.cancel()
    return log_of(served, made)


def _is_look(event: Event) -> bool:
    return event.kind is Happening.LOOK


@pytest.mark.timeout(600)
def test_a_look_is_open_as_a_whole_or_not_at_all_and_the_script_is_written_once(tmp_path: Path) -> None:
    served = Served(tmp_path)
    with open_dojo(database=served.database, with_grader=False) as dojo:
        made = new_room(dojo, "diagnosis", exercise=SLUG)
        text = starter(dojo, SLUG)
    try:
        events = asyncio.run(kept_through_two_deaths(served, made, text))
    finally:
        served.stop()
    assert [event.kind for event in events].count(Happening.EDIT) == 1
    assert "Traceback" not in served.complaints.read_text()
