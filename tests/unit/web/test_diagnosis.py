"""Diagnosis first on the practice page: judged when handed in, and nothing given away before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from torchdojo.app import practice
from torchdojo.app.compose import Dojo
from torchdojo.app.suspicions import culprits

SLUG = "spiral-classifier"
API = f"/api/exercises/{SLUG}"
WRONG = {"line": 1, "kind": "float64-data"}


@pytest.fixture
def right(dojo: Dojo) -> list[dict[str, Any]]:
    exercise = dojo.library.find(SLUG)
    assert exercise is not None
    found = culprits(exercise, practice.starter(dojo, SLUG).splitlines())
    return [{"line": each.first, "kind": each.kind} for each in found]


def hand_in(client: TestClient, *marks: dict[str, Any]) -> str:
    reply = client.post(f"{API}/diagnoses", json={"marks": list(marks)})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["html"])


def test_each_mark_is_judged_and_the_score_told(client: TestClient, right: list[dict[str, Any]]) -> None:
    html = hand_in(client, right[0], WRONG)
    assert html.count('<li class="good">') == 1
    assert html.count('<li class="bad">') == 1
    assert "it counts" in html
    assert f"{len(right) - 1} bugs are not named yet" in html


def test_half_a_hit_is_told_as_such(client: TestClient, right: list[dict[str, Any]]) -> None:
    html = hand_in(client, {"line": right[0]["line"], "kind": "log-of-zero"})
    assert "right place, another kind" in html


def test_a_full_diagnosis_says_that_nothing_is_left(client: TestClient, right: list[dict[str, Any]]) -> None:
    html = hand_in(client, *right)
    assert "100%" in html
    assert "Every bug is named." in html


def test_the_answer_names_no_bug_that_was_not_marked(client: TestClient, right: list[dict[str, Any]]) -> None:
    html = hand_in(client, WRONG)
    assert not [mark["kind"] for mark in right if mark["kind"] in html]


def test_only_the_first_diagnosis_counts_and_later_ones_are_marked(
    client: TestClient, right: list[dict[str, Any]]
) -> None:
    hand_in(client, WRONG)
    later = hand_in(client, *right)
    assert "your first one counts, with 0%" in later
    page = client.get(f"/exercises/{SLUG}").text
    assert "your first one counts, with 0%" in page


def test_after_a_verdict_a_diagnosis_no_longer_counts(client: TestClient, right: list[dict[str, Any]]) -> None:
    assert "Only the first time counts" in client.get(f"/exercises/{SLUG}").text
    client.post(f"{API}/runs", json={"source": "print('not yet')"})
    assert "no longer counts" in client.get(f"/exercises/{SLUG}").text
    assert "For practice only" in hand_in(client, *right)


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ([], "No line is marked"),
        ([{"line": 0, "kind": "float64-data"}], "no line 0"),
        ([{"line": 10**6, "kind": "float64-data"}], "no line 1000000"),
        ([{"line": 1, "kind": "no-such-kind"}], "no bug kind"),
        ([{"line": n, "kind": "float64-data"} for n in range(1, 30)], "29 lines are marked"),
    ],
)
def test_what_is_no_diagnosis_is_refused_and_not_kept(client: TestClient, marks: list[Any], told: str) -> None:
    reply = client.post(f"{API}/diagnoses", json={"marks": marks})
    assert reply.status_code == 400
    assert told in reply.json()["fact"]
    assert "Only the first time counts" in client.get(f"/exercises/{SLUG}").text


def test_an_implement_exercise_has_nothing_to_diagnose(client: TestClient) -> None:
    assert 'id="diagnose"' not in client.get("/exercises/focal-loss").text
    assert client.post("/api/exercises/focal-loss/diagnoses", json={"marks": [WRONG]}).status_code == 400


def test_the_kinds_to_choose_from_are_the_whole_catalogue(client: TestClient) -> None:
    kinds = client.get("/api/kinds").json()
    assert {"slug": "missing-zero-grad", "title": "Gradients are never cleared"} in kinds
    slugs = [kind["slug"] for kind in kinds]
    assert len(slugs) == len(set(slugs)) > 10
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)
