"""The host's page: scripts, a room, its links."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from torchdojo.app.compose import Dojo


def test_a_room_is_made_on_the_page_and_its_links_lead_into_it(client: TestClient, dojo: Dojo) -> None:
    page = client.get("/interviews").text
    assert all(script.title in page for script in dojo.library.interviews())
    made = client.post("/interviews", data={"slug": "spiral-classifier", "minutes": "30"}).text
    candidate, interviewer, observer = re.findall(r'value="http://127.0.0.1:8123(/i/[^"]*)"', made)
    client.cookies.clear()
    assert "read this aloud" not in client.get(candidate).text
    assert "read this aloud" in client.get(interviewer).text
    assert "You read along" in client.get(observer).text
    assert len(dojo.store.rooms()) == 1


def test_what_cannot_be_made_is_told(client: TestClient, dojo: Dojo) -> None:
    for form in ({"slug": "nothing"}, {"slug": "any-exercise"}, {"slug": "any-exercise", "exercise": "nothing"}):
        reply = client.post("/interviews", data={"minutes": "30"} | form)
        assert reply.status_code == 400
    assert client.post("/interviews", data={"slug": "concepts", "minutes": "0"}).status_code == 400
    assert dojo.store.rooms() == []
