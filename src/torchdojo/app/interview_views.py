"""A room as each role sees it. What a candidate is given comes from the candidate's own state alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from torchdojo.app.candidate_tasks import candidate_task
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Interview, Nudge
from torchdojo.domain.looks import Look
from torchdojo.interview.seats import FIRST
from torchdojo.interview.state import State


def clock(state: State, elapsed: float) -> dict[str, Any]:
    """The clock as a page counts on from it."""
    return {
        "started": state.clock.started,
        "running": state.clock.running,
        "paused": state.clock.paused,
        "ended": state.clock.ended,
        "elapsed": elapsed,
        "limit": state.clock.minutes * 60,
    }


def looks_told(state: State) -> dict[str, Any] | None:
    """Which looks are open, and whether the script still is hidden; None where it never was."""
    if not state.begins_with_looks:
        return None
    opened = {each.look: {"minutes": each.minutes, "elapsed": each.elapsed, "by": each.by} for each in state.looks}
    spent = sum(each.minutes for each in state.looks)
    return {"hidden": state.script_hidden, "spent": spent, "opened": opened}


def snapshot(room: LiveRoom, role: Actor, seat: int = FIRST) -> dict[str, Any]:
    """Where the interview stands, for somebody with that role and seat."""
    return candidate_snapshot(room) if role is Actor.CANDIDATE else interviewer_snapshot(room, seat)


def candidate_snapshot(room: LiveRoom) -> dict[str, Any]:
    """What a candidate may know: the clock, what was shown to them, their own notes."""
    state = room.candidate_state
    return {
        "clock": clock(state, room.elapsed),
        "nudges": [given.text for given in state.nudges if given.shown],
        "released": [{"what": released.what, "text": released.text} for released in state.released],
        "scratch": state.scratch,
        "run": state.running.number if state.running else None,
        "looks": looks_told(state),
    }


def interviewer_snapshot(room: LiveRoom, seat: int = FIRST) -> dict[str, Any]:
    """Everything but the text, and but what another interviewer thinks of it."""
    state = room.state_for(seat)
    elapsed = room.elapsed
    spent = {stage: state.spent_in(stage) for stage in {*state.spent, state.stage} - {""}}
    if state.stage:
        spent[state.stage] += elapsed - state.clock.elapsed
    return {
        "clock": clock(state, elapsed),
        "stage": state.stage,
        "spent": spent,
        "ticks": {bug: asdict(tick) for bug, tick in state.ticks.items()},
        "nudges": [asdict(given) for given in state.nudges],
        "look_fors": dict(state.look_fors),
        "notes": [asdict(note) for note in state.notes],
        "asked": {question: asdict(asked) for question, asked in state.asked.items()},
        "signals": {criterion: asdict(marked) for criterion, marked in state.signals.items()},
        "bonuses": dict(state.bonuses),
        "flags": [asdict(flag) for flag in state.flags],
        "runs": [asdict(run) for run in state.runs],
        "released": [{"what": released.what, "elapsed": released.elapsed} for released in state.released],
        "scratch": state.scratch,
        "run": state.running.number if state.running else None,
        "looks": looks_told(state),
        "fault": room.fault,
        "scoring": {
            "interviewers": state.scoring.interviewers,
            "final": state.scoring.is_final(seat),
            "revealed": state.scoring.revealed,
        },
    }


def candidate_page(room: LiveRoom) -> dict[str, Any]:
    """What the candidate's page is made of: the task, and nothing of the script."""
    exercise = room.exercise
    return {
        "title": exercise.title if exercise else "Interview",
        "filename": exercise.filename if exercise else "notes.py",
        "prompt": candidate_task(exercise) if exercise else _without_exercise(room),
        "runs": bool(room.state.exercise),
        "metric": exercise.goal.metric if exercise and exercise.goal else "",
        "looks": tuple(Look) if room.state.begins_with_looks else (),
    }


def _without_exercise(room: LiveRoom) -> str:
    if room.state.exercise:
        return "The task of this interview cannot be shown just now. Ask your interviewer."
    return "This interview is a conversation. Write here what helps you to explain."


def interviewer_page(room: LiveRoom) -> dict[str, Any]:
    """What the interviewer's page is made of: the task, the script, the bug table with questions and answers."""
    exercise, script = room.exercise, room.script
    return candidate_page(room) | {
        "script": script,
        "missing": _missing(room, exercise, script),
        "bugs": exercise.bugs if exercise else (),
        "nudges_about": _own_nudges(script, exercise),
        "questions_about": {bug.id: script.questions_about(bug) for bug in exercise.bugs}
        if exercise and script
        else {},
        "goal": exercise.goal if exercise else None,
        "hidden_script": debugging_starter(exercise) if exercise and room.state.begins_with_looks else "",
    }


def _own_nudges(script: Interview | None, exercise: Exercise | None) -> tuple[Nudge, ...]:
    """The nudges that come from the exercise rather than from the script."""
    if script is None:
        return ()
    written = {nudge.id for stage in script.stages for nudge in stage.nudges}
    return tuple(nudge for nudge in script.nudges(exercise) if nudge.id not in written)


def _missing(room: LiveRoom, exercise: Exercise | None, script: Interview | None) -> str:
    """What of the content is gone since the room was made, in words; "" when all is there."""
    gone = []
    if script is None:
        gone.append(f"the script {room.state.interview!r}")
    if exercise is None and room.state.exercise:
        gone.append(f"the exercise {room.state.exercise!r}")
    return f"Gone or broken since this room was made: {' and '.join(gone)}. The log is safe." if gone else ""
