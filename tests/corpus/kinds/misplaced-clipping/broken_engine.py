"""The gradient norm is limited after the update, in a hook of the engine."""
import torch
from torch import nn

torch.manual_seed(4)
rnn, out = nn.GRU(2, 16, batch_first=True), nn.Linear(16, 1)
params = [*rnn.parameters(), *out.parameters()]
opt = torch.optim.Adam(params, lr=5e-3)
before_zero = [lambda: nn.utils.clip_grad_norm_(params, 0.5)]
for it in range(50):
    x = torch.randn(24, 8, 2)
    y = x.sum((1, 2))
    for hook in before_zero:
        if it:
            hook()
    opt.zero_grad()
    loss = nn.functional.mse_loss(out(rnn(x)[0][:, -1]).squeeze(1), y)
    loss.backward()
    opt.step()
print(loss.item())
