"""The lines that make a file grade itself: where they stand, and that they can be taken out again."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from torchdojo.app.own_file import with_grading, without_grading
from torchdojo.domain.exercise import Kind
from torchdojo.library import Library

#: Computation families have no file to work on.
SCRIPTED = [exercise for exercise in Library().exercises() if exercise.kind is not Kind.COMPUTE]
EXERCISES = {exercise.id: exercise for exercise in SCRIPTED}
LAYER_NORM = EXERCISES["layer-norm"]

STARTS = [
    pytest.param("import torch\n", id="an import"),
    pytest.param('"""What it is."""\n\nimport torch\n', id="a docstring"),
    pytest.param("from __future__ import annotations\n\nimport torch\n", id="a future import"),
    pytest.param('"""Two\nlines."""\n\nfrom __future__ import annotations\nimport torch\n', id="both"),
    pytest.param("@decorated\nclass A:\n    pass\n", id="a decorator"),
    pytest.param('if __name__ == "__main__":\n    print(1)\n\nimport torch\n', id="a guard of its own"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("source", STARTS)
def test_the_lines_come_before_anything_that_runs_and_go_again(source):
    written = with_grading(LAYER_NORM, source)
    tree = ast.parse(written)
    compile(tree, "layer_norm.py", "exec")
    first = next(
        node for node in tree.body if not isinstance(node, ast.Expr) and getattr(node, "module", "") != "__future__"
    )
    assert "torchdojo.grade_file" in ast.unparse(first)
    assert ast.get_docstring(tree) == ast.get_docstring(ast.parse(source))
    assert without_grading(written) == source


@pytest.mark.parametrize("source", STARTS)
def test_a_text_without_the_lines_stays_as_it_is(source):
    assert without_grading(source) == source


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_every_starter_can_be_written_so(exercise):
    if exercise.kind is Kind.DEBUG:
        assert with_grading(exercise, "import torch\n") == "import torch\n"
    else:
        assert "grade_file" not in exercise.starter
        compile(with_grading(exercise, exercise.starter), exercise.filename, "exec")
        assert without_grading(with_grading(exercise, exercise.starter)) == exercise.starter


def test_an_exercise_from_a_further_folder_is_found_again():
    exercise = replace(LAYER_NORM, folder=Path('/my "own" {content}/modules/layer-norm'))
    written = with_grading(exercise, "import torch\n")
    calls = [node for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Call)]
    (graded,) = [call for call in calls if "grade_file" in ast.unparse(call.func)]
    assert ast.literal_eval(graded.args[-1]) == '/my "own" {content}'
    assert without_grading(written) == "import torch\n"
