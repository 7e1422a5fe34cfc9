"""generate.py run: the same seed asks the same, and a fault is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.judge.checks.faults import ContentFault
from torchdojo.judge.computing import ask
from torchdojo.judge.computing.formulas import broadcast, row_major, transposed, window
from torchdojo.judge.computing.measuring import blank, flops, parameters, shape_of, storage_bytes

SOUND = """
import torch
from torchdojo.domain.asking import whole

def question(rng, level):
    n = rng.randint(1, 10**9) + int(torch.randint(0, 10**9, ()))
    return whole("?", answer=n, formula=n, working=str(n), unit="", mistakes=[(level, "m")])
"""


def asked(folder: Path, pairs, text: str = SOUND):
    folder.mkdir(exist_ok=True)
    (folder / "generate.py").write_text(text)
    return [question for batch in ask(folder, pairs) for question in batch]


def test_seed_and_level_decide_the_question_alone(tmp_path):
    pairs = [(seed, level) for seed in range(30) for level in (1, 2)]
    first, again = asked(tmp_path / "f", pairs), asked(tmp_path / "f", pairs[::-1])[::-1]
    assert first == again
    assert len({question["answer"] for question in first}) == len(pairs)
    assert asked(tmp_path / "g", pairs) != first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def question(rng, level):\n    return 1 // 0", "generate.py:2: ZeroDivisionError"),
        ("def question(rng, level):\n    return 7", "not a Question"),
    ],
)
def test_a_question_that_cannot_be_made_is_told_with_its_seed(tmp_path, text, said):
    fault = asked(tmp_path / "f", [(5, 2)], text)[0]["fault"]
    assert "seed 5, level 2" in fault
    assert said in fault


@pytest.mark.parametrize(
    ("text", "said"),
    [("def question(", "generate.py:1"), ("x = 1", "KeyError"), ("import nothing_here", "generate.py:1")],
)
def test_a_file_that_cannot_be_loaded_is_told_with_its_line(tmp_path, text, said):
    with pytest.raises(ContentFault, match=said):
        asked(tmp_path / "f", [(1, 1)], text)


def test_measuring_runs_the_real_thing():
    from torch import nn

    layer = nn.Conv2d(3, 32, 3, device="meta")
    assert parameters(layer) == 896
    assert shape_of(lambda: layer(blank(2, 3, 32, 32))) == (2, 32, 30, 30)
    assert shape_of(lambda: blank(2) + blank(3)) == "raises"
    assert flops(lambda: blank(4, 5) @ blank(5, 6)) == 2 * 4 * 5 * 6
    assert storage_bytes(blank(3), blank(2)) == 20


def test_formulas():
    assert window(224, 7, 2, 3) == 112
    assert transposed(112, 4, 2, 1) == 224
    assert broadcast((4, 1), (4,)) == (4, 4)
    assert broadcast((3, 2), (3,)) == "raises"
    assert row_major((2, 3, 4)) == (12, 4, 1)
