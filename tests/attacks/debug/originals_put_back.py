# attack: finds the original functions behind the patched ones and puts them back
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch
import torch.nn.functional as F

for owner in (F, torch.Tensor, torch.autograd, torch.optim.Optimizer, torch.nn.Module, torch.utils.data.DataLoader):
    for name, value in list(vars(owner).items()):
        original = getattr(value, "__wrapped__", None)
        for cell in getattr(value, "__closure__", None) or ():
            try:
                content = cell.cell_contents
            except ValueError:
                continue
            if getattr(content, "__name__", None) == name:
                original = content
        if original is not None:
            try:
                setattr(owner, name, original)
            except (AttributeError, TypeError):
                pass
