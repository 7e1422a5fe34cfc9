"""Stand-ins inside the script: the judge's data for its own, the judge's choice of optimizer for its own."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import torch


def execute(tree: ast.Module, filename: str, namespace: dict[str, Any], name: str, wrap: Callable[[Any], Any]) -> None:
    """Run a module's statements one by one and wrap the function `name` as soon as it is defined."""
    for statement in tree.body:
        exec(compile(ast.Module([statement], []), filename, "exec", dont_inherit=True), namespace)
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            namespace[name] = wrap(namespace[name])


def data_stand_in(function: Callable[..., Any], data: Sequence[torch.Tensor]) -> Callable[..., Any]:
    """Returns the judge's rows in the form in which `function` returns its own; falls back to its own."""
    calls = count()

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        own = function(*args, **kwargs)
        first = 2 * next(calls) % len(data)
        try:
            return _in_form_of(own, data[first], data[first + 1])
        except (TypeError, ValueError, RuntimeError, IndexError):
            return own

    return stand_in


def _in_form_of(own: Any, x: torch.Tensor, y: torch.Tensor) -> Any:
    if isinstance(own, tuple) and len(own) == 2:
        return _values(own[0], x), _values(own[1], y)
    if isinstance(own, list) and len(own) == 2:
        return [_values(own[0], x), _values(own[1], y)]
    if isinstance(own, torch.utils.data.TensorDataset) and len(own.tensors) == 2:
        return torch.utils.data.TensorDataset(_values(own.tensors[0], x), _values(own.tensors[1], y))
    return own


def _values(own: Any, given: torch.Tensor) -> Any:
    """As many rows of `given` as `own` has, with its number of dimensions, dtype, device and container."""
    rows = given[torch.arange(len(own)) % len(given)]
    if own.ndim == 1 and rows.ndim > 1:
        rows = rows.reshape(len(own), -1)[:, 0]
    elif own.ndim == rows.ndim + 1:
        rows = rows.unsqueeze(-1)
    if isinstance(own, np.ndarray):
        return rows.numpy().astype(own.dtype)
    return rows.to(own.dtype).to(own.device)


def transplant(optimizer: Mapping[str, Any]) -> None:
    """Make every class of torch.optim build the candidate's optimizer instead."""
    chosen = getattr(importlib.import_module(optimizer["module"]), optimizer["cls"])
    accepted = set(inspect.signature(chosen).parameters)
    hyper = {name: value for name, value in optimizer["hyper"].items() if name in accepted and value is not None}

    def build(params: Any, *args: Any, **kwargs: Any) -> Any:
        return chosen(params, **{n: tuple(v) if isinstance(v, list) else v for n, v in hyper.items()})

    for name, value in list(vars(torch.optim).items()):
        if isinstance(value, type) and issubclass(value, torch.optim.Optimizer) and value is not torch.optim.Optimizer:
            setattr(torch.optim, name, build)


def set_rates(optimizer: Any, rates: Sequence[Any], step: int) -> None:
    """Give the learning rates of update `step` to the groups; the last ones are held."""
    given = rates[min(step, len(rates) - 1)]
    listed = list(given) if isinstance(given, (list, tuple)) else [given]
    for index, group in enumerate(optimizer.param_groups):
        # Other groups than the candidate's: the highest rate is the one to be judged.
        group["lr"] = listed[index] if len(listed) == len(optimizer.param_groups) else max(listed)
