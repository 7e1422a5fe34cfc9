# attack: torch.no_grad is an empty context
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants missing-no-grad
# place: before

import contextlib

import torch

torch.no_grad = torch.inference_mode = contextlib.nullcontext
