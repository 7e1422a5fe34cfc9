"""The pages of computation: nothing right is on them before an answer, and everything afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from torchdojo.app import sprinting
from torchdojo.app.compose import Dojo

PAGE = "/compute/conv-parameters?seed=792&level=1"
FORM = {"seed": "792", "level": "1"}


def test_families_and_levels_are_listed(client: TestClient):
    page = client.get("/compute").text
    assert 'href="/compute/conv-parameters"' in page
    assert 'href="/compute"' in client.get("/").text


def test_a_question_comes_without_its_answer(client: TestClient):
    page = client.get(PAGE).text
    assert "A &lt;layer&gt; of" in page
    for secret in ("1,792", "1792", "1,692", "Worked out", "left&gt; out"):
        assert secret not in page


def test_the_report_of_a_mistake_names_what_makes_the_question_again(client: TestClient):
    told = client.get(PAGE).text.partition('id="report-text"')[2].partition("</textarea>")[0]
    assert "conv-parameters --seed 792 --level 1" in told


def test_without_a_seed_a_fresh_one_is_drawn(client: TestClient):
    places = {client.get("/compute/conv-parameters", follow_redirects=False).headers["location"] for _ in range(3)}
    assert len(places) == 3


def test_a_right_answer_shows_the_working(client: TestClient):
    page = client.post("/compute/conv-parameters", data=FORM | {"answer": "1,792"}).text
    assert "Right" in page
    assert "1,792 parameters" in page
    assert "Worked out in secret" in page
    assert "1/1" in page


def test_a_wrong_answer_names_the_mistake_and_can_be_tried_again(client: TestClient):
    page = client.post("/compute/conv-parameters", data=FORM | {"answer": "1692"}).text
    assert "That is what comes out when the bias is &lt;left&gt; out." in page
    assert "Try again" in page
    assert "0/1" in page


def test_reloading_a_verdict_answers_nothing_again(client: TestClient, dojo: Dojo):
    sent = client.post("/compute/conv-parameters", data=FORM | {"answer": "5"}, follow_redirects=False)
    for _ in range(2):
        assert "Wrong" in client.get(sent.headers["location"]).text
    assert len(dojo.store.attempts("conv-parameters")) == 1


def test_an_unreadable_answer_is_shown_again_and_not_counted(client: TestClient, dojo: Dojo):
    page = client.post("/compute/conv-parameters", data=FORM | {"answer": '"><script>x</script>'}).text
    assert "not counted" in page
    assert "<script>x" not in page
    assert "Worked out" not in page
    assert dojo.store.attempts("conv-parameters") == []


@pytest.mark.parametrize(
    "address",
    [
        "/compute/nothing",
        "/compute/focal-loss",
        "/compute/conv-parameters?seed=1&level=-1",
        "/compute/conv-parameters?seed=-1",
        "/compute/conv-parameters?seed=99999999999999999999",
        "/compute/conv-parameters?seed=x",
        "/compute/conv-parameters?attempt=99",
        "/compute/sprint/7",
        "/compute/sprint/x",
    ],
)
def test_addresses_that_lead_nowhere_say_so(client: TestClient, address: str):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "form", [{}, {"seed": "1"}, {"seed": "1", "level": "9", "answer": "1"}, {"seed": "1e3", "level": "1"}]
)
def test_malformed_answers_are_refused(client: TestClient, form: dict[str, str]):
    assert client.post("/compute/conv-parameters", data=form).status_code == 400


def test_the_practice_page_of_a_family_is_its_question(client: TestClient):
    assert client.get("/exercises/conv-parameters").url.path == "/compute/conv-parameters"
    client.post("/compute/conv-parameters", data=FORM | {"answer": "1792"})
    assert "Worked out in secret" in client.get("/attempts/1").text
    assert client.get("/proof/conv-parameters").url.path == "/compute/conv-parameters"
    assert client.get("/api/exercises/conv-parameters/draft").status_code == 404


def test_a_sprint_goes_from_question_to_question(client: TestClient, dojo: Dojo):
    page = client.post("/compute/sprint", data={"minutes": "5", "level": "2"})
    place = page.url.path
    assert "0 right of 0" in page.text
    seed = int(re.search(r"number (\d+)", page.text)[1])
    page = client.post(place, data={"place": "1", "answer": str(seed % 1000 + 1000)})
    assert "1 right of 1" in page.text
    page = client.post(place, data={"place": "2", "skip": "1"})
    assert "1 right of 1" in page.text
    assert "<h1>3. " in page.text
    assert "not counted" in client.post(place, data={"place": "3", "answer": "?"}).text
    assert "Worked out" not in page.text


def test_a_sprint_that_is_over_shows_its_score(client: TestClient, dojo: Dojo):
    running = sprinting.begin(dojo, minutes=1)
    past = replace(running, began=running.began - timedelta(minutes=3))
    dojo.store.save_setting("computation-sprints", f"[{sprinting.kept(past)}]")
    assert "0 right of 0" in client.get(f"/compute/sprint/{running.number}").text
    late = client.post(f"/compute/sprint/{running.number}", data={"place": "1", "answer": "1"})
    assert "0 right of 0" in late.text
    assert f"/compute/sprint/{running.number}" in client.get("/compute").text
