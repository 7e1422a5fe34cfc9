# break: get_batch.text
# where: F.cross_entropy(
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
text = torch.tensor([(i * i // 3 + i) % 13 for i in range(600)])
BLOCK = 16


def get_batch():
    starts = torch.randint(len(text) - BLOCK - 1, (24,)).tolist()
    x = torch.stack([text[i : i + BLOCK] for i in starts])
    y = torch.stack([text[i + 1 : i + 1 + BLOCK] for i in starts])
    return x, y


class Bigram(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(13, 13)

    def forward(self, ids):
        return self.table(ids)


model = Bigram()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
for step in range(50):
    x, y = get_batch()
    logits = model(x)
    loss = F.cross_entropy(logits.view(-1, 13), y.view(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(loss.item())
