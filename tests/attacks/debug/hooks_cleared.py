# attack: every global hook of modules and optimizers is cleared
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch.nn.modules.module as module_hooks
import torch.optim.optimizer as optimizer_hooks

for holder in (module_hooks, optimizer_hooks):
    for name, value in list(vars(holder).items()):
        if name.startswith("_global") and hasattr(value, "clear"):
            value.clear()
