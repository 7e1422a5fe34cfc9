"""Programs of texts in the real sandbox."""

from __future__ import annotations

import threading

import pytest

from torchdojo.domain.blocks import run_blocks
from torchdojo.domain.errors import Cancelled
from torchdojo.grading import Grader
from torchdojo.library import Library

LIBRARY = Library()


@pytest.fixture(scope="module")
def grader():
    with Grader(hidden=LIBRARY.roots) as opened:
        yield opened


def test_a_program_of_a_question_prints_what_the_question_says(grader):
    (block, *_) = run_blocks(LIBRARY.question("backpropagation").code)
    seen = []
    ran = grader.run_block(block.source, on_event=seen.append)
    assert ran.finished
    assert ran.printed.split() == block.output.split()
    assert "".join(event["text"] for event in seen) == ran.printed


def test_an_error_is_shown_with_its_line_and_without_our_own(grader):
    ran = grader.run_block("print('first')\n\n1 / 0\n")
    assert not ran.finished
    assert ran.told == ""
    assert ran.printed.startswith("first\nTraceback")
    assert "line 3" in ran.printed
    assert "torchdojo" not in ran.printed
    assert "ZeroDivisionError" in ran.printed
    assert "SyntaxError" in grader.run_block("def (").printed


def test_content_cannot_be_read_and_no_process_started(grader):
    ran = grader.run_block(f"print(open({str(LIBRARY.roots[0] / 'curriculum.toml')!r}).read())")
    assert not ran.finished
    assert "Error" in ran.printed
    assert not grader.run_block("import os\nif os.fork() == 0: os._exit(0)\n").finished


def test_a_flood_of_output_ends_the_run(grader):
    ran = grader.run_block("while True: print('x' * 1000)")
    assert not ran.finished
    assert "64 KB" in ran.told
    assert len(ran.printed) < 100_000


def test_a_run_can_be_stopped(grader):
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        grader.run_block("print(1, flush=True)\nwhile True: pass", on_event=lambda _: cancel.set(), cancel=cancel)
    assert grader.run_block("print(2)").printed == "2\n"
