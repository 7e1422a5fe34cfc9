"""Sprints: computation against the clock. Which questions come is decided by a seed, what counts by the store."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from torchdojo.app import computing
from torchdojo.app.compose import Dojo
from torchdojo.app.computing import Answered
from torchdojo.domain.attempt import Attempt
from torchdojo.domain.computation import LEVELS, MOST_SEED, Instance
from torchdojo.domain.errors import BadInput
from torchdojo.domain.report import Verdict

MOST_MINUTES = 60
USUAL_MINUTES = 5

_SETTING = "computation-sprints"
_KEPT = 30

#: Attempts among which those of a sprint are looked for; nobody answers more in an hour.
_RECENT = 3000

#: An answer sent in the last moment still counts.
_GRACE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Sprint:
    """One sprint; its number is what the page and the attempts call it by."""

    number: int
    seed: int
    level: int
    minutes: int
    began: datetime

    @property
    def ends(self) -> datetime:
        """When the last answer counts."""
        return self.began + timedelta(minutes=self.minutes)

    @property
    def origin(self) -> str:
        """What its attempts carry."""
        return f"sprint {self.number}"


@dataclass(frozen=True, slots=True)
class SprintRow:
    """One answered question of a sprint."""

    family: str
    title: str
    seed: int
    level: int
    right: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What a sprint came to. Of a question only the first answer counts."""

    rows: tuple[SprintRow, ...]

    @property
    def answered(self) -> int:
        """How many questions were answered."""
        return len(self.rows)

    @property
    def right(self) -> int:
        """How many of them right: the score."""
        return sum(row.right for row in self.rows)


def begin(dojo: Dojo, *, minutes: int = USUAL_MINUTES, level: int = computing.USUAL_LEVEL) -> Sprint:
    """Start the clock. Raises BadInput for minutes or a level out of range, or without families or PyTorch."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadInput(f"A sprint of {minutes} minutes cannot be run.", f"Choose from 1 to {MOST_MINUTES}.")
    if level not in LEVELS:
        raise BadInput(f"There is no level {level}.", f"Levels are {LEVELS[0]} to {LEVELS[-1]}.")
    families = computing.families(dojo)
    if not families:
        raise BadInput("There are no computation families.", "`torchdojo doctor` says where content is looked for.")
    # The clock must not run while the judge starts.
    computing.instance(dojo, families[0].id, 0, level)
    known = sprints(dojo)
    made = Sprint(known[0].number + 1 if known else 1, computing.fresh_seed(), level, minutes, dojo.clock.now())
    dojo.store.save_setting(_SETTING, f"[{', '.join(kept(each) for each in (made, *known)[:_KEPT])}]")
    return made


def sprints(dojo: Dojo) -> list[Sprint]:
    """The last sprints, the latest first."""
    text = dojo.store.setting(_SETTING)
    try:
        return [_from_json(data) for data in json.loads(text or "[]")]
    except (ValueError, KeyError, TypeError):
        return []  # Written by another version: the attempts are there all the same.


def find_sprint(dojo: Dojo, number: int) -> Sprint:
    """The sprint of that number. Raises BadInput."""
    found = next((each for each in sprints(dojo) if each.number == number), None)
    if found is None:
        raise BadInput(f"There is no sprint {number}.", "Start a new one.")
    return found


def is_over(dojo: Dojo, sprint: Sprint) -> bool:
    """Whether its time has run out."""
    return dojo.clock.now() >= sprint.ends


def question(dojo: Dojo, sprint: Sprint, place: int) -> Instance:
    """The question at that place, counted from 1: every family comes once before one comes again."""
    if not 1 <= place <= _RECENT:
        raise BadInput(f"A sprint has no question {place}.", "Go on from where you were.")
    names = [family.id for family in computing.families(dojo)]
    round_number, position = divmod(place - 1, len(names))
    # Text as a seed: the rounds must not resemble each other.
    random.Random(f"{sprint.seed} round {round_number}").shuffle(names)
    seed = random.Random(f"{sprint.seed} question {place}").randrange(MOST_SEED)
    return computing.instance(dojo, names[position], seed, sprint.level)


def answer(dojo: Dojo, sprint: Sprint, place: int, text: str) -> Answered:
    """Judge an answer and keep it. Raises BadInput once the time is over."""
    if dojo.clock.now() > sprint.ends + _GRACE:
        raise BadInput("The time is over: this answer no longer counts.", "See what the sprint came to.")
    return computing.answer(dojo, question(dojo, sprint, place), text, origin=sprint.origin)


def score(dojo: Dojo, sprint: Sprint) -> Score:
    """What was answered in it so far, in order."""
    own = [attempt for attempt in dojo.store.latest_attempts(_RECENT) if attempt.origin == sprint.origin]
    titles = {family.id: family.title for family in computing.families(dojo)}
    first: dict[tuple[str, int], SprintRow] = {}
    for attempt in sorted(own, key=lambda attempt: attempt.id):
        first.setdefault((attempt.exercise, attempt.report.seed), _row(attempt, titles))
    return Score(tuple(first.values()))


def _row(attempt: Attempt, titles: Mapping[str, str]) -> SprintRow:
    return SprintRow(
        attempt.exercise,
        titles.get(attempt.exercise, attempt.exercise),
        attempt.report.seed,
        int(attempt.report.facts.get("level", computing.USUAL_LEVEL)),
        attempt.report.verdict is Verdict.PASSED,
    )


def kept(sprint: Sprint) -> str:
    """A sprint as it is kept."""
    return json.dumps(
        {
            "number": sprint.number,
            "seed": sprint.seed,
            "level": sprint.level,
            "minutes": sprint.minutes,
            "began": sprint.began.isoformat(),
        }
    )


def _from_json(data: Mapping[str, Any]) -> Sprint:
    began = datetime.fromisoformat(data["began"])
    return Sprint(int(data["number"]), int(data["seed"]), int(data["level"]), int(data["minutes"]), began)
