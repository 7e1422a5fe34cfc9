"""A new exercise explains itself, and `verify` says what is missing until nothing is."""

from __future__ import annotations

import pytest

from torchdojo.authoring import new_exercise, new_text, verify_content
from torchdojo.domain.computation import Question
from torchdojo.domain.errors import BadInput
from torchdojo.judge.computing import ask as run_generate
from torchdojo.library import Library


def no_grading(*_: object, **__: object):
    raise AssertionError("nothing may be graded before the folder is filled in")


def first_fault(library: Library, slug: str) -> str:
    (verification,) = verify_content(library, [slug], no_grading)
    assert not verification.ok
    return verification.broken[0].evidence


def test_a_skeleton_is_refused_for_one_precise_reason_after_the_other(content):
    library = Library(shipped=content)
    written = new_exercise("debug", "my-bug", root=content, library=library)
    folder = content / "debugging" / "my-bug"
    assert {str(file.relative_to(folder)) for file in written} == {
        "exercise.toml",
        "prompt.md",
        "debrief.md",
        "solution.py",
        "right/another_style.py",
        "fake/only_looks_right.py",
    }
    assert "`title` still reads 'FILL IN: a short name" in first_fault(library, "my-bug")
    manifest = folder / "exercise.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("FILL IN: a short name", "A short name"), encoding="utf-8")
    assert "`summary` still reads" in first_fault(library, "my-bug")
    manifest.write_text(text.replace("FILL IN: ", ""), encoding="utf-8")
    assert "still reads" in first_fault(library, "my-bug")
    for file in written:
        file.write_text(file.read_text(encoding="utf-8").replace("FILL IN: ", ""), encoding="utf-8")
    fault = first_fault(library, "my-bug")
    assert "`data` is 'make_data', a function that solution.py lacks" in fault


def test_an_implement_skeleton_leads_to_an_exercise_that_reads_well(content):
    library = Library(shipped=content)
    written = new_exercise("implement", "sums/my-sum", root=content, library=library)
    folder = content / "sums" / "my-sum"
    assert {str(file.relative_to(folder)) for file in written} == {
        "exercise.toml",
        "prompt.md",
        "debrief.md",
        "starter.py",
        "solution.py",
        "checks.py",
        "right/another_style.py",
        "wrong/typical_mistake.py",
    }
    assert "`title` still reads 'FILL IN: a short name" in first_fault(library, "my-sum")
    for file in written:
        file.write_text(file.read_text(encoding="utf-8").replace("FILL IN: ", ""), encoding="utf-8")
    (verification,) = verify_content(library, ["my-sum"], no_grading)
    # The files themselves are sound; what is missing is the author's own.
    assert [claim.name for claim in verification.broken] == ["right answers", "wrong answers"]


@pytest.mark.parametrize(
    ("kind", "slug", "fact"),
    [
        ("riddle", "my-bug", "no skeleton for 'riddle'"),
        ("debug", "My Bug", "no valid exercise name"),
        ("implement", "my-sum", "'my-sum' names no track"),
        ("implement", "Sums/my-sum", "no valid track name"),
        ("implement", "sums/", "'' is no valid exercise name"),
        ("implement", "sums/line-fit", "already an exercise 'line-fit'"),
        ("debug", "line-fit", "already an exercise 'line-fit'"),
    ],
)
def test_what_cannot_be_made_is_refused(content, write_exercise, kind, slug, fact):
    write_exercise()
    with pytest.raises(BadInput) as caught:
        new_exercise(kind, slug, root=content, library=Library(shipped=content))
    assert fact in caught.value.fact


def test_nothing_is_ever_overwritten(content):
    library = Library(shipped=content)
    (content / "debugging" / "my-bug").mkdir(parents=True)
    with pytest.raises(BadInput, match="exists already"):
        new_exercise("debug", "my-bug", root=content, library=library)
    with pytest.raises(BadInput, match="does not exist"):
        new_exercise("debug", "my-bug", root=content / "nowhere", library=library)


@pytest.mark.parametrize(
    ("kind", "name", "where"),
    [
        ("question", "training/my-question", "questions/training/my-question.md"),
        ("guide", "my-guide", "guides/my-guide.md"),
    ],
)
def test_a_new_text_is_refused_until_it_is_filled_in(content, write_exercise, kind, name, where):
    write_exercise()
    library = Library(shipped=content)
    file = new_text(kind, name, root=content, library=library)
    assert file == content.parent / where
    (verification,) = verify_content(library, [file.stem], no_grading)
    assert "still reads 'title = \"FILL IN" in verification.broken[0].evidence
    filled = file.read_text(encoding="utf-8").replace("FILL IN", "Say").replace("pictures/NAME.svg", "https://e.org")
    file.write_text(filled.replace("![what", "[what").replace("exercise:SLUG", "exercise:line-fit"), encoding="utf-8")
    (verification,) = verify_content(library, [file.stem], no_grading)
    assert verification.ok, verification.broken


@pytest.mark.parametrize(
    ("kind", "name", "fact"),
    [
        ("question", "my-question", "names no topic"),
        ("question", "Training/my-question", "'Training' is no valid name"),
        ("guide", "a/b", "names a folder"),
        ("guide", "My Guide", "no valid name"),
        ("guide", "line-fit", "already something called 'line-fit'"),
        ("question", "training/gradient-step", "already something called 'gradient-step'"),
    ],
)
def test_a_text_that_cannot_be_made_is_refused(content, write_exercise, write_question, kind, name, fact):
    write_exercise()
    write_question()
    with pytest.raises(BadInput) as caught:
        new_text(kind, name, root=content, library=Library(shipped=content))
    assert fact in caught.value.fact


def test_a_compute_skeleton_is_a_family_once_it_is_filled_in(content):
    library = Library(shipped=content)
    written = new_exercise("compute", "my-family", root=content, library=library)
    folder = content / "computation" / "my-family"
    assert {file.name for file in written} == {"exercise.toml", "prompt.md", "debrief.md", "generate.py"}
    assert {file.parent for file in written} == {folder}
    assert "`title` still reads" in first_fault(library, "my-family")
    for file in written:
        file.write_text(file.read_text(encoding="utf-8").replace("FILL IN: ", ""), encoding="utf-8")

    def ask(family, asked, *, cancel=None):
        return [Question.from_json(made) for batch in run_generate(family.folder, asked) for made in batch]

    (verification,) = verify_content(library, ["my-family"], no_grading, ask=ask, quick=True)
    assert [claim.name for claim in verification.broken] == ["proof.json"]
