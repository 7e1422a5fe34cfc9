"""The pages and what the practice page's script asks for, over the real content and store."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from torchdojo.app.compose import Dojo
from torchdojo.app.overview import following_exercise

SPIRAL = "/api/exercises/spiral-classifier"


def run(client: TestClient, source: str) -> list[dict[str, Any]]:
    reply = client.post(f"{SPIRAL}/runs", json={"source": source})
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    events = [json.loads(line) for line in reply.text.splitlines()]
    # Signs of life are there when the machine is slow.
    return [event for event in events if event["type"] != "pulse"]


def save(client: TestClient, source: str, base: str) -> Any:
    return client.put(f"{SPIRAL}/draft", json={"source": source, "base": base})


def test_the_first_visit_leads_to_a_challenge_and_a_later_one_shows_where_you_stand(
    client: TestClient, dojo: Dojo
) -> None:
    first = client.get("/", follow_redirects=False)
    assert first.status_code == 303
    assert first.headers["location"].startswith("/exercises/")
    run(client, "print('mended')")
    home = client.get("/")
    assert "Welcome back" in home.text
    assert f"1 of {len(dojo.library.exercises())} exercises solved" in home.text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/exercises/spiral-clasifier", "Did you mean"),
        ("/attempts/7", "There is no attempt 7"),
        ("/attempts/seven", "There is no such page"),
        ("/explain/no-such-word", "no-such-word"),
        ("/nowhere", "There is no such page"),
        ("/proof/nowhere", "There is no exercise"),
    ],
)
def test_what_does_not_exist_is_told_with_the_next_step(client: TestClient, address: str, told: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 404
    assert told in reply.text.replace("&#39;", "'")
    assert "All exercises" in reply.text


def test_a_draft_is_saved_and_found_again(client: TestClient) -> None:
    untouched = client.get(f"{SPIRAL}/draft").json()
    assert untouched["version"] == ""
    version = save(client, "x = 'ü🔥'\n", "").json()["version"]
    held = client.get(f"{SPIRAL}/draft").json()
    assert (held["source"], held["version"]) == ("x = 'ü🔥'\n", version)
    assert "\\ud83d\\udd25" in client.get("/exercises/spiral-classifier").text


def test_a_save_on_top_of_an_older_version_is_refused_and_hands_over_the_newer_text(client: TestClient) -> None:
    version = save(client, "one", "").json()["version"]
    save(client, "two", version)
    late = save(client, "three", version)
    assert late.status_code == 409
    assert late.json()["source"] == "two"
    assert client.get(f"{SPIRAL}/draft").json()["source"] == "two"
    assert save(client, "three", late.json()["version"]).status_code == 200


def test_saving_the_same_text_twice_is_no_conflict(client: TestClient) -> None:
    save(client, "one", "")
    assert save(client, "one", "").status_code == 200


def test_a_reset_sets_the_text_aside(client: TestClient) -> None:
    starter = client.get(f"{SPIRAL}/draft").json()["source"]
    save(client, "my work", "")
    assert client.post(f"{SPIRAL}/reset").json()["source"] == starter
    assert client.get(f"{SPIRAL}/set-aside/0").json() == {"source": "my work"}
    assert client.get(f"{SPIRAL}/set-aside/1").status_code == 404


def test_a_run_streams_and_ends_in_the_verdict(client: TestClient) -> None:
    events = run(client, "print('not yet')")
    assert {"type": "output", "text": "epoch 1 <b>loss</b>\n"} in events
    assert {"type": "curve", "name": "train_loss", "x": 1.0, "y": 0.5} in events
    report = events[-1]
    assert report["verdict"] == "wrong_answer"
    assert "0 of 8 bugs fixed" in report["html"]
    assert "seen &lt;i&gt;so&lt;/i&gt;" in report["html"]
    assert 'data-line="7"' in report["html"]
    assert "/attempts/1" in report["attempts"]
    assert "Debrief" not in report["html"]
    assert report["curves"]["train_loss"] == {"x": [1.0, 2.0], "y": [0.5, None]}
    data = client.get("/exercises/spiral-classifier").text.split('id="page-data">')[1].split("</script>")[0]
    assert "Infinity" not in data


def test_passing_shows_the_debrief_and_so_does_the_page_from_then_on(client: TestClient, dojo: Dojo) -> None:
    assert "Debrief" in run(client, "print('mended')")[-1]["html"]
    page = client.get("/exercises/spiral-classifier").text
    assert "Debrief" in page
    following = following_exercise(dojo, "spiral-classifier")
    assert following is not None
    assert following.id != "spiral-classifier"
    assert f'href="/exercises/{following.id}">Next: {escape(following.title)}' in page


def test_an_attempt_shows_its_difference_to_the_starter(client: TestClient) -> None:
    starter = client.get(f"{SPIRAL}/draft").json()["source"]
    run(client, starter + "print('<mended>')\n")
    page = client.get("/attempts/1").text
    assert "1 line added, 0 removed" in page
    assert "&lt;mended&gt;" in page


@pytest.mark.parametrize("source", ["def broken(:\n    pass\n", "print('break the grader')"])
def test_what_was_not_judged_is_no_attempt_and_names_no_bug(client: TestClient, source: str) -> None:
    report = run(client, source)[-1]
    assert "zero" not in report["html"].lower()
    assert "No attempts yet" in report["attempts"]
    assert client.get("/attempts/1").status_code == 404


def test_a_syntax_error_is_shown_with_its_line(client: TestClient) -> None:
    report = run(client, "x = 1\ndef broken(:\n    pass\n")[-1]
    assert 'data-line="2"' in report["html"]


@pytest.mark.parametrize("source", ["", "  \n"])
def test_an_empty_text_is_refused_with_the_next_step(client: TestClient, source: str) -> None:
    (event,) = run(client, source)
    assert event["type"] == "error"
    assert "reset" in event["cure"]


def test_a_text_that_no_file_can_hold_is_refused(client: TestClient) -> None:
    content = b'{"source": "\\ud800", "base": ""}'
    reply = client.put(f"{SPIRAL}/draft", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["cure"]


def test_a_malformed_request_is_refused_in_words(client: TestClient) -> None:
    assert "source" in client.put(f"{SPIRAL}/draft", json={"base": ""}).json()["fact"]


def test_an_unknown_exercise_is_refused_for_scripts_too(client: TestClient) -> None:
    reply = client.post("/api/exercises/nowhere/hints")
    assert reply.status_code == 400
    assert reply.json()["fact"] == "There is no exercise 'nowhere'."


def test_the_page_is_born_in_the_chosen_colours(client: TestClient) -> None:
    client.cookies.set("theme", "dark")
    assert 'data-theme="dark"' in client.get("/exercises").text
    client.cookies.set("theme", '"><script>')
    assert "data-theme" not in client.get("/exercises").text


def shown(page: str) -> list[str]:
    """The exercises on a page of the list that are not hidden."""
    cards = re.findall(r'<li class="card"([^>]*)>\s*<h3><a href="/exercises/([a-z0-9-]+)">', page)
    return [slug for attributes, slug in cards if not attributes.rstrip().endswith("hidden")]


def test_the_list_stands_under_its_tracks_and_names_every_exercise(client: TestClient, dojo: Dojo) -> None:
    page = client.get("/exercises").text
    exercises = dojo.library.exercises()
    assert sorted(shown(page)) == sorted(exercise.id for exercise in exercises)
    order = [re.search(f'href="/exercises/{exercise.id}"', page).start() for exercise in exercises]  # type: ignore[union-attr]
    for one, other, at, to in zip(exercises, exercises[1:], order, order[1:], strict=False):
        assert one.track != other.track or at < to


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ("q=focal", "focal-loss", "rope"),
        ("q=FOCAL+binary", None, "rope"),
        ("q=head+attention", "multi-head-attention", "focal-loss"),
        ("kind=debug", "spiral-classifier", "focal-loss"),
        ("level=4", "spiral-classifier", "tiny-regressor"),
        ("kind=nothing&level=x", "focal-loss", None),
    ],
)
def test_the_list_is_narrowed_down_by_text_kind_and_level(
    client: TestClient, asked: str, there: str | None, gone: str | None
) -> None:
    found = shown(client.get(f"/exercises?{asked}").text)
    assert there is None or there in found
    assert gone not in found


def test_what_is_solved_can_be_left_out_of_the_list(client: TestClient) -> None:
    run(client, "print('mended')")
    assert "spiral-classifier" not in shown(client.get("/exercises?todo=1").text)
    assert "spiral-classifier" in shown(client.get("/exercises").text)


def test_a_search_does_not_tell_what_is_wrong_with_a_script(client: TestClient) -> None:
    assert "spiral-classifier" not in shown(client.get("/exercises?q=shuffling").text)


def test_a_search_text_is_shown_as_text(client: TestClient) -> None:
    page = client.get("/exercises", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


FOCAL = "/api/exercises/focal-loss"


def written(client: TestClient, source: str) -> dict[str, Any]:
    last: dict[str, Any] = json.loads(client.post(f"{FOCAL}/runs", json={"source": source}).text.splitlines()[-1])
    return last


def test_an_implement_exercise_shows_its_checks_and_no_bugs_or_curves(client: TestClient) -> None:
    html = written(client, "print('not yet')")["html"]
    assert "1 of 3 checks passed" in html
    assert html.count("<details open>") == 1
    assert html.index("Rows sum to one") < html.index("<details open>") < html.index("First is &lt;wrong&gt;")
    assert "Never run" in html
    assert "bugs" not in html
    assert 'data-line="8"' in html
    page = client.get("/exercises/focal-loss").text
    assert 'id="charts"' not in page
    assert 'id="running"' in page
    assert "1 of 3 checks" in client.get("/exercises/focal-loss").text
    attempt = client.get("/attempts/1").text
    assert "data-charts" not in attempt
    assert "First is &lt;wrong&gt;" in attempt


def test_the_failing_input_is_a_table_with_the_wrong_cells_marked_in_words(client: TestClient) -> None:
    html = written(client, "print('not yet')")["html"]
    tables = re.findall(r"<table>(.*?)</table>", html, re.DOTALL)
    assert [re.findall(r"<caption[^>]*>(\w+)", table)[0] for table in tables] == ["x", "Expected", "Got"]
    assert re.findall(r"<td[^>]*>(?:<span aria-hidden=\"true\">≠</span>)?([^<]+)", tables[2]) == ["nan", "2"]
    assert tables[2].count("differs") == 1
    assert "differs" not in tables[0]


def test_passing_an_implement_exercise_shows_its_debrief(client: TestClient, dojo: Dojo) -> None:
    exercise = dojo.library.find("focal-loss")
    assert exercise is not None
    html = written(client, "print('mended')")["html"]
    assert "Debrief" in html
    assert "Next: " in html
    assert "3 of 3 checks passed" in html
