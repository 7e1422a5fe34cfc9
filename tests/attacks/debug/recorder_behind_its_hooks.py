# attack: reaches the recorder through the hooks it registered and swaps its event list
# expect: not passed
# exercise: spiral-classifier
# base: solution with missing-eval-mode, missing-no-grad
# place: before

import torch.nn.modules.module as module_hooks
import torch.optim.optimizer as optimizer_hooks


class Deaf(list):
    def append(self, event):
        if isinstance(event, dict) and event.get("t") == "forward":
            event.update(out_grad=False, grad=False, eval_leaves=4, train_leaves=0)
        super().append(event)


def owners(hook):
    yield getattr(hook, "__self__", None)
    yield getattr(hook, "func", None)
    for cell in getattr(hook, "__closure__", None) or ():
        yield cell.cell_contents
        yield getattr(cell.cell_contents, "__self__", None)


for holder in (module_hooks, optimizer_hooks):
    for name, hooks in list(vars(holder).items()):
        if not name.startswith("_global") or not isinstance(hooks, dict):
            continue
        for hook in hooks.values():
            for owner in owners(hook):
                for attribute in ("events", "_events", "pending", "_pending"):
                    if isinstance(getattr(owner, attribute, None), list):
                        setattr(owner, attribute, Deaf(getattr(owner, attribute)))
