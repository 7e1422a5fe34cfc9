"""What the recorder needs of torch, captured before any learner code runs.

A script may patch torch (by design or by accident). Everything here is the C-level getter or function itself, so a
later patch changes neither what is recorded nor how.
"""

from __future__ import annotations

import sys
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

_base: Any = torch._C.TensorBase
_namespace: Any = vars(_base)

grad_of: Callable[[Any], Any] = _namespace["grad"].__get__
version_of: Callable[[Any], int] = _namespace["_version"].__get__
grad_fn_of: Callable[[Any], Any] = _namespace["grad_fn"].__get__
requires_grad_of: Callable[[Any], bool] = _namespace["requires_grad"].__get__
is_leaf_of: Callable[[Any], bool] = _namespace["is_leaf"].__get__
shape_of: Callable[[Any], tuple[int, ...]] = _namespace["shape"].__get__
dtype_of: Callable[[Any], torch.dtype] = _namespace["dtype"].__get__
device_of: Callable[[Any], torch.device] = _namespace["device"].__get__
layout_of: Callable[[Any], torch.layout] = _namespace["layout"].__get__
is_cpu_of: Callable[[Any], bool] = _namespace["is_cpu"].__get__

detach: Callable[..., Any] = _base.detach
clone: Callable[..., Any] = _base.clone
narrow: Callable[..., Any] = _base.narrow
to: Callable[..., Any] = _base.to
as_numpy: Callable[..., Any] = _base.numpy
item: Callable[[Any], Any] = _base.item
any_nonzero: Callable[[Any], Any] = _base.any
data_ptr: Callable[[Any], int] = _base.data_ptr
numel: Callable[[Any], int] = _base.numel
reshape: Callable[..., Any] = _base.reshape
is_contiguous: Callable[[Any], bool] = _base.is_contiguous
copy_: Callable[..., Any] = _base.copy_

is_grad_enabled: Callable[[], bool] = torch._C.is_grad_enabled
is_inference_mode_enabled: Callable[[], bool] = torch._C.is_inference_mode_enabled
#: Not None inside torch.func transforms, where tensors have no values of their own.
functorch_level: Callable[[], Any] = torch._C._functorch.peek_interpreter_stack

Tensor = torch.Tensor
Parameter = torch.nn.Parameter
Module = torch.nn.Module
Optimizer = torch.optim.Optimizer
Loader = DataLoader

weak: Any = weakref.ref
now = time.perf_counter
#: Seconds that this thread has worked: other programs on a busy machine do not count.
worked = time.thread_time
frame_at = sys._getframe
array_copy: Callable[..., Any] = np.ndarray.copy


def is_zero(tensor: Any) -> bool:
    """Whether every element is zero (a NaN is not)."""
    return not item(any_nonzero(detach(tensor)))
