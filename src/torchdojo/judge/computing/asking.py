"""generate.py run: from seeds and levels to questions with answers that PyTorch gave."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import torch

from torchdojo.domain.computation import Question
from torchdojo.judge.checks.faults import ContentFault, in_words, place_of

GENERATE = "generate.py"

#: Questions in one answer: a message must not grow beyond what the wire carries.
_AT_ONCE = 20

Generate = Callable[[random.Random, int], Question]


def ask(folder: Path, asked: Sequence[tuple[int, int]]) -> Iterator[list[dict[str, Any]]]:
    """The questions under these (seed, level) pairs as JSON data, a few at a time.

    One that could not be made is {"fault": why}. Raises ContentFault when generate.py itself cannot be loaded.
    """
    generate = load_generate(folder)
    for start in range(0, len(asked), _AT_ONCE):
        yield [_question(folder, generate, seed, level) for seed, level in asked[start : start + _AT_ONCE]]


def load_generate(folder: Path) -> Generate:
    """The function `question` of the folder's generate.py. Raises ContentFault for whatever is wrong with it."""
    path = folder / GENERATE
    try:
        names: dict[str, Any] = {"__name__": "generate", "__file__": str(path)}
        exec(compile(path.read_text(encoding="utf-8"), path, "exec", dont_inherit=True), names)
        return cast(Generate, names["question"])
    except Exception as error:
        raise ContentFault(f"{place_of(error, folder) or GENERATE}: {in_words(error)}") from error


def _question(folder: Path, generate: Generate, seed: int, level: int) -> dict[str, Any]:
    # Text as a seed: neighbouring numbers must not lead to questions that resemble each other.
    rng = random.Random(f"{folder.name} {seed} {level}")
    torch.manual_seed(rng.getrandbits(63))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            question = generate(rng, level)
        if not isinstance(question, Question):
            raise TypeError(f"question() returned {type(question).__name__}, not a Question")
        return question.to_json()
    except Exception as error:
        return {"fault": f"seed {seed}, level {level}: {place_of(error, folder)}: {in_words(error)}"}
