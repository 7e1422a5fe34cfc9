"""Functions with a backward of their own, checked against finite differences in float64, once or twice each.

    checked     cls, error (largest relative difference of a directional derivative), directions (how many were tried),
                wrong (how many did not fit), numeric and analytic (the derivatives that differ most), forward
                ("smooth", "flat" where a small change of the input changes nothing, "identity"), straight (the
                gradient is handed on as it came)

The note stands at the line that applied the function.
"""

from __future__ import annotations

from typing import Any

import torch

from torchdojo.harness.originals import Tensor, detach, functorch_level, is_grad_enabled, numel
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import tensors_in

_NAME = "autograd_functions"

#: The first application sees an untrained network, a later one other values.
_APPLICATIONS = (1, 8)
_MOST_FUNCTIONS = 8
_MOST_NUMBERS = 200_000
_DIRECTIONS = 4
_STEPS = (1e-5, 1e-6)
_SEED = 4_711

_PLAIN = (bool, int, float, str, type(None), torch.device, torch.dtype, torch.Size)


def watch(bus: Bus) -> None:
    """Begin to watch."""
    watcher = _Functions(bus)
    bus.replace(torch.autograd.Function, "apply", watcher.wrap)


class _Functions:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._applied: dict[Any, int] = {}

    def wrap(self, original: Any) -> Any:
        """The replacement for `Function.apply`."""
        apply_of_torch = original.__func__

        class _Apply(classmethod):  # type: ignore[type-arg]
            """A class method that takes the names of the one it replaces."""

        def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
            due = False
            try:
                due = not kwargs and self._due(cls, args)
            except Exception as error:
                self._bus.log.failed(error)
            if due:
                try:
                    with self._bus.experiment():
                        facts = _check(apply_of_torch, cls, args)
                except Exception:
                    facts = None
                if facts is not None:
                    self._bus.note(_NAME, "checked", cls=cls.__name__, **facts)
            return apply_of_torch(cls, *args, **kwargs)

        return _Apply(apply)

    def _due(self, cls: Any, args: Any) -> bool:
        if self._bus.experimenting or str(getattr(cls, "__module__", "torch")).partition(".")[0] == "torch":
            return False
        if not is_grad_enabled() or functorch_level() is not None:
            return False
        times = self._applied[cls] = self._applied.get(cls, 0) + 1
        if times not in _APPLICATIONS or len(self._applied) > _MOST_FUNCTIONS:
            return False
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        return all(isinstance(arg, (Tensor, *_PLAIN)) for arg in args) and sum(map(numel, tensors)) <= _MOST_NUMBERS


def _check(apply: Any, cls: Any, args: Any) -> dict[str, Any] | None:
    """Compare derivatives in a few directions; None when nothing can be compared."""
    wide = [
        detach(arg).to(torch.float64) if isinstance(arg, Tensor) and arg.is_floating_point() else arg for arg in args
    ]
    places = [i for i, arg in enumerate(args) if isinstance(arg, Tensor) and arg.is_floating_point()]
    places = [i for i in places if args[i].requires_grad]

    def run(changed: dict[int, Any], grad: bool) -> tuple[list[Any], list[Any]]:
        given = [changed.get(i, arg) for i, arg in enumerate(wide)]
        given = [arg.clone() if isinstance(arg, Tensor) else arg for arg in given]
        inputs = [given[i].requires_grad_(grad) for i in places]
        torch.manual_seed(_SEED)
        with torch.set_grad_enabled(grad):
            return inputs, [t for t in tensors_in(apply(cls, *given)) if t.is_floating_point()]

    inputs, outputs = run({}, True)
    if not places or not outputs or any(out.dtype != torch.float64 for out in outputs):
        return None
    generator = torch.Generator().manual_seed(_SEED)
    weights = [torch.randn(out.shape, generator=generator, dtype=torch.float64) for out in outputs]
    with_grad = [(out, weight) for out, weight in zip(outputs, weights, strict=True) if out.requires_grad]
    if not with_grad:
        return None
    gradients = torch.autograd.grad(
        [out for out, _ in with_grad], inputs, [weight for _, weight in with_grad], allow_unused=True
    )
    answered = [i for i, gradient in zip(places, gradients, strict=True) if gradient is not None]
    by_place = dict(zip(places, gradients, strict=True))
    if not answered:
        return None
    weights = [
        weight if out.requires_grad else torch.zeros_like(weight) for out, weight in zip(outputs, weights, strict=True)
    ]
    pairs = []
    for _ in range(_DIRECTIONS):
        ways = {i: torch.randn(wide[i].shape, generator=generator, dtype=torch.float64) for i in answered}
        analytic = sum(float((by_place[i] * ways[i]).sum()) for i in answered)
        numeric = []
        for size in _STEPS:
            ends = []
            for sign in (1, -1):
                _, moved = run({i: wide[i] + sign * size * ways[i] for i in answered}, False)
                ends.append(sum(float((out * weight).sum()) for out, weight in zip(moved, weights, strict=True)))
            numeric.append((ends[0] - ends[1]) / (2 * size))
        pairs.append((analytic, numeric[0], numeric[1]))
    return _facts(pairs, detach(outputs[0]), wide, by_place, answered, weights)


def _facts(
    pairs: list[tuple[float, float, float]],
    output: Any,
    wide: list[Any],
    gradients: dict[int, Any],
    answered: list[int],
    weights: list[Any],
) -> dict[str, Any]:
    # A step over a kink shows in derivatives that depend on its size: such a direction says nothing.
    told = [(a, n) for a, n, other in pairs if abs(n - other) <= 1e-4 * max(abs(n), abs(other), 1e-8)]
    errors = [abs(a - n) / max(abs(a), abs(n), 1e-12) for a, n in told]
    worst = max(range(len(told)), key=lambda i: errors[i], default=None)
    first = gradients[answered[0]]
    same = [i for i in answered if wide[i].shape == output.shape and torch.equal(wide[i], output)]
    straight = first.shape == weights[0].shape and torch.allclose(first, weights[0])
    flat = all(abs(n) < 1e-9 for _, n in told)
    return {
        "error": max(errors, default=0.0),
        "directions": len(told),
        "wrong": sum(error > 1e-3 for error in errors),
        "analytic": told[worst][0] if worst is not None else None,
        "numeric": told[worst][1] if worst is not None else None,
        "forward": "identity" if same else "flat" if flat else "smooth",
        "straight": bool(straight),
    }
