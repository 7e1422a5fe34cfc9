"""Every question, follow-up, snippet, table, guide and quiz that has to be there is answered by some section."""

from __future__ import annotations

from torchdojo.library import Library

LIBRARY = Library()


def numbered(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(first, last + 1)]


#: 38 questions, each with its two follow-ups and its snippet, and the tables that twelve of them have.
QUESTIONS = numbered("R003-", 10, 161)
TABLES = numbered("R003-T", 1, 12)
#: The guides with their quizzes, and the lesson of idioms, pitfalls and frequent questions.
GUIDES = [*numbered("R004-", 71, 79), *numbered("R002-", 65, 67)]
REQUIRED = [*QUESTIONS, *TABLES, *GUIDES]

#: What is still to be written. Whatever has got its section must leave this list.
WAITING: set[str] = set()


def covered() -> set[str]:
    texts = [*LIBRARY.questions(), *LIBRARY.guides()]
    return {requirement for text in texts for section in text.covers.values() for requirement in section}


def test_every_requirement_is_met_by_a_section():
    missing = [requirement for requirement in REQUIRED if requirement not in covered() | WAITING]
    assert missing == []


def test_nothing_waits_that_is_there():
    assert sorted(WAITING & covered()) == []


def test_every_topic_has_a_title_of_its_own():
    titled = {topic.id for topic in LIBRARY.topics() if topic.summary}
    assert {question.topic for question in LIBRARY.questions()} <= titled
