"""exercise.toml is read strictly: each mistake is refused with the file, the key and what to write instead."""

from __future__ import annotations

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Kind
from torchdojo.library import check_script_names, load_exercise


def test_a_sound_folder_is_read_in_full(write_exercise):
    exercise = load_exercise(write_exercise())
    assert (exercise.id, exercise.track, exercise.kind) == ("line-fit", "fitting", Kind.DEBUG)
    assert exercise.hints == ("Look at the step.", "Look at `train`.")
    assert exercise.goal is not None
    assert exercise.goal.met_by(0.1)
    assert not exercise.goal.met_by(float("nan"))
    assert [bug.kind for bug in exercise.bugs] == ["missing-zero-grad", "learning-rate-too-high"]
    assert exercise.bug("too-fast").probing[0].answer == "Less."
    assert exercise.limits.wall_seconds == 60.0
    check_script_names(exercise)


@pytest.mark.parametrize(
    ("change", "fact", "cure"),
    [
        (('title = "Line fit"\n', ""), "`title` is missing", 'title = "'),
        (('title = "Line fit"', 'titel = "Line fit"'), "`title` is missing", 'title = "'),
        (("minutes = 20", "minutes = 20\nminuts = 3"), "`minuts` is no known key", "Did you mean `minutes`?"),
        (("minutes = 20", "minutes = 20\nzzz = 3"), "`zzz` is no known key", "Known here: "),
        (("level = 2", "level = 6"), "`level` is 6", "from 1 to 5"),
        (("level = 2", "level = true"), "`level` is true or false, not a whole number", "level = 1"),
        (("level = 2", 'level = "2"'), "`level` is a string", "level = 1"),
        (('title = "Line fit"', 'title = "  "'), "`title` is empty", "title"),
        (('title = "Line fit"', 'title = "FILL IN: a name"'), "still reads 'FILL IN: a name'", "Replace"),
        (('title = "Line fit"', 'title = """a\nb"""'), "`title` has several lines", "one line"),
        (('kind = "debug"', 'kind = "riddle"'), "`kind` is 'riddle'", "debug, implement, compute"),
        (('filename = "train.py"', 'filename = "../train.py"'), "`filename` is '../train.py'", "train.py"),
        (('["regression"]', "[]"), "`concepts` is empty", 'concepts = ["..."]'),
        (('["regression"]', "[3]"), "`concepts` holds 3", 'concepts = ["..."]'),
        (('metric = "mse"', 'metric = "f1"'), "[goal] `metric` is 'f1'", "accuracy, mse"),
        (('metric = "mse"', 'metric = "custom"'), '`metric` is "custom"', "Write goal.py with `measure(model, seed)`"),
        (('data = "make_data"\n', ""), "[entries] names no `data`", "goal.py"),
        (("target = 0.2", "target = nan"), "[goal] `target` is nan", "finite"),
        (("[goal]", "[gaol]"), "`goal` is missing", "[goal]"),
        (('train = "train"', 'train = "train()"'), "'train()' is no Python name", "bare name"),
        (('difficulty = "easy"', 'difficulty = "hellish"'), "[bug too-fast] `difficulty` is 'hellish'", "easy-medium"),
        (('category = "convergence"', 'category = "style"'), "`category` is 'style'", "memory"),
        (('id = "too-fast"', 'id = "missing-zero-grad"'), "two bugs have the id 'missing-zero-grad'", "of its own"),
        (('id = "too-fast"', 'id = "Too Fast"'), "`id` is 'Too Fast'", "hyphens"),
        (('kind = "learning-rate-too-high"\nsite = "train"\n', ""), "`site` is missing", "site = "),
        (('[[bug.probing]]\nquestion = "What is usual?"\nanswer = "Less."', ""), "no probing question", "bug.probing"),
        (('answer = "Less."', 'anwser = "Less."'), "`answer` is missing", "answer = "),
        (("level = 2", "level = 2\nprerequisites = ['Other One']"), "names 'Other One'", "folder's name"),
        (("[goal]", "[limits]\nwall_seconds = -1\n[goal]"), "[limits] `wall_seconds` is -1", "above 0"),
        (("[goal]", "[[goal"), "is not valid TOML", "Mend"),
    ],
)
def test_a_mistake_is_named_with_its_cure(write_exercise, change, fact, cure):
    folder = write_exercise(exercise_toml=change)
    with pytest.raises(BadContent) as caught:
        load_exercise(folder)
    assert str(folder / "exercise.toml") in caught.value.fact
    assert fact in caught.value.fact
    assert cure in caught.value.cure


def test_an_edit_takes_the_place_of_a_site(write_exercise):
    edit = 'edit = { find = "opt.step()", replace = "" }'
    exercise = load_exercise(
        write_exercise(exercise_toml=('site = "train"\ntitle = "Too fast"', f'{edit}\ntitle = "T"'))
    )
    assert exercise.bug("too-fast").edit == ("opt.step()", "")


def test_a_folder_name_that_is_no_slug_is_refused(write_exercise):
    with pytest.raises(BadContent, match="no valid exercise name"):
        load_exercise(write_exercise("Line_Fit"))


@pytest.mark.parametrize("name", ["notes.txt", "starter.py", "right/readme.md", "wrong/a.py"])
def test_a_file_without_a_role_is_refused_by_name(write_exercise, name):
    folder = write_exercise()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x", encoding="utf-8")
    with pytest.raises(BadContent) as caught:
        load_exercise(folder)
    assert name.split("/")[0] in caught.value.fact
    assert "emove" in caught.value.cure


def test_what_installers_and_desktops_leave_behind_is_ignored(write_exercise):
    folder = write_exercise()
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "solution.cpython-311.pyc").write_bytes(b"x")
    (folder / ".DS_Store").write_bytes(b"x")
    assert load_exercise(folder).id == "line-fit"


def test_a_missing_role_file_is_named(write_exercise):
    folder = write_exercise()
    (folder / "debrief.md").unlink()
    with pytest.raises(BadContent, match=r"debrief\.md is missing"):
        load_exercise(folder)


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (("def make_data", "def make_points"), "`data` is 'make_data', a function that solution.py lacks"),
        (('if __name__ == "__main__":\n    main()\n', ""), "never calls main"),
        (("def train():", "def train(:"), "does not parse"),
    ],
)
def test_the_solution_has_to_have_the_names_of_the_manifest(write_exercise, change, fact):
    exercise = load_exercise(write_exercise(solution_py=change))
    with pytest.raises(BadContent) as caught:
        check_script_names(exercise)
    assert fact in caught.value.fact
