"""Answers to computation questions: what is kept, what counts, and what a sprint comes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from torchdojo.app import catalogue, computing, practice, sprinting
from torchdojo.app.compose import Dojo
from torchdojo.domain.asking import whole
from torchdojo.domain.errors import BadInput
from torchdojo.domain.judged import Outcome
from torchdojo.library import Library
from torchdojo.store.memory import MemoryStore

FAMILY = "conv-parameters"


class Asker:
    """Asks for the seed's double."""

    def questions(self, family: Any, asked: Any, *, cancel: Any = None) -> Any:
        return [
            whole("?", answer=2 * seed, formula=2 * seed, working="", unit="", mistakes=[(seed, "it is not doubled")])
            for seed, _ in asked
        ]


class HandClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def dojo(clock: HandClock) -> Dojo:
    return Dojo(Library(), MemoryStore(), Asker(), clock)  # type: ignore[arg-type]


def level_two(dojo: Dojo) -> computing.LevelRecord:
    return computing.row(dojo, computing.find_family(dojo, FAMILY)).levels[1]


def test_of_an_instance_the_first_answer_counts(dojo):
    asked = computing.instance(dojo, FAMILY, 21, 2)
    wrong = computing.answer(dojo, asked, "21", origin="cli")
    right = computing.answer(dojo, asked, "42", origin="cli")
    assert wrong.judged.mistake == "it is not doubled"
    assert right.judged.outcome is Outcome.RIGHT
    assert (level_two(dojo).answered, level_two(dojo).right) == (1, 0)


def test_other_seeds_and_levels_are_other_instances(dojo):
    for seed, level in ((1, 2), (2, 2), (1, 3)):
        computing.answer(dojo, computing.instance(dojo, FAMILY, seed, level), str(2 * seed), origin="cli")
    assert (level_two(dojo).answered, level_two(dojo).right) == (2, 2)


def test_an_unreadable_answer_leaves_no_trace(dojo):
    answered = computing.answer(dojo, computing.instance(dojo, FAMILY, 1, 2), "about two", origin="cli")
    assert answered.attempt is None
    assert level_two(dojo).answered == 0
    assert practice.attempts(dojo, FAMILY) == []


@pytest.mark.parametrize(("seed", "level"), [(-1, 2), (2**31, 2), (10**40, 1), (0, 0), (0, -3), (0, 4)])
def test_absurd_seeds_and_levels_are_refused(dojo, seed, level):
    with pytest.raises(BadInput):
        computing.instance(dojo, FAMILY, seed, level)


def test_what_is_no_family_is_refused_with_the_nearest_name(dojo):
    with pytest.raises(BadInput, match="conv-parameters"):
        computing.find_family(dojo, "conv-parameter")
    with pytest.raises(BadInput):
        computing.find_family(dojo, "focal-loss")


def test_a_family_has_no_file_to_work_on(dojo):
    assert catalogue.find_exercise(dojo, FAMILY).id == FAMILY
    for use in (practice.starter, practice.draft, practice.discarded_drafts):
        with pytest.raises(BadInput, match="torchdojo compute"):
            use(dojo, FAMILY)


def test_a_right_answer_passes_the_family(dojo):
    computing.answer(dojo, computing.instance(dojo, FAMILY, 4, 1), "8", origin="web")
    assert dojo.store.progress()[FAMILY].passed


def test_a_sprint_asks_every_family_before_one_comes_again(dojo):
    running = sprinting.begin(dojo, minutes=5, level=1)
    names = len(computing.families(dojo))
    first = [sprinting.question(dojo, running, place).family for place in range(1, names + 1)]
    assert len(set(first)) == names
    assert first == [sprinting.question(dojo, running, place).family for place in range(1, names + 1)]


def test_a_sprint_counts_first_answers_until_its_end(dojo, clock):
    running = sprinting.begin(dojo, minutes=1)
    for place, factor in ((1, 2), (1, 1), (2, 1), (2, 2)):
        seed = sprinting.question(dojo, running, place).seed
        sprinting.answer(dojo, running, place, str(factor * seed))
    assert (sprinting.score(dojo, running).right, sprinting.score(dojo, running).answered) == (1, 2)
    clock.time += timedelta(minutes=1, seconds=5)
    assert sprinting.is_over(dojo, running)
    with pytest.raises(BadInput, match="time is over"):
        sprinting.answer(dojo, running, 3, "1")
    assert sprinting.score(dojo, running).answered == 2


def test_sprints_are_numbered_and_kept_apart(dojo):
    first, second = sprinting.begin(dojo), sprinting.begin(dojo)
    sprinting.answer(dojo, first, 1, str(2 * sprinting.question(dojo, first, 1).seed))
    assert [each.number for each in sprinting.sprints(dojo)] == [second.number, first.number]
    assert sprinting.find_sprint(dojo, first.number) == first
    assert sprinting.score(dojo, second).answered == 0


@pytest.mark.parametrize(("minutes", "level"), [(0, 2), (-1, 2), (61, 2), (5, 0), (5, 4)])
def test_absurd_sprints_are_refused(dojo, minutes, level):
    with pytest.raises(BadInput):
        sprinting.begin(dojo, minutes=minutes, level=level)


def test_a_setting_from_elsewhere_does_not_stand_in_the_way(dojo):
    dojo.store.save_setting("computation-sprints", '[{"number": "x"}]')
    assert sprinting.sprints(dojo) == []
    assert sprinting.begin(dojo).number == 1
