"""Derives broken scripts from sound ones: one bug, some, or all of an exercise."""

from __future__ import annotations

import ast
from collections.abc import Collection

import libcst as cst

from torchdojo.bugs.catalogue import bug_kinds
from torchdojo.bugs.comments import drop_telling_comments, telling_docstring
from torchdojo.bugs.kind import BugKind
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import BugSpec, Exercise


def inject(source: str, bug: BugSpec) -> str:
    """`source` with that bug planted, every other character as it was.

    Raises BadContent when the kind is unknown, when its site is not in the source, or is there more than once.
    """
    if bug.edit is not None:
        return _edited(source, bug.id, bug.edit)
    kind = _kind_of(bug)
    try:
        return kind.break_at(source, bug.site)
    except LookupError as error:
        cure = "Write one of these as DEFINITION or DEFINITION.NAME, with #1, #2, ... where several are called alike."
        if not kind.sites(source):
            cure = f"`torchdojo explain {kind.slug}` shows code that it can break; or give the bug an `edit`."
        raise BadContent(f"Bug {bug.id}: {error}.", cure) from error
    except cst.ParserSyntaxError as error:
        raise BadContent(f"Bug {bug.id}: the script does not parse: {error}.", "Mend solution.py first.") from error


def inject_only(exercise: Exercise, bug_ids: Collection[str]) -> str:
    """The solution with these bugs planted and no other, in the order of exercise.toml.

    Raises BadContent with the exercise's name when a bug cannot be planted; KeyError for an id it does not have.
    """
    for bug_id in bug_ids:
        exercise.bug(bug_id)
    source = exercise.solution
    for bug in exercise.bugs:
        if bug.id in bug_ids:
            try:
                source = inject(source, bug)
            except BadContent as fault:
                raise BadContent(f"{exercise.id}: {fault.fact}", fault.cure) from fault
    return source


def derive_starter(exercise: Exercise) -> str:
    """The script a learner is given: every bug planted, comments that give one away left out.

    Raises BadContent when a bug cannot be planted, a docstring gives one away, or nothing changed.
    """
    planted = inject_only(exercise, [bug.id for bug in exercise.bugs])
    telling = [kind.telling for bug in exercise.bugs if (kind := bug_kinds().get(bug.kind)) is not None]
    starter = drop_telling_comments(planted, telling)
    file = exercise.folder / "solution.py"
    if starter == exercise.solution:
        raise BadContent(f"{exercise.id}: the starter equals the solution.", "List at least one [[bug]].")
    try:
        tree = ast.parse(starter)
    except SyntaxError as error:
        raise BadContent(f"{exercise.id}: the derived starter does not parse: {error}.", f"Mend {file}.") from error
    if (told := telling_docstring(tree, telling)) is not None:
        raise BadContent(f"{file}: the docstring {told!r} gives a planted bug away.", "Say it in other words.")
    return starter


def _kind_of(bug: BugSpec) -> BugKind:
    kinds = bug_kinds()
    if bug.kind not in kinds:
        raise BadContent(
            f"Bug {bug.id}: there is no bug kind {bug.kind!r}.",
            f"Write one of {', '.join(sorted(kinds))}; or give the bug an `edit`.",
        )
    return kinds[bug.kind]


def _edited(source: str, bug_id: str, edit: tuple[str, str]) -> str:
    find, replace = edit
    count = source.count(find)
    if count != 1:
        raise BadContent(
            f"Bug {bug_id}: the text of `edit.find` stands {count} times in the script.",
            "Write enough of the surrounding lines for it to stand there exactly once.",
        )
    return source.replace(find, replace)
