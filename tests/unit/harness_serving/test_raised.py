"""What the judge is told of an exception: whether a line of the submission raises it, or something that it calls."""

from __future__ import annotations

import linecache

import pytest
import torch

from torchdojo.harness.serving.raised import described

FILE = "answer.py"

OWN = {
    "bare": "raise NotImplementedError",
    "with words": "raise NotImplementedError('todo')",
    "in a block": "with torch.no_grad():\n        raise NotImplementedError",
    "beneath torch": "inner(x)",
}
FOREIGN = {
    "kernel": "torch.linalg.det(torch.ones(2, 2, dtype=torch.int8).to_sparse())",
    "no forward": "torch.nn.Module()(x)",
    "raised again": "try:\n        x.to_sparse() ** x\n    except Exception:\n        raise",
    "no item": "torch.utils.data.Dataset()[0]",
    "by operator": "x.to_sparse() ** x",
}
SOURCE = """
import torch
@torch.no_grad()
def inner(x):
    raise NotImplementedError
def answer(x):
    {body}
"""


def told(body: str) -> dict[str, object]:
    source = SOURCE.format(body=body)
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    names: dict[str, object] = {}
    exec(compile(source, FILE, "exec"), names)
    answer = names["answer"]
    assert callable(answer)
    with pytest.raises(NotImplementedError) as caught:
        answer(torch.ones(2, 2))
    return described(caught.value, FILE)


@pytest.mark.parametrize("body", OWN.values(), ids=OWN.keys())
def test_what_the_submission_raises_is_its_own(body: str) -> None:
    assert told(body)["own"] is True


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_something_else_raises_is_not(body: str) -> None:
    found = told(body)
    assert found["own"] is False
    assert found["line"]
