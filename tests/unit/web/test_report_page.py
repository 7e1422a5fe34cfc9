"""The page of a report: whose link it is decides what is read."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from tests.unit.app.interviews_held import Held, held

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_acts import act
from torchdojo.domain.interview import Actor

CANDIDATE, INTERVIEWER, OBSERVER = Actor.CANDIDATE, Actor.INTERVIEWER, Actor.OBSERVER


@pytest.fixture
def session(dojo: Dojo) -> Held:
    return held(dojo)


def test_whose_link_it_is_decides_what_is_read(client: TestClient, session: Held) -> None:
    # Nobody who was invited has the key of the server.
    client.cookies.clear()
    own, full = (session.invitation.path(role) + "/report" for role in (CANDIDATE, INTERVIEWER))
    private = ("Guessed.", "Reads before typing.", "Blames the optimizer.", "Said so at once.", "Never mind the seed.")
    for address in (own, f"{own}?candidate=false", f"{own}.json", f"{own}.html", f"{own}.md"):
        refused = client.get(address)
        assert refused.status_code == 404
        assert "no report for you yet" in refused.text
    page = client.get(full)
    assert page.status_code == 200
    assert "cannot read this yet" in page.text
    assert all(words in page.text for words in private)
    assert all(words in client.get(session.invitation.path(OBSERVER) + "/report").text for words in private)

    act(session.room, INTERVIEWER, {"act": "release", "what": "report"})
    assert "can read their version" in client.get(full).text
    for address in (own, f"{own}?candidate=false", f"{own}.json", f"{own}.html", f"{own}.md", f"{full}?candidate=true"):
        given = client.get(address)
        assert given.status_code == 200
        assert "Spiral classifier" in given.text
        assert not [words for words in private if words in given.text.replace("\\", "")]


def test_a_form_is_a_file_to_keep(client: TestClient, session: Held) -> None:
    full = session.invitation.path(INTERVIEWER) + "/report"
    for form, kind in (("html", "text/html"), ("md", "text/markdown"), ("json", "application/json")):
        file = client.get(f"{full}.{form}")
        assert file.headers["content-type"].startswith(kind)
        assert file.headers["content-disposition"] == f'attachment; filename="interview-report.{form}"'
    assert client.get(f"{full}.exe").status_code == 404
    assert client.get(full.replace(session.invitation.room, "nowhere")).status_code == 404


def test_the_room_leads_to_it(client: TestClient, session: Held) -> None:
    for role in (CANDIDATE, INTERVIEWER):
        path = session.invitation.path(role)
        assert f'href="{path}/report"' in client.get(path).text


def test_the_host_reads_all_of_them_and_nobody_else_does(client: TestClient, session: Held) -> None:
    address = f"/interviews/held/{session.invitation.room}/report"
    rows = client.get("/interviews/held").text
    assert f'href="{address}"' in rows
    assert "Below the bar" in rows
    assert "Guessed." in client.get(address).text
    assert "Guessed." not in client.get(f"{address}?candidate=true").text
    assert client.get(f"{address}.json").json()["room"] == session.invitation.room
    client.cookies.clear()
    for closed in ("/interviews/held", address, f"{address}.json"):
        assert client.get(closed).status_code == 403
