"""The plan keeps to the time there is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchdojo.scheduling.planning import PACES, Path, Task, plan

TODAY = date(2026, 6, 1)


def task(name: str, *, debugging: bool = False, level: int = 2, minutes: int = 20, group: str = "g") -> Task:
    return Task(name, name, group, debugging, level, minutes)


@pytest.mark.parametrize(
    ("left", "path", "length"),
    [(0, Path.EVENING, 1), (1, Path.EVENING, 1), (7, Path.WEEK, 7), (30, Path.MONTH, 30), (400, Path.MONTH, 42)],
)
def test_the_path_follows_from_the_time_left(left: int, path: Path, length: int) -> None:
    made = plan(TODAY, TODAY + timedelta(days=left), [task("a")], 10)
    assert (made.path, len(made.days)) == (path, length)
    assert made.days[0].day == TODAY


def test_an_interview_in_the_past_cannot_be_planned_for() -> None:
    with pytest.raises(ValueError, match="over"):
        plan(TODAY, TODAY - timedelta(days=1), [], 0)


def test_no_day_has_more_new_cards_than_its_limit() -> None:
    made = plan(TODAY, TODAY + timedelta(days=5), [], 500, most_new=3)
    assert [day.new_cards for day in made.days] == [3, 3, 3, 3, 0]


def test_debugging_and_implementing_take_turns_and_so_do_tracks() -> None:
    tasks = [task(f"d{n}", debugging=True) for n in range(2)]
    tasks += [task(f"{group}{n}", group=group) for group in "xy" for n in range(2)]
    made = plan(TODAY, TODAY + timedelta(days=20), tasks, 0)
    order = [each.id for day in made.days for each in day.tasks]
    assert order == ["d0", "x0", "d1", "y0", "x1", "y1"]


tasks_given = st.lists(
    st.tuples(st.booleans(), st.integers(1, 5), st.integers(5, 60), st.sampled_from("xyz")), max_size=60
)


@given(tasks_given, st.integers(0, 60), st.integers(0, 500))
def test_a_day_is_never_overfull_and_the_last_brings_nothing_new(
    given_: list[tuple[bool, int, int, str]], left: int, cards: int
) -> None:
    tasks = [
        task(str(n), debugging=debugging, level=level, minutes=minutes, group=group)
        for n, (debugging, level, minutes, group) in enumerate(given_)
    ]
    made = plan(TODAY, TODAY + timedelta(days=left), tasks, cards)
    pace = PACES[made.path]
    for day in made.days:
        assert day.minutes <= pace.minutes or len(day.tasks) == 1
    if len(made.days) > 1:
        assert (made.days[-1].tasks, made.days[-1].new_cards, made.days[-1].drill) == ((), 0, True)
    planned = [each.id for day in made.days for each in day.tasks]
    assert sorted(planned + [each.id for each in made.left_out], key=int) == [each.id for each in tasks]
    assert sum(day.new_cards for day in made.days) <= cards
