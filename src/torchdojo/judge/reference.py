"""The reference solution in the judge: its model class, its data, and the facts of its run."""

from __future__ import annotations

import ast
import json
import math
import random
import types
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.batches import distinct_rows, training_batches
from torchdojo.probes.evaluation import row_count
from torchdojo.probes.expected import Expected
from torchdojo.probes.learning_rates import optimizer_steps
from torchdojo.probes.training import main_forwards

Pair = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of a run as counted by the judge; of the clean run, what a submission is compared with.

    `optimizer` is a fingerprint of the optimizer's class, settings and learning rates; `first_pass` the number of
    steps before the first evaluation pass; `update` the largest measured update in millionths of the weights' size;
    `trained` how many numbers had a gradient and an optimizer at last, -1 where freezing was not watched.
    """

    steps: int
    evaluation_passes: int
    rows: int
    held_out_rows: int
    parameters: int
    mode_leaves: int
    first_pass: int
    optimizer: int
    update: int
    trained: int = -1

    @property
    def expected(self) -> Expected:
        """What the probes may lean on."""
        return Expected(self.rows, self.held_out_rows or None, self.mode_leaves)

    def to_json(self) -> dict[str, float]:
        """The figures as they are kept in a report and in a proof."""
        return {name: float(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, float]) -> Facts | None:
        """The figures, None when one is missing."""
        try:
            return cls(**{name: int(data[name]) for name in cls.__slots__ if name != "trained" or name in data})
        except (KeyError, ValueError, TypeError):
            return None


def facts_of(trace: Trace) -> Facts:
    """Count a run."""
    batches = training_batches(trace)
    passes = trace.evaluation_passes
    forwards = main_forwards(trace)
    first_pass = passes[0][0]["id"] if passes else math.inf
    before = 0
    for event in trace.of("step", "forward"):
        if event["t"] == "forward" and event["id"] == first_pass:
            break
        before += event["t"] == "step"
    return Facts(
        steps=len(trace.steps),
        evaluation_passes=len(passes),
        rows=distinct_rows(batches) if batches else 0,
        held_out_rows=_usual_rows(passes),
        parameters=max((f.get("params", 0) for f in forwards), default=0),
        mode_leaves=max((f.get("train_leaves", 0) + f.get("eval_leaves", 0) for f in forwards), default=0),
        first_pass=before,
        optimizer=optimizer_fingerprint(trace),
        update=_largest_update(trace),
        trained=[-1, *(int(note["numbers"]) for note in trace.notes("freezing", "trained"))][-1],
    )


def _usual_rows(passes: Sequence[tuple[Event, ...]]) -> int:
    """The rows of most passes: a last one may come together with samples that the script draws, or with a test."""
    counts = sorted(row_count(forwards) for forwards in passes)
    return counts[len(counts) // 2] if counts else 0


def _largest_update(trace: Trace) -> int:
    sizes = [s["update"] for s in trace.steps if s.get("update") is not None and math.isfinite(s["update"])]
    return min(int(1e6 * max(sizes)), 1 << 53) if sizes else 0


def optimizer_fingerprint(trace: Trace) -> int:
    """The same number for the same optimizer class, settings and learning rates in every step."""
    steps = optimizer_steps(trace)
    if not steps or steps[0].get("opt") is None:
        return 0
    built = [e for e in trace.of("optimizer") if e["opt"] == steps[0]["opt"]]
    if not built:
        return 0
    rates = sorted({tuple(s["lrs"]) for s in trace.steps})
    said = [built[-1]["module"], built[-1]["cls"], built[-1]["hyper"], rates]
    return zlib.crc32(json.dumps(said, sort_keys=True).encode())


class Reference:
    """The solution's own names, run in the judge. It is our code: nothing of the submission is ever run here."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        module = types.ModuleType("reference_solution")
        path = str(exercise.folder / "solution.py")
        tree = definitions(ast.parse(exercise.solution, path))
        exec(compile(tree, path, "exec", dont_inherit=True), module.__dict__)
        self._module = module

    def data(self, seed: int) -> Pair:
        """A fresh training set as the solution makes it: x (N, ...) and y (N, ...)."""
        with seeded(seed):
            x, y = getattr(self._module, self._exercise.entries.data)()
        return torch.as_tensor(x), torch.as_tensor(y)

    def model(self, seed: int = 0) -> torch.nn.Module:
        """A fresh model of the solution's class, without dropout, so that its outputs can be compared."""
        with seeded(seed):
            model: torch.nn.Module = getattr(self._module, self._exercise.entries.model)()
        for layer in model.modules():
            if isinstance(layer, torch.nn.modules.dropout._DropoutNd):
                layer.p = 0.0
        return model


def definitions(tree: ast.Module) -> ast.Module:
    """What a script defines, without the work it does when it is run.

    A script that works only when it is run itself is left whole. Of any other, imports, functions, classes and the
    constants they may use are kept.
    """
    if any(isinstance(part, ast.If) and "__name__" in ast.unparse(part.test) for part in tree.body):
        return tree
    defined = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    kept: list[ast.stmt] = []
    constants: set[str] = set()
    for part in tree.body:
        if isinstance(part, (ast.Assign, ast.AnnAssign)):
            if not _is_constant(part, constants):
                continue
            constants |= {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}
        elif not isinstance(part, defined):
            continue
        kept.append(part)
    return ast.Module(kept, type_ignores=[])


def _is_constant(assignment: ast.Assign | ast.AnnAssign, constants: Collection[str]) -> bool:
    """Whether the value is made of literals and constants alone."""
    inner = list(ast.walk(assignment.value)) if assignment.value is not None else []
    called = any(isinstance(part, (ast.Call, ast.Attribute)) for part in inner)
    return not called and all(part.id in constants for part in inner if isinstance(part, ast.Name))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Every random number inside comes from `seed`; the states outside are left as they were."""
    states: tuple[Any, ...] = (random.getstate(), np.random.get_state())
    with torch.random.fork_rng(devices=[]):
        random.seed(seed)
        np.random.seed(seed % (1 << 32))
        torch.manual_seed(seed)
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])
