"""The review pages as a browser without scripts meets them, with cards of every kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from torchdojo.app.compose import Dojo
from torchdojo.app.review_settings import review_settings
from torchdojo.app.reviewing import desk
from torchdojo.domain.card import Rating
from torchdojo.domain.knowledge import FactTable, FollowUp, Option, Question, QuizItem
from torchdojo.web import create_app

ORIGIN = "http://127.0.0.1:8123"
FOLLOW_UP = "question/broadcasting/gradient"

OPTIONS = (Option("`(4, 3)`", True, "From the right."), Option("`(3,)`", False, "No."))

ASKED = Question(
    "broadcasting",
    "tensors",
    "When do two shapes fit?",
    2,
    "Shapes.",
    Path("broadcasting.md"),
    answer="From the right, $n_i = m_i$ or one is 1. <script>alert(1)</script>",
    depth="",
    code="",
    follow_ups=(FollowUp("gradient", "What happens to the `gradient`?", "```python\nx.sum(0)\n```"),),
    tables=(FactTable("facts", "Shapes that fit", ("a", "b"), (("(3,)", "(4, 3)"),)),),
    quizzes=(QuizItem("which", "What comes out?", OPTIONS),),
)


class Shelf:
    """The shipped content, with one question and nothing else to ask."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def questions(self) -> list[Question]:
        return [ASKED]

    def guides(self) -> list[Any]:
        return []


@pytest.fixture
def asking(dojo: Dojo) -> Dojo:
    return replace(dojo, library=Shelf(dojo.library))


@pytest.fixture
def client(asking: Dojo) -> Iterator[TestClient]:
    app = create_app(asking, token="key")
    with TestClient(app, base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=True) as browser:
        browser.cookies.set("torchdojo-8123", "key")
        yield browser


def shown(page: str) -> tuple[str, int]:
    """The card on the page, and which showing of it this is."""
    rate = page[page.index('id="rate"') :]
    card = re.search(r'name="card" value="([^"]+)"', rate)
    place = re.search(r'name="place" value="(\d+)"', rate)
    assert card is not None
    assert place is not None
    return card[1], int(place[1])


def rate(client: TestClient, page: str, rating: Rating) -> str:
    card, place = shown(page)
    data = {"card": card, "place": place, "rating": int(rating), "took": 1200, "topic": "tensors"}
    answered = client.post("/review/answers", data=data)
    assert answered.status_code == 200
    return answered.text


def test_every_card_of_a_topic_comes_up_once_and_then_nothing_is_due(client: TestClient) -> None:
    page = client.get("/review?topic=tensors").text
    seen = []
    while 'id="rate"' in page:
        seen.append(shown(page)[0])
        page = rate(client, page, Rating.EASY)
    assert sorted(seen) == sorted(
        f"question/broadcasting/{name}" for name in ("answer", "gradient", "facts/3", "which")
    )
    assert "Nothing is due on tensors" in page
    assert "Today: 4 new cards" in page


def test_a_page_sent_twice_counts_once(client: TestClient, asking: Dojo) -> None:
    page = client.get("/review?topic=tensors").text
    card, _ = shown(page)
    rate(client, page, Rating.GOOD)
    before = asking.store.card_state(card)
    rate(client, page, Rating.AGAIN)
    assert asking.store.card_state(card) == before


def test_undo_brings_the_card_back(client: TestClient) -> None:
    page = client.get("/review?topic=tensors").text
    assert 'id="undo"' not in page
    card, _ = shown(page)
    page = rate(client, page, Rating.GOOD)
    assert shown(page)[0] != card
    page = client.post("/review/undo", data={"topic": "tensors"}).text
    assert shown(page)[0] == card


def test_content_is_drawn_as_elsewhere_and_never_as_markup(client: TestClient) -> None:
    page = client.get("/review?topic=tensors").text
    assert "<script>alert" not in page
    assert '<span class="formula">n_i = m_i</span>' in page
    while shown(page)[0] != FOLLOW_UP:
        page = rate(client, page, Rating.EASY)
    assert '<pre class="code"' in page
    assert 'href="/questions/broadcasting"' in page


def test_a_choice_explains_every_option_and_a_fact_leaves_its_gaps_open(client: TestClient) -> None:
    page = client.get("/review?topic=tensors").text
    found = {}
    while 'id="rate"' in page:
        found[shown(page)[0].rpartition("/")[2]] = page
        page = rate(client, page, Rating.EASY)
    which, fact = found["which"], found["3"]
    assert which.count('name="choice"') == 2
    assert "From the right." in which
    assert "No." in which
    front = fact[fact.index('class="prose front"') : fact.index('id="answer"')]
    assert "(4, 3)" not in front
    assert "…" in front
    assert "(4, 3)" in fact


def test_a_card_set_aside_is_listed_and_comes_back(client: TestClient, asking: Dojo) -> None:
    card, _ = shown(client.get("/review?topic=tensors").text)
    client.post("/review/aside", data={"card": card, "topic": "tensors"})
    assert card not in desk(asking, topic="tensors").queue.order
    assert card in client.get("/review/cards").text
    client.post("/review/bring-back", data={"card": card})
    assert card in desk(asking, topic="tensors").queue.order


def test_a_note_stands_with_the_answer_which_stays_in_sight(client: TestClient) -> None:
    card, place = shown(client.get("/review?topic=tensors").text)
    data = {"card": card, "place": place, "text": "like *expand* <b>", "topic": "tensors"}
    page = client.post("/review/note", data=data).text
    assert shown(page)[0] == card
    assert 'id="answer" open' in page
    assert "<em>expand</em> &lt;b&gt;" in page
    assert 'id="answer" open' not in rate(client, page, Rating.GOOD)


@pytest.mark.parametrize(
    "data",
    [
        {"card": FOLLOW_UP, "place": 9, "rating": 3},
        {"card": FOLLOW_UP, "place": 0, "rating": 5},
        {"card": FOLLOW_UP, "place": 0},
        {"card": FOLLOW_UP, "place": "x", "rating": 1},
    ],
)
def test_what_the_page_never_sends_is_refused_and_counts_nothing(
    client: TestClient, asking: Dojo, data: dict[str, Any]
) -> None:
    assert client.post("/review/answers", data=data).status_code == 400
    assert asking.store.card_states() == {}


def test_an_unknown_topic_is_a_page_that_says_so(client: TestClient) -> None:
    answered = client.get("/review?topic=tensor")
    assert answered.status_code == 404
    assert "tensors" in answered.text


PROGRAM = "```python run\nprint([1, 2])\nprint(40 + 2)\n```\n```output\n[1, 2]\n42\n```"


@pytest.fixture
def programming(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Asks nothing but what the question's program prints."""
    bare = replace(ASKED, code=PROGRAM, answer="One.", follow_ups=(), tables=(), quizzes=())
    monkeypatch.setattr(Shelf, "questions", lambda self: [bare])
    page = client.get("/review?topic=tensors").text
    rate(client, page, Rating.EASY)
    return client


def typed(client: TestClient, page: str, answer: str) -> str:
    """The page after something was typed into the card's form."""
    form = page[page.index('id="typed"') :]
    card, place = re.search(r'name="card" value="([^"]+)"', form), re.search(r'name="place" value="(\d+)"', form)
    assert card is not None
    assert place is not None
    topic = re.search(r'name="topic" value="([^"]*)"', form)
    assert topic is not None
    data = {"card": card[1], "place": place[1], "answer": answer, "took": 700, "topic": topic[1]}
    return client.post("/review/typed", data=data).text


def test_what_a_program_prints_is_not_on_the_page_before_it_was_typed(programming: TestClient, asking: Dojo) -> None:
    page = programming.get("/review?topic=tensors").text
    assert "What does this print?" in page
    assert "42" not in page
    assert 'id="rate"' not in page
    assert "data-blocks" not in page
    page = typed(programming, page, "[1,2]\n43")
    assert "Line 2 is wrong." in page
    assert "42" in page
    assert 'data-blocks="question/broadcasting/output/1"' in page
    suggested = re.search(r'<button class="button primary" type="submit" name="rating" value="(\d)"', page)
    assert suggested is not None
    assert suggested[1] == "1"
    rate(programming, page, Rating.HARD)
    (last, *_) = asking.store.latest_entries(1)
    assert (last.card, last.rating, last.took_ms) == ("question/broadcasting/output/1", Rating.HARD, 1200)


def test_a_right_prediction_suggests_good_and_spaces_do_not_matter(programming: TestClient) -> None:
    page = typed(programming, programming.get("/review?topic=tensors").text, " [ 1,2 ]\n\n42 ")
    assert "Right" in page
    assert 'class="button primary" type="submit" name="rating" value="3"' in page


def test_without_an_answer_it_is_shown_and_nothing_is_suggested(programming: TestClient) -> None:
    page = typed(programming, programming.get("/review?topic=tensors").text, "")
    assert "42" in page
    assert "button primary" not in page[page.index('id="rate"') :]


def test_a_computation_is_judged_with_its_mistake_and_unreadable_text_shows_no_answer(client: TestClient) -> None:
    page = client.get("/review?topic=computation").text
    assert "Worked out in secret" not in page
    unread = typed(client, page, "many <b>")
    assert "Not read, so not counted" in unread
    assert "Worked out in secret" not in unread
    assert 'value="many &lt;b&gt;"' in unread
    assert 'id="rate"' not in unread
    number = re.search(r"number (\d+), level", page)
    assert number is not None
    right = int(number[1]) % 1000 + 1000
    wrong = typed(client, page, str(right - 100))
    assert "That is what comes out when the bias is &lt;left&gt; out." in wrong
    assert "Worked out in secret" in wrong
    assert 'class="button primary" type="submit" name="rating" value="1"' in wrong
    assert 'class="button primary" type="submit" name="rating" value="3"' in typed(client, page, f"{right:,}")


def test_a_program_of_a_card_or_a_page_is_run_and_nothing_else_is(programming: TestClient) -> None:
    for place in ("question/broadcasting/output/1", "guide/pytorch-mastery"):
        sent = programming.post("/api/blocks/runs", json={"place": place, "source": "print(7)"})
        last = json.loads(sent.text.splitlines()[-1])
        assert (last["type"], last["printed"], last["finished"]) == ("ran", "<8> characters\n", True)
    for body in (
        {"place": "question/broadcasting/answer", "source": "print(7)"},
        {"place": "question/broadcasting/output/1", "source": "#" * 20_001},
    ):
        last = json.loads(programming.post("/api/blocks/runs", json=body).text.splitlines()[-1])
        assert last["type"] == "error"


def test_the_time_zone_is_set_on_the_page_and_moves_the_day(client: TestClient, asking: Dojo) -> None:
    data = {"new": "3", "reviews": "50", "retention": "90", "hour": "5", "zone": "Pacific/Kiritimati"}
    page = client.post("/review/settings", data=data).text
    assert 'value="Pacific/Kiritimati" placeholder' in page
    there = asking.clock.now().astimezone(review_settings(asking).days.zone)
    assert there.utcoffset() == timedelta(hours=14)
    assert f"With you it is {there:%A}" in page
    assert "at 05:00" in page
    assert client.post("/review/settings", data=data | {"zone": "Mars/Base"}).status_code == 400
    assert review_settings(asking).zone == "Pacific/Kiritimati"


def test_settings_are_kept_and_a_date_makes_a_plan(client: TestClient, asking: Dojo) -> None:
    far = "2099-01-01"
    data = {"new": "3", "reviews": "50", "retention": "90", "hour": "5", "interview": far}
    page = client.post("/review/settings", data=data).text
    kept = review_settings(asking)
    assert (kept.new, kept.reviews, kept.retention, kept.hour, kept.interview) == (3, 50, 0.9, 5, far)
    assert "Plan: one month" in page
    assert client.post("/review/settings", data=data | {"hour": "25"}).status_code == 400
    assert client.post("/review/settings", data=data | {"retention": "much"}).status_code == 400
    assert review_settings(asking) == kept


def test_the_history_goes_out_and_comes_in_again(client: TestClient, asking: Dojo) -> None:
    page = client.get("/review?topic=tensors").text
    rate(client, page, Rating.GOOD)
    sent = client.get("/review/export.json")
    assert "attachment" in sent.headers["content-disposition"]
    assert len(json.loads(sent.content)["log"]) == 1
    again = client.post("/review/import", files={"file": ("x.json", sent.content)})
    assert again.status_code == 200
    assert client.post("/review/import", files={"file": ("x.json", b"no")}).status_code == 400
    assert len(asking.store.latest_entries(10)) == 1


def test_home_says_what_is_due(client: TestClient, asking: Dojo) -> None:
    from torchdojo.app.practice import grade

    grade(asking, "focal-loss", "mended = 1", origin="web")
    home = client.get("/").text
    assert f"{len(desk(asking).queue)} new" in home
    assert 'href="/review"' in home
