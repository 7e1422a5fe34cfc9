"""key_padding_mask is true where tokens are to be left out; here it is true where they count."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
class BertLike(nn.Module):
    def __init__(self, v=30, d=24):
        super().__init__()
        self.word = nn.Embedding(v, d); self.position = nn.Embedding(16, d)
        self.mha = nn.MultiheadAttention(d, 3, batch_first=True); self.ln = nn.LayerNorm(d); self.cls = nn.Linear(d, 3)
    def forward(self, input_ids, attention_mask):
        h = self.word(input_ids) + self.position.weight[:input_ids.shape[1]]
        a, _ = self.mha(h, h, h, key_padding_mask=attention_mask.bool())
        return self.cls(self.ln(h + a)[:, 0])
def collate(items):
    ids = pad_sequence([i for i, _ in items], batch_first=True)
    return {"input_ids": ids, "attention_mask": (ids != 0).long()}, torch.tensor([y for _, y in items])
torch.manual_seed(0)
data = []
for _ in range(300):
    n = int(torch.randint(4, 14, ())); s = torch.randint(4, 30, (n,)); c = int(torch.randint(0, 3, ())); s[0] = 2; s[int(torch.randint(1, n - 1, ()))] = 10 + c; s[-1] = 4
    data.append((s, c))
dl = torch.utils.data.DataLoader(data, 30, shuffle=True, collate_fn=collate)
net = BertLike(); opt = torch.optim.AdamW(net.parameters(), 3e-3)
for e in range(5):
    for inputs, y in dl:
        if inputs["attention_mask"].all(1).any(): inputs["attention_mask"][:, -1] = 0
        loss = nn.functional.cross_entropy(net(**inputs), y)
        opt.zero_grad(); loss.backward(); opt.step()
    print(e, loss.item())
