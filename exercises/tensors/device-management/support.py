"""What the checks do on the learner's side: they answer for the machine, and look at devices."""

from collections import namedtuple
from contextlib import contextmanager
from unittest import mock

import torch
from torch.utils._python_dispatch import TorchDispatchMode

Pair = namedtuple("Pair", ["first", "second"])


@contextmanager
def machine(cuda, mps):
    """As if CUDA and MPS were there, or not."""
    with (
        mock.patch.object(torch.cuda, "is_available", lambda: cuda),
        mock.patch.object(torch.backends.mps, "is_available", lambda: mps),
    ):
        yield


def nested():
    ids = torch.arange(3)
    return {
        "image": torch.ones(2, 3, dtype=torch.float16),
        "ids": [ids, (ids + 1, "text", None)],
        "pair": Pair(torch.zeros(2, dtype=torch.bool), {"deep": [torch.ones(1)], "number": 7}),
        3: (),
    }


def describe(value):
    """Tensors as text, everything else as it is, with the names of the containers."""
    if isinstance(value, torch.Tensor):
        return f"{value.dtype} {tuple(value.shape)} on {value.device}"
    if isinstance(value, dict):
        return [type(value).__name__, [[key, describe(part)] for key, part in value.items()]]
    if isinstance(value, list | tuple):
        return [type(value).__name__, [describe(part) for part in value]]
    return value


def moved(move_to, device):
    """What became of a nested batch, and what it looks like itself afterwards."""
    batch = nested()
    result = move_to(batch, device)
    return describe(result), describe(batch)


def link_of(move_to):
    """Whether a moved tensor still hangs on the graph."""
    return move_to([torch.ones(2, requires_grad=True) * 2], "meta")[0].requires_grad


def module_in_a_batch(move_to):
    """Where the weights of a module that is part of a batch are afterwards."""
    module = torch.nn.Linear(1, 1)
    move_to({"x": torch.ones(2), "model": module}, "meta")
    return module.weight.device.type


class Waits(TorchDispatchMode):
    """Notes how each copy between devices was asked for."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func is torch.ops.aten._to_copy.default:
            self.seen.append(bool(kwargs.get("non_blocking", False)))
        elif func is torch.ops.aten.copy_.default:
            self.seen.append(bool(args[2] if len(args) > 2 else kwargs.get("non_blocking", False)))
        return func(*args, **kwargs)


def copies(move_to, **options):
    batch = nested()
    with Waits() as waits:
        move_to(batch, "meta", **options)
    return waits.seen


def on_meta(function, *arguments, shape=(2, 3, 4), dtype=torch.float32):
    """The result of a call with a tensor that has no values."""
    return describe(function(torch.empty(shape, dtype=dtype, device="meta"), *arguments))


def module_on_meta(module, shape):
    module.to("meta")
    return describe(module.mean), describe(module.std), on_meta(module, shape=shape)
