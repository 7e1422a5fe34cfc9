"""The folder of a challenge: an exercise like any other, written from a proved plan."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from torchdojo.bugs import BugKind, broken_at, bug_kinds
from torchdojo.domain.exercise import Exercise
from torchdojo.drills.atlas import Effect, Entry
from torchdojo.drills.planning import Plan
from torchdojo.drills.recipe import Recipe
from torchdojo.library import GOAL_FILE, MANIFEST

_MINUTES_PER_BUG = 8

_NUMBERS = ("no", "one", "two", "three", "four")

_EFFECTS = {
    Effect.CRASH: "The run ends with an error, at least now and then.",
    Effect.VISIBLE: "The run comes to its end and misses the goal.",
    Effect.SILENT: "The run comes to its end and even reaches the goal: nothing but its behaviour gives the bug away.",
}


def write_challenge(recipe: Recipe, plan: Plan, folder: Path) -> None:
    """Write the role files into `folder`, which must not exist yet."""
    base = plan.atlas.base
    folder.mkdir(parents=True)
    files = {
        MANIFEST: _manifest(recipe, plan),
        "prompt.md": _prompt(recipe, plan),
        "debrief.md": _debrief(recipe, plan),
        "solution.py": base.solution,
    }
    goal = base.folder / GOAL_FILE
    if goal.is_file():
        files[GOAL_FILE] = goal.read_text(encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _manifest(recipe: Recipe, plan: Plan) -> str:
    base, number = plan.atlas.base, len(plan.entries)
    goal = base.goal
    assert goal is not None
    entries = {key: getattr(base.entries, key) for key in ("data", "model", "train", "validate", "main")}
    lines = _table(
        {
            "title": f"{base.title}, drill {recipe.seed}",
            "kind": "debug",
            "level": plan.level,
            "minutes": 4 + _MINUTES_PER_BUG * number,
            "summary": f"{base.summary} {_count(number).capitalize()} been planted by seed {recipe.seed}.",
            "filename": _filename(recipe, base),
            "concepts": list(base.concepts),
            "hints": _hints(plan),
        }
    )
    lines += ["", "[goal]"]
    lines += _table(
        {
            "name": goal.name,
            "metric": goal.metric,
            "direction": goal.direction,
            "target": goal.target,
            "description": goal.description,
        }
    )
    if goal.extra:
        lines += ["", "[goal.extra]", *_table(dict(goal.extra))]
    if any(entries.values()):
        lines += ["", "[entries]", *_table({key: name for key, name in entries.items() if name})]
    limits = base.limits
    lines += ["", "[limits]"]
    lines += _table({"wall_seconds": limits.wall_seconds, "memory_mb": limits.memory_mb, "output_kb": limits.output_kb})
    if limits.processes:
        lines += ["processes = true"]
    if limits.loopback:
        lines += ["loopback = true"]
    for entry in plan.entries:
        lines += ["", *_bug(entry, base)]
    for decoy in base.decoys:
        shown = {"text": decoy.text, "looks_like": decoy.looks_like, "why": decoy.why}
        lines += ["", "[[decoy]]", *_table(shown)]
    return "\n".join(lines) + "\n"


def _bug(entry: Entry, base: Exercise) -> list[str]:
    kind = bug_kinds()[entry.place.kind]
    lines = [
        "[[bug]]",
        *_table(
            {
                "id": kind.slug,
                "kind": kind.slug,
                "site": entry.place.site,
                "title": kind.title,
                "category": kind.category,
                "location": entry.place.site.partition("#")[0],
                "difficulty": kind.difficulty,
                "effect": f"{kind.summary} {_EFFECTS[entry.effect]}",
                "nudge": kind.nudges[0],
            }
        ),
    ]
    for asked in kind.interview:
        lines += ["", "[[bug.probing]]", *_table({"question": asked.question, "answer": asked.answer})]
    return lines


def _hints(plan: Plan) -> list[str]:
    """From questions that point at nothing to the places themselves."""
    kinds = [bug_kinds()[entry.place.kind] for entry in plan.entries]
    first = [
        "Run it and read what it prints. Then say aloud what one pass over the data does, step by step, and point at "
        "the line for each step."
    ]
    nudges = [nudge for round_ in range(2) for kind in kinds for nudge in kind.nudges[round_ : round_ + 1]]
    places = ", ".join(sorted({entry.place.site.partition("#")[0].rpartition(".")[0] for entry in plan.entries} - {""}))
    where = f"The places: {places}." if places else "The place is at the top level of the script."
    return [*first, *nudges, where]


def _filename(recipe: Recipe, base: Exercise) -> str:
    """A name of its own, so that two drills of one base fit into one folder."""
    return f"{base.filename.removesuffix('.py')}_{recipe.id.replace('-', '_')}.py"


def _prompt(recipe: Recipe, plan: Plan) -> str:
    base, number = plan.atlas.base, len(plan.entries)
    prompt = base.prompt.rstrip().replace(base.filename, _filename(recipe, base))
    decoys = (
        " Some of the code looks suspicious and is right: a change that mends nothing is no fix."
        if plan.atlas.base.decoys
        else ""
    )
    return (
        f"{prompt}\n\n## What is wrong\n\n"
        f"{_count(number).capitalize()} been planted in this script. It may crash, learn badly, or look fine and be "
        "wrong all the same. Find what is wrong and mend it, in whatever style you like: your run is watched, your "
        f"text is not compared with anything.{decoys}\n"
    )


def _debrief(recipe: Recipe, plan: Plan) -> str:
    base = plan.atlas.base
    parts = [
        f"# {base.title}, drill {recipe.seed}\n",
        f"Made by `{recipe.command}`; the same command makes the same challenge again.\n",
    ]
    for entry in plan.entries:
        parts.append(_told(entry, plan))
    changed = difflib.unified_diff(
        broken_at(base.solution, [entry.place for entry in plan.entries]).splitlines(),
        base.solution.splitlines(),
        "as it was given",
        "sound",
        lineterm="",
        n=1,
    )
    parts.append("## The whole difference\n\n```diff\n" + "\n".join(changed) + "\n```\n")
    if base.decoys:
        parts.append("## What only looked wrong\n")
        parts += [f"- `{decoy.text.strip()}` looks like `{decoy.looks_like}`. {decoy.why}\n" for decoy in base.decoys]
    return "\n".join(parts)


def _told(entry: Entry, plan: Plan) -> str:
    kind = bug_kinds()[entry.place.kind]
    goal = plan.atlas.base.goal
    assert goal is not None
    figures = ""
    sound, broken = _range(plan.atlas.sound), _range(entry.metrics)
    if sound and broken:
        figures = f" With this bug alone {goal.name} was {broken}, without it {sound}."
    where = entry.place.site.partition("#")[0]
    return (
        f"## {kind.title}\n\nIn `{where}`. {kind.summary} {_EFFECTS[entry.effect]}{figures}\n\n"
        f"{_fix(kind)}\n\n`torchdojo explain {kind.slug}` has the whole story.\n"
    )


def _fix(kind: BugKind) -> str:
    return kind.documentation()["Fix"]


def _range(figures: Iterable[float | None]) -> str:
    known = [figure for figure in figures if figure is not None]
    if not known:
        return ""
    low, high = f"{min(known):.3g}", f"{max(known):.3g}"
    return low if low == high else f"{low} to {high}"


def _count(number: int) -> str:
    return "one bug has" if number == 1 else f"{_NUMBERS[number]} bugs have"


def _table(values: Mapping[str, Any]) -> list[str]:
    """TOML lines. JSON's strings, numbers and lists are TOML's."""
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
