# style: uniform_ by hand, F functions in forward, inference_mode and try/finally in predict
import math

import torch
import torch.nn.functional as F
from torch import nn


class FeedForwardNet(nn.Module):
    def __init__(self, in_dim, hidden_dim, out_dim, dropout=0.1):
        super().__init__()
        self.p = dropout
        self.fc1 = nn.Linear(in_dim, hidden_dim)
        self.bn1 = nn.BatchNorm1d(hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, out_dim)
        with torch.no_grad():
            self.fc1.weight.uniform_(-math.sqrt(6 / in_dim), math.sqrt(6 / in_dim))
            bound = math.sqrt(6 / (hidden_dim + out_dim))
            self.fc2.weight.uniform_(-bound, bound)
            self.fc1.bias.zero_()
            self.fc2.bias.zero_()

    def forward(self, x):
        if tuple(x.shape[1:]) != (self.fc1.in_features,):
            raise ValueError("shape")
        x = F.relu(self.bn1(F.linear(x, self.fc1.weight, self.fc1.bias)))
        return F.linear(F.dropout(x, self.p, self.training), self.fc2.weight, self.fc2.bias)


@torch.inference_mode()
def predict(model, x):
    modes = {module: module.training for module in model.modules()}
    try:
        return model.eval()(x).max(dim=-1).indices.clone()
    finally:
        for module, mode in modes.items():
            module.training = mode
