"""Browse the exercises."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from torchdojo.app.compose import Dojo
from torchdojo.domain.attempt import Progress
from torchdojo.domain.curriculum import Track
from torchdojo.domain.errors import BadContent, BadInput
from torchdojo.domain.exercise import Exercise, Kind


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """An exercise and where the learner stands with it."""

    exercise: Exercise
    progress: Progress


@dataclass(frozen=True, slots=True)
class TrackRows:
    """A track with those of its exercises that were asked for."""

    track: Track
    rows: list[ExerciseRow]

    @property
    def done(self) -> int:
        """How many of them are passed."""
        return sum(row.progress.passed for row in self.rows)


def by_track(dojo: Dojo, rows: list[ExerciseRow]) -> list[TrackRows]:
    """`rows` under their tracks in curriculum order; tracks without any are left out."""
    grouped = [
        TrackRows(track, [row for row in rows if row.exercise.track == track.id]) for track in _tracks(dojo, rows)
    ]
    return [group for group in grouped if group.rows]


def list_exercises(
    dojo: Dojo,
    *,
    track: str | None = None,
    kind: str | None = None,
    level: int | None = None,
    todo: bool = False,
    text: str = "",
) -> list[ExerciseRow]:
    """The exercises in curriculum order, narrowed down; `todo` leaves out what was passed.

    Every word of `text` has to stand somewhere in an exercise's name, title, summary or track, or in its concepts
    where they give nothing away.

    Raises BadInput for a track or kind that does not exist.
    """
    exercises = dojo.library.exercises()
    if track is not None:
        _refuse_unknown("track", track, sorted({exercise.track for exercise in exercises}))
    if kind is not None:
        _refuse_unknown("kind", kind, [str(known) for known in Kind])
    progress = dojo.store.progress()
    rows = [ExerciseRow(exercise, progress.get(exercise.id) or untouched(exercise)) for exercise in exercises]
    return [
        row
        for row in rows
        if (track is None or row.exercise.track == track)
        and (kind is None or row.exercise.kind == kind)
        and (level is None or row.exercise.level == level)
        and not (todo and row.progress.passed)
        and all(word in searchable(row.exercise) for word in text.lower().split())
    ]


def searchable(exercise: Exercise) -> str:
    """What a search for an exercise looks at, in lower case."""
    # What a debugging exercise is about would say where its bugs are.
    concepts = () if exercise.kind is Kind.DEBUG else exercise.concepts
    return " ".join((exercise.id, exercise.title, exercise.summary, exercise.track, *concepts)).lower()


def level_name(dojo: Dojo, level: int) -> str:
    """What a level is called, e.g. "medium"; "" when the curriculum does not say or is broken."""
    try:
        names = dojo.library.level_names()
    except BadContent:
        return ""
    return names[level - 1] if 0 < level <= len(names) else ""


def find_exercise(dojo: Dojo, exercise_id: str) -> Exercise:
    """The exercise of that name. Raises BadInput with the nearest names, BadContent when its folder is broken."""
    exercise = dojo.library.find(exercise_id)
    if exercise is None:
        raise BadInput(f"There is no exercise {exercise_id!r}.", suggestion(exercise_id, dojo.library.names()))
    return exercise


def find_scripted(dojo: Dojo, exercise_id: str) -> Exercise:
    """The same for what is answered by a file. Raises BadInput for a computation family, too."""
    exercise = find_exercise(dojo, exercise_id)
    if exercise.kind is Kind.COMPUTE:
        raise BadInput(
            f"{exercise.id} asks questions: there is no file to work on.",
            f"Answer one: torchdojo compute {exercise.id}",
        )
    return exercise


def suggestion(given: str, known: list[str]) -> str:
    """ "Did you mean ...?", or where to look when nothing is near."""
    wanted = given.lower().replace("_", "-").replace(" ", "-").removesuffix(".py")
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    near += [name for name in known if wanted and (wanted in name or name in wanted) and name not in near]
    if near:
        return f"Did you mean {' or '.join(near[:3])}?"
    if not known:
        return "No exercises were found at all; `torchdojo doctor` says where they are looked for."
    if len(known) <= 8:
        return f"There are: {', '.join(known)}."
    return "`torchdojo list` shows what there is."


def _tracks(dojo: Dojo, rows: list[ExerciseRow]) -> list[Track]:
    try:
        return dojo.library.tracks()
    except BadContent:
        # The doctor tells of a broken curriculum; the exercises are there all the same.
        ids = dict.fromkeys(row.exercise.track for row in rows)
        return [Track(name, name.capitalize(), "") for name in ids]


def _refuse_unknown(what: str, given: str, known: list[str]) -> None:
    if given not in known:
        raise BadInput(f"There is no {what} {given!r}.", f"There are: {', '.join(known)}.")


def untouched(exercise: Exercise) -> Progress:
    """Where a learner stands with an exercise never worked on."""
    return Progress(exercise.id, 0, 0.0, False, 0, False, None)
