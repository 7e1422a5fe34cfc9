"""What the judge asks of one run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True)
class Options:
    """How to run a script. The defaults run it as it is, recorded.

    `seed` seeds Python, NumPy and torch before the script. `accelerator` is "cuda", "mps" or "none" for a simulated
    machine, None for this one. `sample` bounds the training forwards whose scores and gradients are recorded.
    The run is stopped at the first update after `stop_steps` updates and `stop_evaluations` evaluation passes.
    `replace_data` names a function whose calls return `data` (pairs of tensors in order of the calls), in the form in
    which the script's own function returns it. `weights` are loaded into the first model that trains, when they fit.
    `capture_steps` bounds the updates that are captured, `capture_evaluation` asks for the first evaluation pass.
    `optimizer` replaces every optimizer the script builds: {cls, module, hyper, lrs}. `watch` names the watchers that
    note what only some kinds of bugs show. `inflate` multiplies gradients before about every second update.
    """

    seed: int = 0
    accelerator: str | None = None
    sample: int = 24
    stop_steps: int | None = None
    stop_evaluations: int = 0
    replace_data: str | None = None
    data: Sequence[torch.Tensor] = ()
    weights: Mapping[str, torch.Tensor] | None = None
    dropout_off: bool = False
    capture_steps: int = 0
    capture_evaluation: bool = False
    optimizer: Mapping[str, Any] | None = None
    argv: Sequence[str] = field(default_factory=tuple)
    watch: Collection[str] = frozenset()
    inflate: float = 1.0


def read_options(request: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> Options:
    """The options in a job's request and the tensors of its first frame ("data.N", "weights.NAME")."""
    stop = request.get("stop_after") or {}
    weights = {name.removeprefix("weights."): t for name, t in tensors.items() if name.startswith("weights.")}
    data = [tensors[f"data.{i}"] for i in range(len(tensors)) if f"data.{i}" in tensors]
    return Options(
        seed=int(request["seed"]),
        accelerator=request.get("accelerator"),
        sample=int(request.get("sample", 24)),
        stop_steps=stop.get("steps"),
        stop_evaluations=int(stop.get("evaluation_passes", 0)),
        replace_data=request.get("replace_data") or None,
        data=data,
        weights=weights if request.get("initial_weights") and weights else None,
        dropout_off=bool(request.get("dropout_off", False)),
        capture_steps=int(request.get("capture_steps", 0)),
        capture_evaluation=bool(request.get("capture_evaluation", False)),
        optimizer=request.get("optimizer"),
        watch=frozenset(request.get("watch") or ()),
        inflate=float(request.get("inflate", 1.0)),
    )
