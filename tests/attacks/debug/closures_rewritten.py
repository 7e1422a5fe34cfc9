# attack: empties the closures of whatever was put in place of torch's functions
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch
import torch.nn.functional as F

for owner in (F, torch.Tensor, torch.autograd, torch.optim.Optimizer, torch.nn.Module, torch.utils.data.DataLoader):
    for name, value in list(vars(owner).items()):
        for cell in getattr(value, "__closure__", None) or ():
            try:
                if not isinstance(cell.cell_contents, (type, str)) and not callable(cell.cell_contents):
                    cell.cell_contents = None
            except ValueError:
                pass
