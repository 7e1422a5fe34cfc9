"""A goal that the exercise measures by itself: goal.py, run on the reference's model with the submission's weights.

`measure(model, seed)` returns the figure; everything random in it comes from `seed`. The model is what `build()` of
goal.py returns, or, without one, an instance of the solution's `entries.model`; it is handed over in eval mode with
the weights that the submission's run ended with.
"""

from __future__ import annotations

import math
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from torchdojo.judge.goal import Measured
from torchdojo.judge.reference import Reference, seeded
from torchdojo.judge.stream import Stream
from torchdojo.judge.tensors import from_wire

GOAL_FILE = "goal.py"

ANSWER_SECONDS = 20.0


class GoalFile:
    """The goal.py of an exercise folder."""

    def __init__(self, folder: Path, reference: Reference) -> None:
        path = folder / GOAL_FILE
        module = types.ModuleType("goal")
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
        self._names = vars(module)
        self._reference = reference

    def measure(self, stream: Stream, seed: int) -> Measured:
        """The figure for the model that the run trained; None, with the reason, when there is none to measure."""
        model = self._build()
        wanted = [(name, tuple(tensor.shape)) for name, tensor in model.state_dict().items()]
        question = {"type": "weights", "like": [list(shape) for _, shape in wanted]}
        answer = stream.ask(question, {}, ANSWER_SECONDS)
        if answer is None or answer.type != "weights":
            return Measured(None, "No trained model was there to be measured.")
        given = [(n.removeprefix("state."), from_wire(t)) for n, t in answer.tensors.items() if n.startswith("state.")]
        fitting = fitted(given, wanted)
        if fitting is None:
            return Measured(None, "The trained model's weights are not of the shapes that the reference's has.")
        if not all(bool(torch.isfinite(t).all()) for t in fitting.values() if t.is_floating_point()):
            return Measured(None, "The trained model's weights are not finite.")
        model.load_state_dict(fitting)
        with seeded(seed), torch.no_grad():
            value = float(self._names["measure"](model.eval(), seed))
        return Measured(value if math.isfinite(value) else None, "" if math.isfinite(value) else "It is not finite.")

    def _build(self) -> torch.nn.Module:
        with seeded(0):
            build: Any = self._names.get("build")
            model: torch.nn.Module = self._reference.model() if build is None else build()
        return model


def fitted(
    given: Sequence[tuple[str, torch.Tensor]], wanted: Sequence[tuple[str, tuple[int, ...]]]
) -> dict[str, torch.Tensor] | None:
    """The given weights under the wanted names: by name, else in order within each shape; None when neither fits.

    A fix may rename a layer, keep its layers in another container or the parts of a layer in another order: the order
    of the weights of one shape then stays.
    """
    by_name = dict(given)
    if all(name in by_name and tuple(by_name[name].shape) == shape for name, shape in wanted):
        return {name: by_name[name] for name, _ in wanted}
    shapes = [tuple(tensor.shape) for _, tensor in given]
    if sorted(shapes) != sorted(shape for _, shape in wanted):
        return None
    # Tensors of different shapes may change places: of each shape, the order alone says which is which.
    left = {shape: [tensor for _, tensor in given if tuple(tensor.shape) == shape] for shape in set(shapes)}
    return {name: left[shape].pop(0) for name, shape in wanted}
