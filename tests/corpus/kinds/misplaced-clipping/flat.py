# break: clip_grad_norm_
# break: backward
# where: clip_grad_norm_
import torch
from torch import nn

torch.manual_seed(0)
series = torch.sin(torch.arange(400) * 0.1)
windows = series.unfold(0, 21, 1)
rnn, out = nn.GRU(1, 12, batch_first=True), nn.Linear(12, 1)
params = [*rnn.parameters(), *out.parameters()]
optimizer = torch.optim.Adam(params, lr=5e-3)
for step in range(40):
    rows = windows[torch.randint(0, len(windows), (16,))]
    states, _ = rnn(rows[:, :-1, None])
    loss = (out(states[:, -1]).squeeze(1) - rows[:, -1]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(params, 0.05)
    optimizer.step()
print(loss.item())
