"""exercise.toml, strictly read into an Exercise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import (
    BUG_CATEGORIES,
    BugSpec,
    Decoy,
    Entries,
    Exercise,
    Goal,
    Kind,
    ProbingQuestion,
    RunLimits,
    Survivor,
)
from torchdojo.library.folder import GOAL_FILE, MANIFEST, SLUG, check_files
from torchdojo.library.table import Table, read_toml

DIFFICULTIES = ("easy", "easy-medium", "medium", "medium-hard", "hard")
METRICS = ("accuracy", "mse", "custom")
DIRECTIONS = ("at_least", "at_most")

#: What all checks of an implement exercise may take together unless it says otherwise.
IMPLEMENT_SECONDS = 20.0


def load_exercise(folder: Path) -> Exercise:
    """Read one exercise folder; its track is the folder above it.

    Raises BadContent naming file, key and cure for anything that breaks the format. Python files are not opened.
    """
    if not SLUG.fullmatch(folder.name):
        raise BadContent(
            f"{folder} is no valid exercise name.", "Use lower-case words joined by hyphens, starting with a letter."
        )
    table = read_toml(folder / MANIFEST)
    kind = _kind(table)
    check_files(folder, kind)
    exercise = Exercise(
        id=folder.name,
        kind=kind,
        track=folder.parent.name,
        title=table.text("title"),
        level=table.whole("level", low=1, high=5),
        minutes=table.whole("minutes", low=1, high=240),
        summary=table.text("summary"),
        folder=folder,
        filename="" if kind is Kind.COMPUTE else _filename(table),
        concepts=table.texts("concepts", required=True),
        prerequisites=_slugs(table, "prerequisites"),
        hints=table.texts("hints", required=kind not in (Kind.BASE, Kind.COMPUTE)),
        requirements=table.texts("requirements"),
        limits=_limits(table.table("limits"), kind),
    )
    exercise = replace(exercise, **_PARTS[kind](table))
    table.finish()
    if kind in (Kind.DEBUG, Kind.BASE):
        _check_goal(table, exercise)
        _check_bugs(table, exercise)
    return exercise


def _debug_part(table: Table) -> dict[str, Any]:
    return {"bugs": tuple(_bug(bug) for bug in table.tables("bug", "id")), **_script_part(table)}


def _decoy(table: Table) -> Decoy:
    decoy = Decoy(table.raw("text"), table.text("looks_like"), table.text("why", lines=True))
    table.finish()
    return decoy


def _script_part(table: Table) -> dict[str, Any]:
    return {
        "decoys": tuple(_decoy(decoy) for decoy in table.tables("decoy", "text")),
        "goal": _goal(table.table("goal", required=True)),
        # A script that is flat from top to bottom has no names to lean on.
        "entries": _entries(table.table("entries")) if table.has("entries") else Entries(main=""),
    }


def _implement_part(table: Table) -> dict[str, Any]:
    names, forbid = table.texts("entries", required=True), table.texts("forbid")
    for name in names:
        if not name.isidentifier():
            raise table.fault(f"`entries` names {name!r}", "Write the bare names the submission must define.")
    for name in forbid:
        if "." not in name or not all(part.isidentifier() for part in name.split(".")):
            raise table.fault(f"`forbid` names {name!r}", 'Write dotted names, e.g. "torch.nn.functional.softmax".')
    survivors = tuple(_survivor(survivor) for survivor in table.tables("survivor", "mutant"))
    return {"names": names, "forbid": forbid, "survivors": survivors}


def _compute_part(table: Table) -> dict[str, Any]:
    return {}


_PARTS = {
    Kind.DEBUG: _debug_part,
    Kind.BASE: _script_part,
    Kind.IMPLEMENT: _implement_part,
    Kind.COMPUTE: _compute_part,
}


def _survivor(table: Table) -> Survivor:
    survivor = Survivor(table.text("mutant"), table.text("reason", lines=True))
    table.finish()
    return survivor


def _kind(table: Table) -> Kind:
    return Kind(table.one_of("kind", [str(kind) for kind in Kind]))


def _filename(table: Table) -> str:
    name = table.text("filename", example="train.py")
    if not name.endswith(".py") or not name.removesuffix(".py").isidentifier():
        raise table.fault(f"`filename` is {name!r}", 'Write a bare Python file name, e.g. filename = "train.py".')
    return name


def _slugs(table: Table, key: str) -> tuple[str, ...]:
    for slug in (slugs := table.texts(key)):
        if not SLUG.fullmatch(slug):
            raise table.fault(f"`{key}` names {slug!r}, which is no exercise name", "Write the other folder's name.")
    return slugs


def _limits(table: Table, kind: Kind) -> RunLimits:
    usual = RunLimits(wall_seconds=IMPLEMENT_SECONDS) if kind is Kind.IMPLEMENT else RunLimits()
    limits = RunLimits(
        wall_seconds=table.number("wall_seconds", usual.wall_seconds, above=0),
        memory_mb=table.whole("memory_mb", usual.memory_mb, low=128, high=65536),
        output_kb=table.whole("output_kb", usual.output_kb, low=1, high=65536),
        processes=table.flag("processes"),
        loopback=table.flag("loopback"),
    )
    table.finish()
    return limits


def _goal(table: Table) -> Goal:
    goal = Goal(
        name=table.text("name", example="val_accuracy"),
        metric=table.one_of("metric", METRICS),
        direction=table.one_of("direction", DIRECTIONS),
        target=table.number("target"),
        description=table.text("description"),
        extra=table.table("extra").numbers(),
    )
    table.finish()
    return goal


def _entries(table: Table) -> Entries:
    names = {key: table.text(key, "") for key in ("data", "model", "train", "validate")}
    entries = Entries(**names, main=table.text("main", ""))
    table.finish()
    for name in (*names.values(), entries.main):
        if name and not name.isidentifier():
            raise table.fault(
                f"{name!r} is no Python name", "Write the bare name of a function or class in solution.py."
            )
    return entries


def _bug(table: Table) -> BugSpec:
    bug_id = table.text("id", example="missing-zero-grad")
    if not SLUG.fullmatch(bug_id):
        raise table.fault(f"`id` is {bug_id!r}", "Use lower-case words joined by hyphens.")
    edit = _edit(table.table("edit")) if table.has("edit") else None
    bug = BugSpec(
        id=bug_id,
        kind=table.text("kind", bug_id),
        site=table.text("site", "" if edit else None, example="train_one_epoch"),
        title=table.text("title"),
        category=table.one_of("category", BUG_CATEGORIES),
        location=table.text("location"),
        difficulty=table.one_of("difficulty", DIFFICULTIES),
        effect=table.text("effect", lines=True),
        nudge=table.text("nudge", lines=True),
        edit=edit,
        probing=tuple(_probing(question) for question in table.tables("probing")),
    )
    table.finish()
    if not bug.probing:
        raise table.fault("no probing question", "Write [[bug.probing]] with `question` and `answer` below the bug.")
    return bug


def _edit(table: Table) -> tuple[str, str]:
    find = table.raw("find")
    replace = table.raw("replace", "")
    table.finish()
    if find == replace:
        raise table.fault("`find` and `replace` are the same", "Write in `replace` what the broken script says there.")
    return find, replace


def _probing(table: Table) -> ProbingQuestion:
    question = ProbingQuestion(table.text("question", lines=True), table.text("answer", lines=True))
    table.finish()
    return question


def _check_goal(table: Table, exercise: Exercise) -> None:
    assert exercise.goal is not None
    own, file = exercise.goal.metric == "custom", (exercise.folder / GOAL_FILE).is_file()
    if own and not file:
        raise table.fault(
            '`metric` is "custom"', f"Write {GOAL_FILE} with `measure(model, seed)`, returning the figure."
        )
    if file and not own:
        raise table.fault(f"there is a {GOAL_FILE}", 'Write metric = "custom" under [goal], or remove the file.')
    if not own and not exercise.entries.data:
        raise table.fault(
            f"`metric` is {exercise.goal.metric!r} but [entries] names no `data`",
            f'Name the function that makes the data, or write metric = "custom" and {GOAL_FILE}.',
        )


def _check_bugs(table: Table, exercise: Exercise) -> None:
    for decoy in exercise.decoys:
        if exercise.solution.count(decoy.text) != 1:
            raise table.fault(
                f"the decoy {decoy.text!r} does not stand in solution.py exactly once",
                "Copy a piece of its line that stands nowhere else.",
            )
    if not exercise.bugs and exercise.kind is Kind.DEBUG:
        raise table.fault("no bug is listed", "Write a [[bug]] table for each planted bug.")
    seen: set[str] = set()
    for bug in exercise.bugs:
        if bug.id in seen:
            raise table.fault(f"two bugs have the id {bug.id!r}", "Give every [[bug]] an `id` of its own.")
        seen.add(bug.id)
