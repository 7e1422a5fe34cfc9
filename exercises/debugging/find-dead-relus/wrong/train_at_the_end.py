# style: calls train() on the whole model at the end
# verdict: wrong_answer
# caught by: test_modes_are_put_back
from collections.abc import Iterable

import torch
from torch import nn


def find_dead_relus(model: nn.Module, batches: Iterable[torch.Tensor]) -> dict[str, list[int]]:
    """The channels of each nn.ReLU that give nothing above 0 for any of the batches.

    batches: inputs of the model. A ReLU's output has shape (n, c, ...); c are its channels.
    Returns the dead channels by the module's name, for each ReLU that ran.
    """
    relus = {module: name for name, module in model.named_modules() if isinstance(module, nn.ReLU)}
    alive: dict[nn.Module, torch.Tensor] = {}

    def watch(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        fired = (output > 0).transpose(0, 1).flatten(1).any(dim=1)  # (c,)  over rows and positions
        alive[module] = alive[module] | fired if module in alive else fired

    modes = {module: module.training for module in model.modules()}
    hooks = [module.register_forward_hook(watch) for module in relus]
    try:
        model.eval()
        with torch.no_grad():
            for x in batches:
                model(x)
    finally:
        for hook in hooks:
            hook.remove()
        model.train(modes[model])
    return {name: torch.nonzero(~alive[module]).flatten().tolist() for module, name in relus.items() if module in alive}
