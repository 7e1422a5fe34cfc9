"""`%%dojo ID` in a real kernel, as a notebook talks to it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

jupyter_client = pytest.importorskip("jupyter_client")
pytest.importorskip("ipykernel")

EXERCISE = Path(__file__).parents[3] / "exercises" / "tensors" / "cat-and-stack"
SOLUTION = (EXERCISE / "solution.py").read_text(encoding="utf-8")
STARTER = (EXERCISE / "starter.py").read_text(encoding="utf-8")
WRONG = SOLUTION.replace("torch.stack([a, b], dim=1)", "torch.stack([a, b], dim=0)")

PATIENCE = 240


@dataclass
class Shown:
    """What a notebook shows below a cell."""

    status: str
    text: str = ""
    html: str = ""
    markdown: str = ""
    printed: str = ""
    next_cell: str = ""
    traceback: list[str] = field(default_factory=list)


class Notebook:
    """One kernel; `run` is pressing Shift-Enter."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, cell: str) -> Shown:
        sent = self._client.execute(cell)
        shown = Shown("")
        while True:
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != sent:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "display_data" | "execute_result":
                    shown.text += content["data"].get("text/plain", "")
                    shown.html += content["data"].get("text/html", "")
                    shown.markdown += content["data"].get("text/markdown", "")
                case "stream":
                    shown.printed += content["text"]
                case "error":
                    shown.traceback = content["traceback"]
                case "status" if content["execution_state"] == "idle":
                    break
        while True:
            reply = self._client.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == sent:
                break
        shown.status = reply["content"]["status"]
        for payload in reply["content"].get("payload", []):
            shown.next_cell += payload.get("text", "") if payload["source"] == "set_next_input" else ""
        return shown


@pytest.fixture(scope="module")
def notebook(tmp_path_factory) -> Iterator[Notebook]:
    folder = tmp_path_factory.mktemp("notebook")
    source = str(Path(__file__).parents[3] / "src")
    manager = jupyter_client.KernelManager(kernel_name="python3")
    manager.start_kernel(
        cwd=str(folder),
        env={
            **os.environ,
            "TORCHDOJO_HOME": str(folder / "data"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": source,
        },
    )
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        opened = Notebook(client)
        assert opened.run("%load_ext torchdojo").status == "ok"
        yield opened
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=False)
        manager.cleanup_resources()


def test_a_starter_is_told_that_nothing_is_written(notebook):
    shown = notebook.run(f"%%dojo cat-and-stack\n{STARTER}")
    assert shown.status == "ok"
    assert shown.text.startswith("runtime error")
    assert "NotImplementedError" in shown.text
    assert "NotImplementedError" in shown.html


def test_a_wrong_answer_is_refused_with_the_reason(notebook):
    assert WRONG != SOLUTION
    shown = notebook.run(f"%%dojo cat-and-stack\n{WRONG}")
    assert shown.text.startswith("wrong answer")
    assert "✗ " in shown.text
    assert "✗ " in shown.html


def test_a_right_answer_passes_and_counts(notebook):
    shown = notebook.run(f"%%dojo cat-and-stack\n{SOLUTION}")
    assert (shown.status, shown.text.split()[0]) == ("ok", "passed")
    assert shown.html.startswith("<pre")
    assert "passed" in shown.html
    told = notebook.run("!{__import__('sys').executable} -m torchdojo").printed
    assert re.search(r"^1 of \d+ exercises passed", told, re.MULTILINE)


def test_the_cell_runs_in_the_sandbox_and_not_in_the_notebook(notebook):
    notebook.run(f"%%dojo cat-and-stack\n{SOLUTION}\nleft_behind = 1")
    assert "NameError" in "".join(notebook.run("left_behind").traceback)
    assert notebook.run("import sys; print('torch' in sys.modules)").printed == "False\n"


def test_what_the_cell_prints_is_shown(notebook):
    assert (
        "printed by the answer"
        in notebook.run(f"%%dojo cat-and-stack\nprint('printed by the answer')\n{SOLUTION}").printed
    )


def test_line_numbers_are_those_of_the_cell(notebook):
    """Line 1 is the magic, as notebooks count."""
    assert "line 3" in notebook.run("%%dojo cat-and-stack\nimport torch\nraise ValueError('mine')\n").text
    assert "line 2" in notebook.run("%%dojo cat-and-stack\nimport = torch\n").text


def test_the_task_is_shown_and_the_starter_comes_into_a_new_cell(notebook):
    shown = notebook.run("%dojo cat-and-stack")
    assert shown.status == "ok"
    assert shown.markdown == (EXERCISE / "prompt.md").read_text(encoding="utf-8")
    assert shown.next_cell == f"%%dojo cat-and-stack\n{STARTER}"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        pytest.param("%%dojo cat-and-stak\nx = 1", "Did you mean cat-and-stack", id="unknown exercise"),
        pytest.param("%%dojo\nx = 1", "Name one exercise", id="no exercise"),
        pytest.param("%%dojo cat-and-stack layer-norm\nx = 1", "Name one exercise", id="two exercises"),
        pytest.param("%%dojo cat-and-stack\n  \n\n", "%dojo cat-and-stack", id="blank cell"),
        pytest.param("%%dojo cat-and-stack", "%dojo", id="no cell at all"),
    ],
)
def test_what_cannot_be_graded_gets_one_helpful_line(notebook, cell, words):
    shown = notebook.run(cell)
    assert shown.status == "error"
    assert words in shown.printed + "".join(shown.traceback)
    assert "Traceback" not in shown.printed + "".join(shown.traceback)


def test_a_missing_pytorch_is_named_with_what_to_type(notebook):
    hidden = (
        "import importlib.util as util\nfound = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'torch' else found(name, *rest)"
    )
    notebook.run(hidden)
    try:
        shown = notebook.run(f"%%dojo cat-and-stack\n{SOLUTION}")
    finally:
        notebook.run("util.find_spec = found")
    assert shown.status == "error"
    assert "PyTorch is not installed" in shown.printed + "".join(shown.traceback)
    assert "pip install" in shown.printed + "".join(shown.traceback)


def test_it_can_be_loaded_again_and_unloaded(notebook):
    try:
        notebook.run("%reload_ext torchdojo")
        assert notebook.run(f"%%dojo cat-and-stack\n{SOLUTION}").text.startswith("passed")
        notebook.run("%unload_ext torchdojo")
        shown = notebook.run("%%dojo cat-and-stack\nx = 1")
        assert "not found" in shown.printed + "".join(shown.traceback)
    finally:
        notebook.run("%load_ext torchdojo")
