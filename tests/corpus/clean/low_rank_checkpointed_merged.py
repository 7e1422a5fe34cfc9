"""A trained net gets low-rank factors, a new head and checkpointed blocks; afterwards they are merged."""
import math
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.q_proj, self.o_proj = nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x):
        return x + self.o_proj(torch.relu(self.q_proj(self.norm(x))))


class Net(nn.Module):
    def __init__(self, d=24, n=3, classes=4):
        super().__init__()
        self.stem = nn.Linear(10, d)
        self.blocks = nn.ModuleList(Block(d) for _ in range(n))
        self.head = nn.Linear(d, classes)
        self.gradient_checkpointing = False

    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks:
            x = checkpoint(b, x, use_reentrant=False) if self.gradient_checkpointing and self.training else b(x)
        return self.head(x)


class LoRALinear(nn.Module):
    def __init__(self, base, r=4, alpha=8):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.lora_A = nn.Parameter(torch.empty(r, base.in_features))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scaling = alpha / r

    def forward(self, x):
        return self.base(x) + (x @ self.lora_A.T @ self.lora_B.T) * self.scaling

    def merge(self):
        with torch.no_grad():
            self.base.weight += (self.lora_B @ self.lora_A) * self.scaling
        return self.base


def get_data(seed, shift):
    g = torch.Generator().manual_seed(seed)
    c = torch.randn(4, 10, generator=torch.Generator().manual_seed(9)) * 1.5
    y = torch.randint(0, 4, (320,), generator=g)
    return c[(y + shift) % 4] + torch.randn(320, 10, generator=g), y


def run(model, params, x, y, lr, epochs):
    opt = torch.optim.AdamW(params, lr=lr)
    for _ in range(epochs):
        model.train()
        perm = torch.randperm(256)
        for i in range(0, 256, 32):
            idx = perm[i:i + 32]
            loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
            loss.backward()
            opt.step()
            opt.zero_grad()
        model.eval()
        with torch.no_grad():
            print(f"{loss.item():.3f} {(model(x[256:]).argmax(1) == y[256:]).float().mean().item():.3f}")


model = Net()
run(model, model.parameters(), *get_data(0, 0), 3e-3, 4)
# new task: pretrained weights frozen, low-rank adapters + fresh head
for p in model.parameters():
    p.requires_grad_(False)
for b in model.blocks:
    b.q_proj = LoRALinear(b.q_proj)
    b.o_proj = LoRALinear(b.o_proj)
model.head = nn.Linear(24, 4)
model.gradient_checkpointing = True
trainable = [p for p in model.parameters() if p.requires_grad]
print(sum(p.numel() for p in trainable), "of", sum(p.numel() for p in model.parameters()))
run(model, trainable, *get_data(1, 1), 1e-2, 5)
for b in model.blocks:
    b.q_proj, b.o_proj = b.q_proj.merge(), b.o_proj.merge()
