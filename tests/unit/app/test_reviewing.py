"""Reviewing as a learner meets it: what is asked, what an answer does, what is never lost."""

from __future__ import annotations

import importlib.util
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from torchdojo.app import computing as computing_app
from torchdojo.app.card_exchange import exported, imported
from torchdojo.app.card_sources import all_cards
from torchdojo.app.review_figures import review_figures
from torchdojo.app.review_settings import ReviewSettings, change_review_settings, review_settings
from torchdojo.app.reviewing import answer, desk, in_words, last_answer, save_note, set_aside, show, showing, undo
from torchdojo.app.study_plan import study_plan
from torchdojo.app.typed_answers import judge_typed
from torchdojo.domain.card import CardKind, Phase, Rating
from torchdojo.domain.computation import AnswerKind
from torchdojo.domain.computation import Question as ComputeQuestion
from torchdojo.domain.errors import BadInput, InternalError
from torchdojo.domain.exercise import Kind
from torchdojo.domain.judged import Outcome
from torchdojo.scheduling.planning import Path as StudyPath
from torchdojo.store.database import DatabaseStore

_spec = importlib.util.spec_from_file_location("reviewing_kit", Path(__file__).with_name("reviewing_kit.py"))
assert _spec is not None
assert _spec.loader is not None
kit = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kit)

FOLLOW_UP = "question/broadcasting/gradient"


@pytest.fixture
def learner():
    return kit.Learner()


def test_every_piece_of_content_is_a_card_of_its_own(learner):
    cards = {card.id: card for card in all_cards(learner.dojo)}
    assert cards["question/broadcasting/answer"].back.startswith("Compared from the right")
    assert cards[FOLLOW_UP].back == "It is summed."
    fact = cards["question/broadcasting/facts/3"]
    assert fact.kind is CardKind.CLOZE
    assert fact.gaps == ("(4, 3)", "(4, 3)")
    assert "(4, 3)" not in fact.front
    assert "| (3,) | (4, 3) | (4, 3) |" in fact.back
    assert cards["question/broadcasting/which-fit"].kind is CardKind.CHOICE
    assert cards["guide/computation/bytes"].back == "2"
    assert any(name.startswith("kind/missing-zero-grad/") for name in cards)


def test_an_answer_moves_the_card_away_and_the_next_comes_up(learner):
    first = showing(learner.dojo, desk(learner.dojo))
    told = answer(learner.dojo, first.card.id, first.place, Rating.GOOD, took_ms=2500)
    assert told.counted
    assert told.again_in == first.after[Rating.GOOD] == "10 min"
    second = showing(learner.dojo, desk(learner.dojo))
    assert second.card.id != first.card.id
    learner.clock.pass_by(minutes=11)
    assert showing(learner.dojo, desk(learner.dojo)).card.id == first.card.id


def test_an_answer_sent_again_changes_nothing(learner):
    answer(learner.dojo, FOLLOW_UP, 0, Rating.GOOD)
    before = learner.store.card_state(FOLLOW_UP)
    learner.clock.pass_by(minutes=1)
    assert not answer(learner.dojo, FOLLOW_UP, 0, Rating.AGAIN).counted
    assert learner.store.card_state(FOLLOW_UP) == before
    with pytest.raises(BadInput):
        answer(learner.dojo, FOLLOW_UP, 5, Rating.GOOD)


def test_undo_takes_back_one_answer_after_the_other(learner):
    assert undo(learner.dojo) is None
    answer(learner.dojo, FOLLOW_UP, 0, Rating.EASY)
    learner.clock.pass_by(seconds=5)
    answer(learner.dojo, "guide/computation/bytes", 0, Rating.AGAIN)
    learner.clock.pass_by(seconds=5)
    assert undo(learner.dojo).card == "guide/computation/bytes"
    assert undo(learner.dojo).card == FOLLOW_UP
    assert undo(learner.dojo) is None
    assert learner.store.card_state(FOLLOW_UP).phase is Phase.NEW
    assert desk(learner.dojo).used.new == 0
    assert show(learner.dojo, desk(learner.dojo), FOLLOW_UP).place == 2


def test_an_answer_of_last_week_is_not_taken_back(learner):
    answer(learner.dojo, FOLLOW_UP, 0, Rating.EASY)
    learner.clock.pass_by(days=7)
    assert last_answer(learner.dojo) is None


def forget(learner, times):
    """Learn a card and forget it, so often."""
    told = None
    for _ in range(times):
        while (
            learner.store.card_state(FOLLOW_UP) or show(learner.dojo, desk(learner.dojo), FOLLOW_UP).state
        ).phase in (
            Phase.NEW,
            Phase.LEARNING,
            Phase.RELEARNING,
        ):
            learner.clock.pass_by(minutes=20)
            state = learner.store.card_state(FOLLOW_UP)
            answer(learner.dojo, FOLLOW_UP, state.entries if state else 0, Rating.GOOD)
        learner.clock.pass_by(days=2)
        told = answer(learner.dojo, FOLLOW_UP, learner.store.card_state(FOLLOW_UP).entries, Rating.AGAIN)
    return told


def test_a_leech_is_set_aside_and_an_undo_brings_it_back(learner):
    told = forget(learner, 6)
    assert told.set_aside
    learner.clock.pass_by(minutes=30)
    at = desk(learner.dojo)
    assert FOLLOW_UP not in at.queue.order
    assert [card.id for card in review_figures(learner.dojo, at).leeches] == [FOLLOW_UP]
    undo(learner.dojo)
    assert not learner.store.card_state(FOLLOW_UP).suspended
    assert FOLLOW_UP in desk(learner.dojo).queue.order


def test_a_card_set_aside_is_not_asked_until_it_is_wanted_again(learner):
    set_aside(learner.dojo, FOLLOW_UP)
    set_aside(learner.dojo, FOLLOW_UP)
    assert FOLLOW_UP not in desk(learner.dojo, topic="tensors").queue.order
    assert [card.id for card in review_figures(learner.dojo).aside] == [FOLLOW_UP]
    set_aside(learner.dojo, FOLLOW_UP, aside=False)
    assert FOLLOW_UP in desk(learner.dojo, topic="tensors").queue.order
    with pytest.raises(BadInput):
        set_aside(learner.dojo, "question/none/such")


def test_other_words_keep_the_history_and_removed_content_harms_nothing(learner):
    answer(learner.dojo, FOLLOW_UP, 0, Rating.AGAIN)
    learner.clock.pass_by(minutes=2)
    asked = kit.FollowUp("gradient", "And backwards?", "Summed over what was stretched.")
    learner.reworded(follow_ups=(asked,))
    shown = showing(learner.dojo, desk(learner.dojo))
    assert (shown.card.front, shown.state.reviews) == ("And backwards?", 1)
    learner.reworded(follow_ups=())
    at = desk(learner.dojo)
    assert FOLLOW_UP not in at.queue.order
    assert review_figures(learner.dojo, at).total == len(at.cards)
    learner.reworded(follow_ups=(asked,))
    assert showing(learner.dojo, desk(learner.dojo)).card.id == FOLLOW_UP


def test_a_row_of_facts_may_move_within_its_table(learner):
    rows = (("new", "a", "b"), ("(3,)", "(4, 3)", "(4, 3)"), ("(3)", "x", "y"))
    learner.reworded(tables=(kit.FactTable("facts", "Shapes", ("a", "b", "result"), rows),))
    names = [card.id for card in all_cards(learner.dojo) if "/facts/" in card.id]
    assert names == [f"question/broadcasting/facts/{name}" for name in ("new", "3", "3-2")]


def test_a_topic_narrows_the_cards_down(learner):
    at = desk(learner.dojo, topic="losses")
    assert at.queue.order == ("question/softmax/answer",)
    with pytest.raises(BadInput) as caught:
        desk(learner.dojo, topic="loses")
    assert "losses" in caught.value.cure


def test_limits_hold_for_the_day_and_a_new_day_brings_more(learner):
    change_review_settings(learner.dojo, new=2)
    for _ in range(2):
        shown = showing(learner.dojo, desk(learner.dojo))
        answer(learner.dojo, shown.card.id, shown.place, Rating.EASY)
    assert showing(learner.dojo, desk(learner.dojo)) is None
    assert desk(learner.dojo).queue.held_back > 0
    learner.clock.pass_by(days=1)
    assert len(desk(learner.dojo).queue.new) == 2


def test_before_an_interview_every_card_comes_back_in_time(learner):
    change_review_settings(learner.dojo, interview="2026-06-08")
    answer(learner.dojo, FOLLOW_UP, 0, Rating.EASY)
    state = learner.store.card_state(FOLLOW_UP)
    assert state.due <= kit.NOON + timedelta(days=7)


def test_notes_belong_to_the_card(learner):
    save_note(learner.dojo, FOLLOW_UP, "  think of expand \n")
    assert show(learner.dojo, desk(learner.dojo), FOLLOW_UP).note == "think of expand"
    save_note(learner.dojo, FOLLOW_UP, "")
    assert show(learner.dojo, desk(learner.dojo), FOLLOW_UP).note == ""
    with pytest.raises(BadInput):
        save_note(learner.dojo, FOLLOW_UP, "x" * 30_000)


@pytest.mark.parametrize(
    "change",
    [{"new": "many"}, {"new": -1}, {"retention": "1.5"}, {"retention": "nan"}, {"hour": 24}, {"zone": "Mars/North"},
     {"interview": "soon"}, {"colour": "red"}],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_and_nothing_changes(learner, change):
    before = review_settings(learner.dojo)
    with pytest.raises(BadInput):
        change_review_settings(learner.dojo, reviews=7, **change)
    assert review_settings(learner.dojo) == before


@pytest.mark.parametrize("stored", ["", "not json", "[]", '{"new": -5}', '{"new": "x"}', '{"unknown": 1}'])
def test_settings_that_cannot_be_read_are_as_in_the_beginning(learner, stored):
    learner.store.save_setting("review", stored)
    assert review_settings(learner.dojo) == ReviewSettings()


def test_what_was_exported_is_the_same_on_another_machine(learner):
    for rating in (Rating.GOOD, Rating.EASY, Rating.AGAIN):
        state = learner.store.card_state(FOLLOW_UP)
        answer(learner.dojo, FOLLOW_UP, state.entries if state else 0, rating)
        learner.clock.pass_by(days=4)
    set_aside(learner.dojo, "guide/computation/bytes")
    answer(learner.dojo, "question/softmax/answer", 0, Rating.HARD)
    undo(learner.dojo)
    save_note(learner.dojo, FOLLOW_UP, "own words")
    import json

    text = json.dumps(exported(learner.dojo))
    other = kit.Learner()
    told = imported(other.dojo, text)
    assert (told.histories, told.left_out, told.notes) == (3, 0, 1)
    assert other.store.card_states() == learner.store.card_states()
    assert exported(other.dojo) == exported(learner.dojo)
    assert imported(other.dojo, text).histories == 0


def test_an_import_goes_on_from_the_same_history_and_never_over_another(learner):
    import json

    other = kit.Learner()
    for one in (learner, other):
        answer(one.dojo, FOLLOW_UP, 0, Rating.GOOD)
    answer(other.dojo, "guide/computation/bytes", 0, Rating.EASY)
    learner.clock.pass_by(hours=1)
    answer(learner.dojo, FOLLOW_UP, 1, Rating.GOOD)
    answer(learner.dojo, "guide/computation/bytes", 0, Rating.AGAIN)
    told = imported(other.dojo, json.dumps(exported(learner.dojo)))
    assert (told.histories, told.left_out) == (1, 1)
    assert other.store.card_state(FOLLOW_UP) == learner.store.card_state(FOLLOW_UP)
    assert other.store.card_state("guide/computation/bytes").phase is Phase.REVIEW


ENTRY = '{"card": "a", "place": %d, "act": "review", "at": "2026-06-01T12:00:00%s", "rating": %s, "phase": "new", '
ENTRY += '"retention": %s, "most_days": 9}'


@pytest.mark.parametrize(
    "entries",
    [
        ENTRY % (1, "+00:00", "3", "0.9"),
        ENTRY % (0, "", "3", "0.9"),
        ENTRY % (0, "+00:00", "5", "0.9"),
        ENTRY % (0, "+00:00", "null", "0.9"),
        ENTRY % (0, "+00:00", "3", "0"),
        "7",
    ],
)
def test_what_is_no_export_is_refused_whole(learner, entries):
    with pytest.raises(BadInput):
        imported(learner.dojo, f'{{"format": "torchdojo-review-1", "log": [{entries}], "notes": []}}')
    assert learner.store.card_states() == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}'])
def test_another_file_is_no_export(learner, text):
    with pytest.raises(BadInput):
        imported(learner.dojo, text)


def test_the_plan_is_for_the_day_of_the_interview_and_is_remembered(learner):
    assert study_plan(learner.dojo) is None
    made = study_plan(learner.dojo, date(2026, 6, 6))
    assert made.path is StudyPath.WEEK
    assert study_plan(learner.dojo) == made
    assert sum(day.new_cards for day in made.days) > 0
    with pytest.raises(BadInput):
        study_plan(learner.dojo, date(2026, 5, 1))


def test_a_clock_put_back_a_year_still_counts_answers(learner):
    answer(learner.dojo, FOLLOW_UP, 0, Rating.EASY)
    learner.clock.pass_by(days=-366)
    assert desk(learner.dojo, topic="tensors").queue.reviews == (FOLLOW_UP,)
    answer(learner.dojo, FOLLOW_UP, 1, Rating.GOOD)
    assert learner.store.card_state(FOLLOW_UP).due > learner.clock.now()
    assert FOLLOW_UP not in desk(learner.dojo, topic="tensors").queue.order


def test_intervals_are_said_in_words():
    said = [in_words(timedelta(**time)) for time in ({"seconds": 1}, {"minutes": 90}, {"days": 1}, {"days": 95})]
    assert said == ["1 min", "2 h", "1 day", "3 months"]


def test_it_works_on_a_file_as_well(tmp_path):
    learner = kit.Learner(DatabaseStore(tmp_path / "dojo.sqlite3"))
    answer(learner.dojo, FOLLOW_UP, 0, Rating.GOOD)
    undo(learner.dojo)
    assert desk(learner.dojo).queue.order
    learner.store.close()


class Computing:
    """Draws instances as the real one does, and fails when it is told to."""

    def __init__(self):
        self.broken = False

    def instance(self, dojo, family, seed, level):
        if self.broken:
            raise InternalError("The judge went away.")
        asked = ComputeQuestion(f"What is {seed}, at level {level}?", AnswerKind.WHOLE, seed, seed, "It is.")
        return SimpleNamespace(question=asked)


@pytest.fixture
def computing(monkeypatch, learner):
    made = Computing()
    monkeypatch.setattr(computing_app, "instance", made.instance)
    family = SimpleNamespace(id="padding", kind=Kind.COMPUTE, summary="How wide?", title="Padding")
    learner.shelf.known["padding"] = family
    return made


COMPUTE = "compute/padding"


def test_a_computation_asks_with_other_numbers_each_time_but_the_same_until_answered(learner, computing):
    first = show(learner.dojo, desk(learner.dojo), COMPUTE).card
    assert show(learner.dojo, desk(learner.dojo), COMPUTE).card == first
    assert "at level 1" in first.front
    answer(learner.dojo, COMPUTE, 0, Rating.EASY)
    learner.clock.pass_by(days=9)
    second = show(learner.dojo, desk(learner.dojo), COMPUTE).card
    assert second.front != first.front
    assert "at level 2" in second.front


def test_a_computation_that_cannot_be_drawn_is_passed_over_and_costs_nothing(learner, computing):
    at = desk(learner.dojo, topic="computation")
    computing.broken = True
    assert set(at.queue.order) == {COMPUTE, "guide/computation/bytes"}
    assert showing(learner.dojo, at).card.id == "guide/computation/bytes"
    answer(learner.dojo, "guide/computation/bytes", 0, Rating.EASY)
    assert showing(learner.dojo, desk(learner.dojo, topic="computation")) is None
    assert COMPUTE not in learner.store.card_states()
    computing.broken = False
    assert showing(learner.dojo, desk(learner.dojo, topic="computation")).card.id == COMPUTE


def test_what_is_typed_for_a_computation_is_judged_and_suggests_a_rating(learner, computing):
    shown = show(learner.dojo, desk(learner.dojo), COMPUTE)
    right = shown.instance.question.answer
    assert judge_typed(shown, f"{right:,}").suggested is Rating.GOOD
    wrong = judge_typed(shown, str(right + 1))
    assert (wrong.suggested, wrong.judged.said) == (Rating.AGAIN, "It is too large.")
    for text in ("much", "9" * 5000):
        unread = judge_typed(shown, text)
        assert (unread.counts, unread.suggested) == (False, None)
    assert learner.store.card_states() == {}


def program(output, source="print(1)"):
    return f"```python run\n{source}\n```\n```output\n{output}\n```"


def test_the_shortest_program_that_can_be_foreseen_is_a_card_named_by_its_place(learner):
    long = program("\n".join("1234567"))
    learner.reworded(depth=long, code=f"{program('[1, 2]')}\n\nMore:\n\n{program('3 4', 'print(3, 2 + 2)')}")
    (card,) = [card for card in all_cards(learner.dojo) if card.kind is CardKind.OUTPUT]
    assert card.id == "question/broadcasting/output/2"
    assert "[1, 2]" not in card.front
    assert "print(1)" in card.front
    shown = show(learner.dojo, desk(learner.dojo), card.id)
    assert judge_typed(shown, "[1,  2]").judged.outcome is Outcome.RIGHT
    assert judge_typed(shown, "[1, 3]").suggested is Rating.AGAIN


def test_words_that_the_program_shows_need_not_be_typed(learner):
    learner.reworded(code=program("sum of all: 3", 'print("sum of all:", 1 + 2)'))
    shown = show(learner.dojo, desk(learner.dojo), "question/broadcasting/output/1")
    assert [judge_typed(shown, text).suggested for text in ("3", "sum of all: 3", "4")] == [
        Rating.GOOD,
        Rating.GOOD,
        Rating.AGAIN,
    ]
