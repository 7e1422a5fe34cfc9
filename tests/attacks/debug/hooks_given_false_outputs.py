# attack: stands between torch and the recorder's hooks and hands them harmless outputs during validation
# expect: not passed
# exercise: spiral-classifier
# base: solution with missing-no-grad
# place: before

import torch
import torch.nn.modules.module as module_hooks


def between(hook):
    def lying(module, inputs, *output):
        if module.training:
            return hook(module, inputs, *output)
        with torch.no_grad():
            hook(module, inputs, *(out.detach() for out in output))

    return lying


for name in ("_global_forward_hooks", "_global_forward_pre_hooks"):
    hooks = getattr(module_hooks, name)
    for key, hook in list(hooks.items()):
        hooks[key] = between(hook)
