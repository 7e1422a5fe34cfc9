# attack: reaches the recorder through the hooks it registered and swaps its event list
# expect: not passed
# exercise: spiral-classifier
# base: solution with missing-eval-mode, missing-no-grad
# place: before

import torch.nn.modules.module as module_hooks
import torch.optim.optimizer as optimizer_hooks


class Deaf(list):
    def append(self, event):
        if event.get("t") == "forward":
            event.update(out_grad=False, grad=False, eval_leaves=4, train_leaves=0)
        super().append(event)


for holder in (module_hooks, optimizer_hooks):
    for name, hooks in list(vars(holder).items()):
        if not name.startswith("_global") or not isinstance(hooks, dict):
            continue
        for hook in hooks.values():
            owners = [getattr(hook, "__self__", None)]
            owners += [cell.cell_contents for cell in getattr(hook, "__closure__", None) or ()]
            for owner in owners:
                for attribute, value in list(getattr(owner, "__dict__", {}).items()):
                    if isinstance(value, list):
                        setattr(owner, attribute, Deaf(value))
