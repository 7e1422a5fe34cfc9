"""Search finds the place, best first, and notices when content changes."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, cast

import pytest

from torchdojo.app.compose import Dojo
from torchdojo.app.searching import Search, plain
from torchdojo.library import Library


@pytest.fixture
def search(content, write_exercise, write_question, write_guide) -> Search:
    write_exercise()
    write_question()
    write_question("other", ("What does one step of gradient descent change?", "What is momentum?"))
    write_guide()
    return Search(cast(Dojo, SimpleNamespace(library=Library(shipped=content))))


def found(search: Search, text: str) -> list[tuple[str, str]]:
    return [(page.kind, page.slug) for page in search.find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "slug", "place"),
    [
        ("momentum", "question", "other", ""),
        ("line fit", "exercise", "line-fit", ""),
        ("space reviews", "guide", "how-to-learn", "spacing"),
        ("evening", "guide", "how-to-learn", "times"),
        ("SoftMax before Cross", "kind", "softmax-before-cross-entropy", ""),
    ],
)
def test_everything_that_can_be_read_is_found(search, text, kind, slug, place):
    pages = search.find(text)
    page = next(page for page in pages if (page.kind, page.slug) == (kind, slug))
    assert place in [hit.place for hit in page.hits]


def test_what_a_title_says_comes_before_what_a_text_mentions(search):
    assert found(search, "momentum")[0] == ("question", "other")


def test_a_follow_up_is_a_place_of_its_own_with_the_words_marked(search):
    page = next(page for page in search.find("why clear gradients") if page.slug == "gradient-step")
    hit = next(hit for hit in page.hits if hit.place == "why-clear")
    assert hit.title == "Why clear the gradients?"
    quiz = next(hit for page in search.find("accumulation impossible") for hit in page.hits if hit.place == "adds")
    assert {"accumulation", "impossible"} <= set(quiz.excerpt[1::2])


def test_names_of_functions_and_beginnings_of_words_are_found(search):
    assert ("kind", "missing-zero-grad") in found(search, "zero_grad")
    assert ("question", "other") in found(search, "moment")


def test_where_no_text_has_all_words_those_with_any_come(search):
    assert ("question", "other") in found(search, "momentum zebra")


@pytest.mark.parametrize("text", ["", "  ", "zebra", '"', "' OR 1", "AND NOT (", "*", "a:b", "title: x", "\x00"])
def test_no_text_is_too_strange_to_be_searched(search, text):
    assert isinstance(search.find(text), list)


def test_changed_content_is_searched_anew(search, write_question):
    assert found(search, "zebra") == []
    file = write_question("gradient-step", ("They add up.", "They add up, zebra."))
    os.utime(file, ns=(1, 1))
    assert found(search, "zebra") == [("question", "gradient-step")]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("A **bold** `x` and *soft* [link](https://e.org/a)", "A bold x and soft link"),
        ("### Facts: Times {#times}\n\n| a | b |\n|---|---|\n| 1 | 2 |", "Times. a b 1 2"),
        ("```python run\nclip_grad_norm_(x)\n```", "clip_grad_norm_(x)"),
        (r"$2 \cdot 3$", "2 · 3"),
        ("- [x] right\n- so", "right so"),
    ],
)
def test_an_excerpt_is_made_of_words(markdown: str, words: str) -> None:
    assert plain(markdown) == words


def test_no_answer_of_an_exercise_is_in_the_index(search: Any) -> None:
    assert not any(page.kind == "exercise" for page in search.find("opt.zero_grad"))
