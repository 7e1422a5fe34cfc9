# break: cross_entropy
# where: F.cross_entropy(
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
PAD, LETTERS = 0, 11
names = [torch.randint(1, LETTERS, (length,)).sort().values for length in torch.randint(3, 12, (160,)).tolist()]
embed = nn.Embedding(LETTERS, 12, padding_idx=PAD)
model = nn.Sequential(embed, nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, LETTERS))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(160).split(20):
        batch = pad_sequence([names[i] for i in rows], batch_first=True, padding_value=PAD)
        logits = model(batch[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten(), ignore_index=PAD)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
