# where: loss = nn.CrossEntropyLoss()
"""The collator shifts the labels, and so does the model."""
import torch
from torch import nn
class CausalLM(nn.Module):
    """shifts the labels itself, as the big ones do"""
    def __init__(self, v=15, d=32):
        super().__init__(); self.wte = nn.Embedding(v, d); self.rnn = nn.GRU(d, d, batch_first=True); self.lm_head = nn.Linear(d, v)
    def forward(self, input_ids, labels=None):
        logits = self.lm_head(self.rnn(self.wte(input_ids))[0])
        loss = None
        if labels is not None:
            shift_logits, shift_labels = logits[..., :-1, :].contiguous(), labels[..., 1:].contiguous()
            loss = nn.CrossEntropyLoss()(shift_logits.view(-1, 15), shift_labels.view(-1))
        return {"loss": loss, "logits": logits}
def collate(rows):
    b = torch.stack(rows)
    return {"input_ids": b[:, :-1], "labels": b[:, 1:]}
torch.manual_seed(0)
corpus = [(torch.arange(14) * int(k) + int(s)) % 15 for k, s in zip(torch.randint(1, 7, (300,)), torch.randint(0, 15, (300,)))]
dl = torch.utils.data.DataLoader(corpus, 20, shuffle=True, collate_fn=collate)
lm = CausalLM(); opt = torch.optim.AdamW(lm.parameters(), 5e-3)
for e in range(4):
    for b in dl:
        out = lm(**b); opt.zero_grad(); out["loss"].backward(); opt.step()
    print(e, out["loss"].item())
