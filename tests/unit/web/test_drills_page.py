"""The page that makes drills. The scripted grader finds every bug open, which proves a drill of one bug."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from torchdojo.app.compose import Dojo
from torchdojo.app.looks import looks

ONE = {"bugs": 1, "base": "tiny-shapes", "seed": 4}


def make(client: TestClient, **options: Any) -> list[dict[str, Any]]:
    reply = client.post("/api/drills", json=options)
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    events = [json.loads(line) for line in reply.text.splitlines()]
    # Signs of life come as often as the machine is slow.
    return [event for event in events if event["type"] != "pulse"]


def test_a_drill_is_made_while_the_page_is_told_and_then_practised_like_any_exercise(client: TestClient) -> None:
    events = make(client, **ONE)
    assert [event["type"] for event in events[:2]] == ["stage", "stage"]
    assert events[-1]["type"] == "made"
    practice = client.get(events[-1]["address"])
    assert practice.status_code == 200
    assert 'id="editor"' in practice.text
    assert 'id="diagnose"' in practice.text


def test_the_drills_made_so_far_stand_below_with_where_the_learner_stands(client: TestClient) -> None:
    assert "None yet" in client.get("/drills").text
    address = make(client, **ONE)[-1]["address"]
    client.post(f"/api{address}/diagnoses", json={"marks": [{"line": 1, "kind": "float64-data"}]})
    client.post(f"/api{address}/runs", json={"source": "print('mended')"})
    page = client.get("/drills").text
    assert f'href="{address}"' in page
    assert "✓ Solved" in page
    assert "diagnosed 0 %" in page


def test_a_kind_named_in_the_address_is_chosen_already(client: TestClient) -> None:
    def chosen(page: str) -> list[str]:
        return re.findall(r'value="([a-z0-9-]+)" checked', page)

    assert 'href="/drills?kind=missing-zero-grad"' in client.get("/explain/missing-zero-grad").text
    assert chosen(client.get("/drills?kind=missing-zero-grad").text) == ["missing-zero-grad"]
    assert chosen(client.get("/drills?kind=no-such-kind").text) == []


def test_the_same_options_find_the_same_drill(client: TestClient) -> None:
    first, second = make(client, **ONE), make(client, **ONE)
    assert first[-1]["address"] == second[-1]["address"]
    assert len(second) < len(first)
    assert client.get("/drills").text.count('class="card"') == 1


def test_without_a_seed_one_is_drawn(client: TestClient) -> None:
    assert make(client, bugs=1, base="tiny-shapes")[-1]["type"] == "made"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"bugs": 3, "kinds": ["missing-zero-grad"], "seed": 1}, "3 bugs cannot be of 1 kind"),
        ({"bugs": 9, "seed": 1}, "1 to 4 bugs"),
        ({"level": 7, "seed": 1}, "Levels go from 1 to 5"),
        ({"kinds": ["no-such-kind"], "seed": 1}, "no-such-kind"),
        ({"base": "no-such-base", "seed": 1}, "no-such-base"),
        ({"seed": -1}, "A seed is a number"),
        ({"seed": 1 << 40}, "A seed is a number"),
    ],
)
def test_options_that_nothing_fits_are_told_with_what_to_do(
    client: TestClient, options: dict[str, Any], told: str
) -> None:
    last = make(client, **options)[-1]
    assert last["type"] == "error"
    assert told in last["fact"]
    assert last["cure"]
    assert "None yet" in client.get("/drills").text


def test_malformed_options_are_refused(client: TestClient) -> None:
    assert client.post("/api/drills", json={"bugs": "many"}).status_code == 400


def test_a_drill_with_a_hidden_script_opens_on_its_looks(client: TestClient, dojo: Dojo) -> None:
    address = make(client, **ONE, hidden=True)[-1]["address"]
    page = client.get(address).text
    assert 'id="editor"' not in page
    assert "Nothing opened yet" in page
    state = looks(dojo, address.rpartition("/")[2])
    assert state is not None
    assert state.hidden
    assert '<span class="tag unsure">Hidden</span>' in client.get("/drills").text


def test_a_drill_that_was_worked_on_cannot_be_had_hidden(client: TestClient) -> None:
    address = make(client, **ONE)[-1]["address"]
    client.put(f"/api{address}/draft", json={"source": "x = 1", "base": ""})
    last = make(client, **ONE, hidden=True)[-1]
    assert last["type"] == "error"
    assert "worked on" in last["fact"]


def test_the_list_of_drills_names_none_of_their_bugs(client: TestClient, dojo: Dojo) -> None:
    empty = client.get("/drills").text
    exercise = dojo.library.find(make(client, **ONE)[-1]["address"].rpartition("/")[2])
    assert exercise is not None
    page = client.get("/drills").text
    for bug in exercise.bugs:
        assert page.count(bug.kind) == empty.count(bug.kind)
        assert page.count(bug.title) == empty.count(bug.title)


def test_the_way_to_the_drills_is_in_the_navigation_and_on_the_home_page(client: TestClient) -> None:
    client.post("/api/exercises/spiral-classifier/runs", json={"source": "print('not yet')"})
    for address in ("/", "/exercises", "/exercises/spiral-classifier"):
        assert 'href="/drills"' in client.get(address).text
    assert client.get("/").text.count('href="/drills"') == 2
