"""Code in the texts is run where it says so, and has to print what stands behind it."""

from __future__ import annotations

import pytest

from torchdojo.authoring.code_blocks import check_code_blocks, code_blocks
from torchdojo.domain.errors import BadContent
from torchdojo.library import load_exercise

RUNS = "```python run\nprint(1 + 1)\nprint('x ')\n```\n\nIt prints\n\n```output\n2\nx\n```\n"


def test_blocks_that_hold_are_counted(write_exercise):
    texts = RUNS + "\n```python\nfor x in y:\n    ...\n```\n\n```bash\nnot python(\n```\n"
    exercise = load_exercise(write_exercise(prompt_md=texts, debrief_md="```python run\nx = 1\n```\n"))
    assert check_code_blocks(exercise) == "2 ran and printed what the text says, 1 parse"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("One\n\n```python\ndef f(:\n```\n", "prompt.md, line 3: the Python block does not parse"),
        ("```python run\nprint(3)\n```\n```output\n4\n```\n", "printed '3', the text says '4'"),
        ("```python run\nprint(3)\n```\n```text\n3\n```\n", "printed '3', the text says ''"),
        ("```python run\n1 / 0\n```\n", "ended with ZeroDivisionError: division by zero"),
    ],
)
def test_a_block_that_does_not_hold_is_named_with_its_line(write_exercise, text, fact):
    with pytest.raises(BadContent) as caught:
        check_code_blocks(load_exercise(write_exercise(prompt_md=text)))
    assert fact in caught.value.fact
    assert caught.value.cure


def test_a_fence_in_a_list_counts_too():
    assert [block.source for block in code_blocks("- a\n\n  ```python\n  x = 1\n  ```\n")] == ["x = 1\n"]


def test_comments_behind_prints_are_promises_too(write_exercise):
    text = "```python\nx = 1\nprint(x + 1)  # 2\nprint(\n    'a'\n)  # a\nfor x in (): print(x)  # nothing\n```\n"
    exercise = load_exercise(write_exercise(prompt_md=text))
    assert check_code_blocks(exercise) == "1 ran and printed what the text says, 0 parse"
    exercise = load_exercise(write_exercise(prompt_md=text.replace("# 2", "# 3")))
    with pytest.raises(BadContent, match=r"prompt\.md, line 1: the block printed"):
        check_code_blocks(exercise)


def test_an_output_fence_counts_before_comments(write_exercise):
    text = "```python run\nprint(1)  # the first\n```\n```output\n1\n```\n"
    assert check_code_blocks(load_exercise(write_exercise(prompt_md=text))).startswith("1 ran")


def test_examples_of_an_implement_exercise_call_its_solution(write_implement):
    text = "```python\nprint(line(1.5), line(-1.0))  # 3.0 0.0\n```\n"
    assert check_code_blocks(load_exercise(write_implement(prompt_md=text))).startswith("1 ran")
    with pytest.raises(BadContent, match=r"printed '3\.0', the text says '4\.0'"):
        check_code_blocks(load_exercise(write_implement(prompt_md="```python\nprint(line(1.5))  # 4.0\n```\n")))
