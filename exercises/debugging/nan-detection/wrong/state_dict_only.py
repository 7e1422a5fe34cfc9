# style: puts back what is in the state dict
# verdict: wrong_answer
# caught by: test_leaves_no_trace
from collections.abc import Callable
from typing import Any

import torch
from torch import nn


def find_bad(model: nn.Module, x: torch.Tensor, loss_fn: Callable[[Any], torch.Tensor]) -> tuple[str, str] | None:
    """The first place with a NaN or an infinity in one forward and backward pass, None if there is none.

    x: input of the model; loss_fn: what the model gives -> scalar.
    """
    if not _finite(x):
        return "input", ""
    for name, parameter in model.named_parameters():
        if not _finite(parameter):
            return "parameter", name
    for name, buffer in model.named_buffers():
        if not _finite(buffer):
            return "buffer", name

    names = {module: name for name, module in model.named_modules()}
    culprits: list[str] = []

    def watch(module: nn.Module, args: tuple, kwargs: dict, output: Any) -> None:
        if _finite((args, kwargs)) and not _finite(output):
            culprits.append(names[module])

    kept = {k: v.clone() for k, v in model.state_dict().items()}
    hooks = [module.register_forward_hook(watch, with_kwargs=True) for module in names]
    try:
        with torch.enable_grad():
            loss = loss_fn(model(x))  # ()
        if culprits:
            return "forward", culprits[0]
        if not _finite(loss):
            return "loss", ""
        trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        if loss.requires_grad and trained:
            gradients = torch.autograd.grad(loss, [*trained.values()], allow_unused=True)  # leaves .grad alone
            for name, gradient in zip(trained, gradients, strict=True):
                if not _finite(gradient):
                    return "gradient", name
        return None
    finally:
        for hook in hooks:
            hook.remove()
        model.load_state_dict(kept)


def _finite(value: Any) -> bool:
    """Whether all tensors in the value have finite numbers only."""
    if isinstance(value, torch.Tensor):
        return bool(value.isfinite().all())
    if isinstance(value, dict):
        return all(_finite(part) for part in value.values())
    if isinstance(value, (tuple, list)):
        return all(_finite(part) for part in value)
    return True
