"""The pages to read: questions, guides, kinds of bugs, and the search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient
from tests.unit.web.conftest import ORIGIN, ScriptedGrader

from torchdojo.app.compose import open_dojo
from torchdojo.library import Library
from torchdojo.web import create_app

PICTURE = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/><use href="#a"/></svg>'


@pytest.fixture
def reader(
    content: Path, tmp_path: Path, write_exercise: Any, write_question: Any, write_guide: Any
) -> Iterator[TestClient]:
    """Somebody with a few small texts."""
    write_exercise()
    write_question("gradient-step", ('bugs = ["missing-zero-grad"]', 'bugs = ["missing-zero-grad"]\nsee = ["other"]'))
    write_question("other", ("What does one step of gradient descent change?", "What is `momentum`?"), topic="zz-last")
    pictures = content.parent / "guides" / "pictures"
    pictures.mkdir(parents=True)
    (pictures / "a-line.svg").write_text(PICTURE, encoding="utf-8")
    write_guide("how-to-learn", ("Again.", "![A <line>](pictures/a-line.svg)"))
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path / "home")}, with_grader=False) as opened:
        app = create_app(replace(opened, library=Library(shipped=content), grader=ScriptedGrader()), token="key")
        with TestClient(app, base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
            browser.cookies.set("torchdojo-8123", "key")
            yield browser


def page(reader: TestClient, path: str) -> str:
    reply = reader.get(path)
    assert reply.status_code == 200
    return reply.text


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def test_the_index_numbers_every_question_under_its_topic(reader):
    html = page(reader, "/questions")
    assert html.index("What does one step of gradient descent change?") < html.index("momentum")
    numbers = [int(number) for number in re.findall(r'<li class="card" value="(\d+)"', html)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert '<h2 id="topic-zz-last">Zz last</h2>' in html


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=momentum", "other", "gradient-step"),
        ("q=clear+gradients&level=2", "gradient-step", ""),
        ("level=5", "", "other"),
    ],
)
def test_the_index_is_narrowed_without_scripts(reader, query, shown, hidden):
    html = page(reader, f"/questions?{query}")
    cards = re.findall(r'<li class="card"[^>]*?( hidden)?>.*?href="/questions/([a-z0-9-]+)"', html, re.DOTALL)
    by_slug = {slug: hide for hide, slug in cards}
    assert not shown or by_slug[shown] == ""
    assert not hidden or by_slug[hidden] == " hidden"


def test_a_question_shows_the_answer_and_folds_the_rest(reader):
    html = page(reader, "/questions/gradient-step")
    answer = html.index("The weights move against the gradient")
    first_fold = html.index("<details")
    assert answer < first_fold
    for text in ("The learning rate scales the step.", "A step clears the gradient.", "They add up.", "Two calls give"):
        assert html.index(text) > first_fold
    folds = re.findall(r'<details class="fold" id="([a-z-]+)">', html)
    assert folds == ["depth", "code", "wrong", "why-clear"]
    assert "<details open" not in html
    assert '<h3 id="optimizers">Optimizers</h3>' in html
    assert "{#" not in html


def test_each_option_of_a_quiz_says_whether_it_is_right_and_why(reader):
    quiz = words(page(reader, "/questions/gradient-step").partition('class="quiz"')[2])
    assert "It replaces it Wrong. That would make accumulation impossible." in quiz
    assert "It adds to it Right. Two calls give the sum." in quiz


def test_a_question_leads_to_its_neighbours_and_to_what_goes_with_it(reader):
    html = page(reader, "/questions/gradient-step")
    assert html.count('rel="next"') == 2
    for address in (
        "/exercises/line-fit",
        "/explain/missing-zero-grad",
        "/questions/other",
        "https://docs.pytorch.org/",
    ):
        assert f'href="{address}' in html
    last = page(reader, "/questions/other")
    assert 'rel="next"' not in last
    assert last.count('rel="prev"') == 2


def test_a_report_of_a_mistake_names_the_page_and_the_version(reader):
    from torchdojo import __version__

    html = page(reader, "/questions/gradient-step")
    mail = unquote(unescape(re.search(r'href="(mailto:[^"]*)"', html)[1]))
    for text in ("gradient-step", "What does one step", __version__):
        assert text in mail
        assert text in html.partition("<textarea")[2].partition("</textarea>")[0]


def test_a_kind_of_bug_leads_back_to_its_questions_and_can_be_reported(reader):
    html = page(reader, "/explain/missing-zero-grad")
    assert 'href="/questions/gradient-step"' in html
    assert 'href="/bugs"' in html.partition("<article>")[2]
    assert "missing-zero-grad" in unquote(unescape(re.search(r'href="(mailto:[^"]*)"', html)[1]))
    assert "mailto:" not in page(reader, "/explain/passed")


def test_a_guide_has_contents_quizzes_and_its_pictures_inside(reader):
    html = page(reader, "/guides/how-to-learn")
    contents = html.partition('class="contents"')[2].partition("</nav>")[0]
    assert re.findall(r'href="#([a-z0-9-]+)"', contents) == ["first-steps", "first-steps-2"]
    assert 'id="times"' in html
    assert "Because what is nearly forgotten" in html
    assert 'role="img" aria-label="A &lt;line&gt;"' in html
    assert '<g id="a-line-a"/><use href="#a-line-a"/>' in html
    assert "<?xml" not in html
    assert 'href="/guides/how-to-learn"' in page(reader, "/guides")


def test_every_kind_of_bug_is_listed_and_can_be_searched(reader):
    from torchdojo.bugs import bug_kinds

    html = page(reader, "/bugs")
    assert set(re.findall(r'href="/explain/([a-z0-9-]+)"', html)) == set(bug_kinds())
    told = words(page(reader, "/bugs?q=zero+grad").partition('id="found"')[2])
    assert not told.startswith(f'role="status" data-noun="kinds"> {len(bug_kinds())} of')


def test_a_search_leads_to_the_place_and_shows_text_as_text(reader):
    html = page(reader, "/search?q=accumulation+impossible")
    assert 'href="/questions/gradient-step#adds"' in html
    assert "<mark>accumulation</mark>" in html
    strange = page(reader, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in strange
    assert "Nothing has these words" in page(reader, "/search?q=zebrazebra")
    assert page(reader, "/search")


def test_every_page_has_the_way_to_the_search(reader):
    for path in ("/questions", "/guides", "/bugs", "/explain/missing-zero-grad", "/exercises"):
        assert 'action="/search"' in page(reader, path)


@pytest.mark.parametrize(
    ("path", "fact"),
    [("/questions/gradient-stop", "Did you mean gradient-step"), ("/guides/how-to-lern", "Did you mean how-to-learn")],
)
def test_a_page_that_is_not_there_names_the_nearest(reader, path, fact):
    reply = reader.get(path)
    assert reply.status_code == 404
    assert fact in reply.text


def test_explaining_a_question_or_guide_leads_to_its_page(reader):
    for slug, address in (("gradient-step", "/questions/gradient-step"), ("how-to-learn", "/guides/how-to-learn")):
        reply = reader.get(f"/explain/{slug}", follow_redirects=False)
        assert (reply.status_code, reply.headers["location"]) == (303, address)
