"""What each planted bug does to the figure a learner sees, alone and together, over several seeds.

    python benchmarks/effects.py spiral-classifier
    python benchmarks/effects.py tiny-regressor --seeds 10

Prints a Markdown table. "printed" is the last figure of the script itself; "fresh" is the same metric of the trained
network in eval mode, on data the script never made. A script that crashes shows its error instead.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import statistics
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from torchdojo.bugs.injection import inject_only
from torchdojo.domain.exercise import Exercise
from torchdojo.library.manifest import load_exercise

EXERCISES = Path(__file__).parents[1] / "exercises"
FRESH_SEED = 10_000


@dataclass(frozen=True)
class Effect:
    """The outcome of one run: both figures, or the error that ended it."""

    printed: float = float("nan")
    fresh: float = float("nan")
    error: str = ""


def run(exercise: Exercise, source: str, seed: int) -> Effect:
    """Run the script once in this process with that seed, and measure the network it trained."""
    reseeded, count = re.subn(r"^SEED = \d+$", f"SEED = {seed}", source, flags=re.MULTILINE)
    if count != 1:
        raise SystemExit(f"{exercise.id}: solution.py has {count} lines `SEED = <number>`; one is needed.")
    names: dict[str, Any] = {"__name__": "__main__"}
    output = io.StringIO()
    with networks_of(exercise.entries.model) as networks, contextlib.redirect_stdout(output):
        try:
            exec(compile(reseeded, exercise.filename, "exec"), names)
        except RuntimeError as error:
            return Effect(error=str(error).splitlines()[0])
    printed = float(re.findall(r"[-\d.]+|nan", output.getvalue())[-1])
    return Effect(printed, fresh_figure(exercise, networks[-1], names, seed))


@contextlib.contextmanager
def networks_of(class_name: str) -> Iterator[list[nn.Module]]:
    """The networks of that class that were called meanwhile, the latest last."""
    networks: list[nn.Module] = []

    def remember(module: nn.Module, *_: Any) -> None:
        if type(module).__name__ == class_name and module not in networks[-1:]:
            networks.append(module)

    handle = nn.modules.module.register_module_forward_hook(remember)
    try:
        yield networks
    finally:
        handle.remove()


def fresh_figure(exercise: Exercise, network: nn.Module, names: dict[str, Any], seed: int) -> float:
    """Accuracy or mean squared error of the network in eval mode on newly drawn data."""
    assert exercise.goal is not None
    torch.manual_seed(FRESH_SEED + seed)
    np.random.seed(FRESH_SEED + seed)
    x, y = names[exercise.entries.data]()
    with torch.no_grad():
        outputs = network.eval()(x)
    if exercise.goal.metric == "accuracy":
        return float((outputs.argmax(dim=1) == y).float().mean())
    return float((outputs.flatten() - y.flatten()).square().mean())


def row(exercise: Exercise, name: str, bug_ids: list[str], seeds: range) -> str:
    """One line of the table."""
    assert exercise.goal is not None
    source = inject_only(exercise, bug_ids)
    effects = [run(exercise, source, seed) for seed in seeds]
    errors = {effect.error for effect in effects if effect.error}
    if errors:
        return f"| {name} | {'; '.join(sorted(errors))} | | |"
    printed = [effect.printed for effect in effects]
    fresh = [effect.fresh for effect in effects]
    met = sum(exercise.goal.met_by(figure) for figure in printed)
    return f"| {name} | {figures(printed)} | {figures(fresh)} | {met} of {len(printed)} |"


def figures(values: list[float]) -> str:
    """The values as printed by the scripts, and their median."""
    ordered = sorted(values, key=lambda value: (value != value, value))
    return f"{' '.join(f'{value:.3f}' for value in values)} (median {statistics.median_low(ordered):.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure each planted bug alone.")
    parser.add_argument("exercise", help="e.g. spiral-classifier")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    found = [manifest.parent for manifest in EXERCISES.glob(f"*/{arguments.exercise}/exercise.toml")]
    if not found:
        sys.exit(f"No exercise {arguments.exercise!r} below {EXERCISES}.")
    exercise = load_exercise(found[0])
    assert exercise.goal is not None
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    every = [bug.id for bug in exercise.bugs]
    print(f"| planted | printed {exercise.goal.name} | fresh | goal met |\n|---|---|---|---|")
    for name, bug_ids in [("nothing", []), *((bug, [bug]) for bug in every), ("everything", every)]:
        print(row(exercise, name, bug_ids, range(arguments.seeds)), flush=True)


if __name__ == "__main__":
    main()
