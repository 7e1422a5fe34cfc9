"""Hostile answers to implement exercises through the real grader, and strange ones that are right."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Report, Verdict
from torchdojo.grading import Grader
from torchdojo.library import load_exercise, shipped_root

CORPUS = Path(__file__).parents[2] / "attacks"
CONTENT = shipped_root()

#: Long enough for an honest answer on a busy machine, short enough for code that never ends.
WALL_SECONDS = 3

#: An answer to modules/layer-norm that is right in all but one thing: what `normalise` calls.
BUILT_IN = """
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(normalized_shape))
        self.bias = nn.Parameter(torch.zeros(normalized_shape))

    def forward(self, x):
        shape = tuple(self.weight.shape)
        if tuple(x.shape[-len(shape) :]) != shape:
            raise ValueError("another shape")
        return normalise(x, shape, self.weight, self.bias, self.eps)
"""

#: The honest form of it.
BY_HAND = """
def normalise(x, shape, weight, bias, eps):
    dims = tuple(range(-len(shape), 0))
    centred = x - x.mean(dims, keepdim=True)
    return centred * torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps) * weight + bias
"""


@dataclass(frozen=True)
class Submitted:
    """One file of the corpus."""

    name: str
    header: dict[str, str]
    body: str

    @classmethod
    def read(cls, path: Path) -> Submitted:
        lines = path.read_text().splitlines()
        count = next(i for i, line in enumerate(lines) if not line.startswith("# "))
        header = dict(line[2:].split(": ", 1) for line in lines[:count])
        return cls(path.stem, header, "\n".join(lines[count:]) + "\n")

    def source(self, exercise: Exercise, hidden: Path) -> str:
        body = self.body.replace("@@HIDDEN@@", str(hidden))
        base = {
            "none": "",
            "starter": exercise.starter,
            "solution": exercise.solution,
            "built-in": BUILT_IN,
        }[self.header["base"]]
        return base + "\n\n" + body if self.header["place"] == "after" else body + "\n\n" + base


ATTACKS = [Submitted.read(path) for path in sorted((CORPUS / "implement").glob("*.py"))]
STRANGE = [Submitted.read(path) for path in sorted((CORPUS / "strange").glob("*.py"))]
EXERCISES = sorted({submitted.header["exercise"] for submitted in ATTACKS + STRANGE})


@dataclass(frozen=True)
class Dojo:
    """A grader whose content is marked with a word that nobody else can know."""

    grader: Grader
    hidden: Path
    canary: str

    def exercise(self, name: str) -> Exercise:
        return load_exercise(self.hidden / name)


@pytest.fixture(scope="module")
def dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dojo]:
    canary = f"canary-{secrets.token_hex(16)}"
    hidden = tmp_path_factory.mktemp("content")
    for exercise in EXERCISES:
        folder = hidden / exercise
        shutil.copytree(CONTENT / exercise, folder)
        for name in ("solution.py", "checks.py"):
            (folder / name).write_text(f"CANARY = {canary!r}\n" + (folder / name).read_text() + f"\n# {canary}\n")
        (folder / "debrief.md").write_text(f"{canary}\n")
        (folder / "proof.json").write_text(json.dumps({"secret": canary}))
        manifest = (folder / "exercise.toml").read_text()
        assert "[limits]" not in manifest
        (folder / "exercise.toml").write_text(f"{manifest}\n# {canary}\n[limits]\nwall_seconds = {WALL_SECONDS}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCHDOJO_TEST_SECRET", canary)
        with Grader(hidden=[hidden]) as grader:
            yield Dojo(grader, hidden, canary)


def _grade(dojo: Dojo, exercise: Exercise, source: str) -> tuple[Report, str]:
    shown: list[str] = []

    def watch(event: Any) -> None:
        shown.append(json.dumps(dict(event)))

    return dojo.grader.grade(exercise, source, seed=7, on_event=watch), "\n".join(shown)


def _graded(dojo: Dojo, submitted: Submitted) -> tuple[Report, str]:
    honest = load_exercise(CONTENT / submitted.header["exercise"])
    exercise = dojo.exercise(submitted.header["exercise"])
    return _grade(dojo, exercise, submitted.source(honest, exercise.folder))


def test_the_corpus_is_large_and_well_formed() -> None:
    assert len(ATTACKS) >= 35
    assert len(STRANGE) >= 10
    for submitted in ATTACKS + STRANGE:
        assert set(submitted.header) == {"attack", "expect", "exercise", "base", "place"}, submitted.name
        compile(submitted.body, submitted.name, "exec")
    assert {submitted.header["expect"] for submitted in ATTACKS} == {"not passed", "forbidden"}
    assert {submitted.header["expect"] for submitted in STRANGE} == {"passed"}


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_an_attack_gains_nothing(dojo: Dojo, attack: Submitted) -> None:
    report, shown = _graded(dojo, attack)
    told = json.dumps(report.to_json(), ensure_ascii=False)
    told.encode()  # what cannot be written down cannot be kept or shown
    assert dojo.canary not in told + shown
    assert report.verdict not in (Verdict.PASSED, Verdict.INTERNAL_ERROR), told
    if attack.header["expect"] == "forbidden":
        assert report.verdict is Verdict.FORBIDDEN, told


@pytest.mark.parametrize("submitted", STRANGE, ids=[submitted.name for submitted in STRANGE])
def test_a_strange_answer_that_is_right_passes(dojo: Dojo, submitted: Submitted) -> None:
    report, _ = _graded(dojo, submitted)
    assert report.verdict is Verdict.PASSED, report.message


def test_what_a_forbidden_call_was_put_into_is_right_without_it(dojo: Dojo) -> None:
    report, _ = _grade(dojo, dojo.exercise("modules/layer-norm"), BUILT_IN + BY_HAND)
    assert report.verdict is Verdict.PASSED, report.message


@pytest.mark.parametrize("name", EXERCISES)
def test_honest_solutions_pass_after_all_that(dojo: Dojo, name: str) -> None:
    report, _ = _grade(dojo, dojo.exercise(name), load_exercise(CONTENT / name).solution)
    assert report.verdict is Verdict.PASSED, report.message
