# style: drops whole rows
# verdict: wrong_answer
# caught by: test_dropout_acts_on_the_branch_in_training
import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, dim, hidden, dropout=0.0):
        super().__init__()
        self.norm, self.fc1, self.fc2 = nn.LayerNorm(dim), nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.fc2.load_state_dict({k: torch.zeros_like(v) for k, v in self.fc2.state_dict().items()})
        self.keep = 1 - dropout

    def forward(self, x):
        if x.shape[-1:] != self.fc1.weight.shape[1:]:
            raise ValueError("x")
        y = self.fc2(self.fc1(self.norm(x)).clamp_min(0))
        if self.training and self.keep < 1:
            y = y * (torch.rand_like(y[..., :1]) < self.keep) / max(self.keep, 1e-12)
        return x.add(y)
