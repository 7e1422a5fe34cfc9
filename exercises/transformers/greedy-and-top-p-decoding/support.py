"""A model beside the learner's code."""

import torch


class Probe(torch.nn.Module):
    """Next is token + 1. Remembers whether gradients were recorded."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))
        self.recording = []

    def forward(self, ids):
        self.recording.append(torch.is_grad_enabled() and not torch.is_inference_mode_enabled())
        return self.weight * torch.nn.functional.one_hot((ids + 1) % 6, 6)
