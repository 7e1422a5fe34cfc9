"""A plan to the day of the interview: what to practise on which day, in the time there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Path(StrEnum):
    """How much time there is, in words."""

    EVENING = "one evening"
    WEEK = "one week"
    MONTH = "one month"


@dataclass(frozen=True, slots=True)
class Pace:
    """What a day of a path holds: minutes in all and for cards, and the hardest exercises it takes on."""

    minutes: int
    card_minutes: int
    most_level: int


PACES = {Path.EVENING: Pace(180, 30, 3), Path.WEEK: Pace(90, 20, 4), Path.MONTH: Pace(60, 15, 5)}

#: Nobody can plan further ahead than this and mean it; the days after it stay free.
MOST_DAYS = 42

#: The minutes a new card takes on its first day, its repetitions included.
MINUTES_PER_NEW_CARD = 1.0

#: The minutes of a drill on the last day.
DRILL_MINUTES = 20


@dataclass(frozen=True, slots=True)
class Task:
    """An exercise not passed yet. `group` is its track, `wanted` how many items of the syllabi it practises."""

    id: str
    title: str
    group: str
    debugging: bool
    level: int
    minutes: int
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day: how many new cards to meet, which exercises to solve, and whether to end with a drill."""

    day: date
    new_cards: int
    tasks: tuple[Task, ...]
    drill: bool
    minutes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The days from today to the last one before the interview (or today alone). `left_out` did not fit."""

    path: Path
    interview: date
    days: tuple[PlannedDay, ...]
    left_out: tuple[Task, ...]


def path_for(today: date, interview: date) -> Path:
    """The path that the time left allows."""
    left = (interview - today).days
    if left <= 2:
        return Path.EVENING
    return Path.WEEK if left <= 12 else Path.MONTH


def plan(today: date, interview: date, tasks: Sequence[Task], unseen_cards: int, most_new: int = 999) -> Plan:
    """Spread `tasks` and the cards not seen yet over the days before `interview`, which is not before `today`.

    No day has more than `most_new` new cards.

    One debugging and one implementing exercise take turns; every group has its turn before any has its second. The
    last day is for cards and a drill, not for anything new, unless it is the only one.
    """
    if interview < today:
        raise ValueError("the interview is over")
    path = path_for(today, interview)
    pace = PACES[path]
    length = min(MOST_DAYS, max(1, (interview - today).days))
    waiting = _in_turns([task for task in tasks if task.level <= pace.most_level])
    cards_left = unseen_cards
    days = []
    for ahead in range(length):
        last = ahead == length - 1 and length > 1
        studying = length - ahead - (1 if length > 1 else 0)
        new = (
            0
            if last
            else min(-(-cards_left // max(1, studying)), most_new, int(pace.card_minutes / MINUTES_PER_NEW_CARD))
        )
        cards_left -= new
        drill = last or length == 1
        room = pace.minutes - pace.card_minutes - (DRILL_MINUTES if drill else 0)
        chosen = () if last else _fitting(waiting, room)
        waiting = [task for task in waiting if task not in chosen]
        minutes = pace.card_minutes + sum(task.minutes for task in chosen) + (DRILL_MINUTES if drill else 0)
        days.append(PlannedDay(today + timedelta(days=ahead), new, chosen, drill, minutes))
    planned = {task.id for day in days for task in day.tasks}
    return Plan(path, interview, tuple(days), tuple(task for task in tasks if task.id not in planned))


def _fitting(waiting: Sequence[Task], room: int) -> tuple[Task, ...]:
    """The first that fit, passing over what is too long for the day. A day is never empty for want of short ones."""
    chosen: list[Task] = []
    for task in waiting:
        if task.minutes <= room:
            chosen.append(task)
            room -= task.minutes
    return tuple(chosen) or tuple(waiting[:1])


def _in_turns(tasks: Sequence[Task]) -> list[Task]:
    """Debugging and implementing by turns; in each the groups by turns, what syllabi ask for and what is easy first."""
    debugging = _by_group([task for task in tasks if task.debugging])
    implementing = _by_group([task for task in tasks if not task.debugging])
    mixed: list[Task] = []
    for turn in range(max(len(debugging), len(implementing))):
        mixed += debugging[turn : turn + 1] + implementing[turn : turn + 1]
    return mixed


def _by_group(tasks: Sequence[Task]) -> list[Task]:
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.group, []).append(task)
    for own in groups.values():
        own.sort(key=lambda task: (task.wanted == 0, task.level))
    rounds = max((len(own) for own in groups.values()), default=0)
    return [own[turn] for turn in range(rounds) for own in groups.values() if turn < len(own)]
