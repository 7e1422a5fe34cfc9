"""A hidden script: no response of any route contains it until it is opened, and looks show what they cost."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from torchdojo.app import practice
from torchdojo.app.compose import Dojo
from torchdojo.domain.exercise import Kind
from torchdojo.domain.looks import Look
from torchdojo.web import create_app

SLUG = "spiral-classifier"
API = f"/api/exercises/{SLUG}"

#: What each writing route is sent: as much as a curious learner would try.
BODIES: dict[str, Any] = {
    "draft": {"source": "x = 1", "base": ""},
    "runs": {"source": "x = 1"},
    "diagnoses": {"marks": [{"line": 3, "kind": "missing-zero-grad"}]},
    "drills": {"seed": 1, "base": "no-such-base"},
}


def look(client: TestClient, name: str) -> dict[str, Any]:
    reply = client.post(f"{API}/looks", json={"look": name})
    return dict(json.loads(reply.text.splitlines()[-1]))


def lines_of_the_script(dojo: Dojo) -> set[str]:
    """Those that stand neither in the task, which may be read, nor in another exercise's script."""
    exercise = dojo.library.find(SLUG)
    assert exercise is not None
    others = [
        practice.starter(dojo, other.id)
        for other in dojo.library.exercises()
        if other.id != SLUG and other.kind is not Kind.COMPUTE
    ]
    public = "\n".join((exercise.prompt, exercise.summary, *others))
    lines = {line.strip() for line in practice.starter(dojo, SLUG).splitlines()}
    return {line for line in lines if len(line) > 14 and line not in public}


def words(response: str) -> str:
    """As it is, as it is read, and as it is written in JSON."""
    plain = unescape(re.sub("<[^>]*>", "", response))
    data = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), response).replace('\\"', '"')
    return "\n".join((response, plain, data))


def answers(client: TestClient, dojo: Dojo) -> dict[str, str]:
    """What every route answers, but the one that opens the script."""
    found = {}
    for route in create_app(dojo, token="key").routes:
        if not isinstance(route, Route):
            continue
        address = route.path.replace("{exercise_id}", SLUG).replace("{number}", "1").replace("{position}", "0")
        for method in sorted((route.methods or set()) - {"HEAD"}):
            if address.endswith("/looks"):
                continue
            body = BODIES.get(address.rpartition("/")[2]) if method in ("POST", "PUT") else None
            found[f"{method} {address}"] = client.request(method, address.replace("{slug}", "dropout"), json=body).text
    found |= {f"look {name}": json.dumps(look(client, name)) for name in Look if name is not Look.SCRIPT}
    return found | {"the page with all looks open": client.get(f"/exercises/{SLUG}").text}


def test_no_route_shows_a_line_of_a_hidden_script(client: TestClient, dojo: Dojo) -> None:
    secret = lines_of_the_script(dojo)
    assert len(secret) > 40
    assert client.post(f"{API}/hide").json() == {"hidden": True}
    texts = answers(client, dojo)
    assert {f"GET /exercises/{SLUG}", f"GET {API}/draft", f"POST {API}/runs", f"POST {API}/reset"} <= set(texts)
    leaks = {where: [line for line in secret if line in words(text)] for where, text in texts.items()}
    assert {where: found for where, found in leaks.items() if found} == {}


def test_the_lines_are_really_looked_for(client: TestClient, dojo: Dojo) -> None:
    secret = lines_of_the_script(dojo)
    page = words(client.get(f"/exercises/{SLUG}").text)
    assert all(line in page for line in secret)


def test_looks_show_what_was_seen_and_what_it_cost(client: TestClient) -> None:
    client.post(f"{API}/hide")
    before = client.get(f"/exercises/{SLUG}").text
    assert "Nothing opened yet" in before
    assert "seen in loss" not in before
    last = look(client, "loss")
    assert (last["type"], last["spent"], last["script"]) == ("looks", Look.LOSS.minutes, False)
    assert "seen in loss" in last["html"]
    assert "By &lt;updates&gt;." in last["html"]
    assert "seen in batch" not in last["html"]
    assert "seen in loss" in client.get(f"/exercises/{SLUG}").text


def test_a_series_is_drawn_with_a_gap_where_a_value_is_missing(client: TestClient) -> None:
    client.post(f"{API}/hide")
    html = look(client, "gradients")["html"]
    assert html.count("<polyline") == 2
    assert "first.layer" in html


def test_opening_the_script_leads_to_the_ordinary_page_where_the_looks_stay(client: TestClient, dojo: Dojo) -> None:
    client.post(f"{API}/hide")
    look(client, "loss")
    assert look(client, "script")["script"] is True
    page = client.get(f"/exercises/{SLUG}").text
    assert 'id="editor"' in page
    assert "seen in loss" in page
    spent = Look.LOSS.minutes + Look.SCRIPT.minutes
    assert f'"spentMinutes": {spent}' in page
    assert client.get(f"{API}/draft").json()["source"] == practice.starter(dojo, SLUG)


def test_an_exercise_that_was_worked_on_is_not_offered_to_be_hidden(client: TestClient) -> None:
    assert 'id="hide-script"' in client.get(f"/exercises/{SLUG}").text
    client.put(f"{API}/draft", json={"source": "x = 1", "base": ""})
    assert 'id="hide-script"' not in client.get(f"/exercises/{SLUG}").text
    refused = client.post(f"{API}/hide")
    assert refused.status_code == 400
    assert "worked on" in refused.json()["fact"]


@pytest.mark.parametrize(("name", "told"), [("weights", "no look"), ("", "no look")])
def test_an_unknown_look_ends_the_stream_with_the_next_step(client: TestClient, name: str, told: str) -> None:
    client.post(f"{API}/hide")
    last = look(client, name)
    assert last["type"] == "error"
    assert told in last["fact"]
    assert "gradients" in last["cure"]
