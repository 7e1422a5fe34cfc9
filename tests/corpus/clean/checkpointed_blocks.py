"""Gradient checkpointing of residual blocks, bfloat16 autocast for the forward pass."""
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class Residual(nn.Module):
    def __init__(self, width, p):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.drop = nn.Dropout(p)

    def forward(self, x):
        return x + self.drop(self.down(nn.functional.silu(self.up(self.norm(x)))))


class Tower(nn.Module):
    def __init__(self, n_in, width, depth, n_out, p=0.1):
        super().__init__()
        self.stem = nn.Linear(n_in, width)
        self.blocks = nn.ModuleList(Residual(width, p) for _ in range(depth))
        self.head = nn.Linear(width, n_out)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            if self.training and torch.is_grad_enabled():
                x = checkpoint(block, x, use_reentrant=False)
            else:
                x = block(x)
        return self.head(x)


def main():
    torch.manual_seed(30)
    w = torch.randn(12, 4)
    def sample(n):
        x = torch.randn(n, 12)
        return x, (x @ w).argmax(1)
    x_val, y_val = sample(128)
    net = Tower(12, 24, 3, 4)
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    for step in range(1, 41):
        x, y = sample(48)
        net.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = net(x)
            loss = nn.functional.cross_entropy(logits.float(), y)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        if step % 20 == 0:
            net.eval()
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                acc = (net(x_val).argmax(1) == y_val).float().mean()
            print(f"{step}: {loss.item():.3f} {acc.item():.3f}")


main()
