"""Listens at the dispatcher, where every call of an operator passes: by name, by table, scripted, or mapped."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

#: Where the kernels sit that a call reaches first: with and without autograd, and beneath vmap.
_KEYS = ("AutogradCPU", "CPU", "AutogradCUDA", "CUDA", "FuncTorchBatched")

#: Operators that do the work of a function under a name of their own. A star stands for any ending.
_WORKERS = {
    "batch_norm": ("_batch_norm_*", "_native_batch_norm_legit*", "cudnn_batch_norm", "miopen_batch_norm"),
    "cdist": ("_cdist_forward", "_euclidean_dist"),
    "cross_entropy": ("cross_entropy_loss",),
    "lstm": ("mkldnn_rnn_layer", "quantized_lstm", "_lstm_mps", "_cudnn_rnn"),
    "lstm_cell": ("_thnn_fused_lstm_cell", "quantized_lstm_cell"),
    "multi_head_attention_forward": ("_native_multi_head_attention", "_triton_multi_head_attention"),
    "nll_loss": ("nll_loss_nd", "nll_loss2d", "nll_loss_forward", "nll_loss2d_forward"),
    "rms_norm": ("_fused_rms_norm",),
    "scaled_dot_product_attention": ("_scaled_dot_product_*",),
}

#: Every overload there is, by the name before the dot.
_OVERLOADS: dict[str, list[str]] = {}
for _name in torch._C._dispatch_get_all_op_names():
    if _name.startswith("aten::"):
        _OVERLOADS.setdefault(_name[6:].partition(".")[0], []).append(_name[6:])


def _spelt_out(pattern: str) -> set[str]:
    if not pattern.endswith("*"):
        return {pattern}
    return {each for each in _OVERLOADS if each.startswith(pattern[:-1]) and not each.endswith("_backward")}


#: The same with no star. Found here and now: a forked process would have to copy every name it looks at.
_WORKING_FOR = {name: set().union(*map(_spelt_out, patterns)) for name, patterns in _WORKERS.items()}


def operators_of(name: str) -> Iterator[str]:
    """The operators that do the work of a function of torch, by its dotted name; none for other functions."""
    root, _, last = name.rpartition(".")
    if root.partition(".")[0] != "torch":
        return
    plain = last.rstrip("_")
    wanted = {plain, f"{plain}_", f"_{plain}", f"native_{plain}", f"_native_{plain}"}
    wanted |= _WORKING_FOR.get(plain, set())
    for each in sorted(wanted & _OVERLOADS.keys()):
        yield from _OVERLOADS[each]


def listen(operators: Iterable[tuple[str, Callable[[], None]]]) -> Any:
    """Call a function before every call of an operator, e.g. "huber_loss.out", for as long as the result is kept.

    What torch.library makes would do, but torch keeps a list of those, and who finds them there can undo them.
    """
    library: Any = torch._C._dispatch_library("IMPL", "aten", "", __file__, 0)
    find_kernel: Any = getattr(torch.library, "get_kernel", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It is meant to lie over what is there.
        for operator, told in operators:
            for key in _KEYS if find_kernel is not None else ():
                try:
                    kernel = find_kernel(f"aten::{operator}", key)
                except RuntimeError:
                    continue  # There is none.
                library.impl(operator, key, _listening(kernel, told), True)
    return library


def _listening(kernel: Any, told: Callable[[], None]) -> Callable[..., Any]:
    call = kernel.call_boxed

    def listening(keys: Any, *args: Any, **kwargs: Any) -> Any:
        told()
        return call(keys, *args, **kwargs)

    return listening
