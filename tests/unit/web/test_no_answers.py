"""A candidate who looks at every response, before anything was revealed, finds no answer in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.routing import Route
from starlette.testclient import TestClient

from torchdojo.app import practice
from torchdojo.app.compose import Dojo
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.web import create_app

#: The catalogue of bug kinds is no secret: to read, to choose from, and as the cards that everybody has.
CATALOGUE = ("/explain", "/api/kinds", "/drills", "/bugs", "/review/export.apkg")


def addresses(app: FastAPI, exercise: str) -> Iterator[str]:
    """Every address that can be read, filled in for one exercise, except those that show the catalogue."""
    for route in app.routes:
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not route.path.startswith(CATALOGUE):
            yield (route.path.replace("{exercise_id}", exercise).replace("{number}", "1").replace("{position}", "0"))


def words(response: str) -> str:
    """A response as it is read, without tags, beside the response as it is."""
    return f"{response}\n{unescape(re.sub('<[^>]*>', '', response))}".lower()


def secrets(dojo: Dojo, exercise: Exercise) -> Iterator[str]:
    """Texts that would give something away: not in what anybody may read of this exercise or another."""
    everything = [other for other in dojo.library.exercises() if other.kind is not Kind.COMPUTE]
    public = "".join(practice.starter(dojo, other.id) + other.prompt + other.summary for other in everything)
    for text in (exercise.solution, exercise.debrief):
        for line in text.splitlines():
            if len(line.strip()) > 12 and line.strip() not in public:
                yield line.strip()
    for bug in exercise.bugs:
        texts = [bug.id, bug.kind, bug.id.replace("-", " "), bug.title, bug.nudge, bug.effect]
        yield from (text for text in texts if text and text.lower() not in public.lower())
        for question in bug.probing:
            yield from (question.question, question.answer)
    yield from exercise.hints


@pytest.fixture
def readable(dojo: Dojo) -> list[str]:
    return list(addresses(create_app(dojo, token="key"), "spiral-classifier"))


@pytest.mark.parametrize("slug", ["spiral-classifier", "tiny-regressor"])
@pytest.mark.parametrize("stage", ["untouched", "no Python"])
def test_no_response_holds_an_answer(client: TestClient, dojo: Dojo, slug: str, stage: str) -> None:
    exercise = dojo.library.find(slug)
    assert exercise is not None
    texts = {}
    if stage == "no Python":
        client.put(f"/api/exercises/{slug}/draft", json={"source": "def (", "base": ""})
        reply = client.post(f"/api/exercises/{slug}/runs", json={"source": "def ("})
        texts["verdict"] = json.loads(reply.text.splitlines()[-1])["html"]
        client.post(f"/api/exercises/{slug}/reset")
    for address in addresses(create_app(dojo, token="key"), slug):
        texts[address] = client.get(address).text
    hidden = {secret.lower() for secret in secrets(dojo, exercise)}
    read = {address: words(text) for address, text in texts.items()}
    leaks = {address: [secret for secret in hidden if secret in text] for address, text in read.items()}
    assert {address: found for address, found in leaks.items() if found} == {}


def test_the_walk_sees_the_pages_that_matter(readable: list[str]) -> None:
    assert {
        "/exercises/spiral-classifier",
        "/exercises/spiral-classifier/solution",
        "/proof/spiral-classifier",
        "/api/exercises/spiral-classifier/draft",
    } <= set(readable)


def test_the_secrets_are_really_looked_for(client: TestClient, dojo: Dojo) -> None:
    client.post("/exercises/spiral-classifier/solution")
    exercise = dojo.library.find("spiral-classifier")
    assert exercise is not None
    page = words(client.get("/exercises/spiral-classifier/solution").text)
    assert any(secret.lower() in page for secret in secrets(dojo, exercise))
