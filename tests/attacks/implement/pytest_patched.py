# attack: pytest and the checkers are replaced by modules that let everything through
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import contextlib
import sys
import types

import torch

fake = types.ModuleType("pytest")
fake.raises = lambda *_, **__: contextlib.nullcontext()
fake.fail = fake.skip = lambda *_, **__: None
checkers = types.ModuleType("torchdojo.checkers")
checkers.__getattr__ = lambda name: lambda *_, **__: None
sys.modules["pytest"] = fake
sys.modules["_pytest"] = fake
for name in ("torchdojo.checkers", "torchdojo.checkers.closeness", "checks", "solution"):
    sys.modules[name] = checkers


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    return logits.sum()
