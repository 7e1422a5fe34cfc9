import torch, collections, contextlib
from torch import nn
Point = collections.namedtuple("Point", "a b")
class ShapeError(ValueError): pass
class Net(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.fc = nn.Linear(d, 2); self.register_buffer("n", torch.zeros(())); self.drop = nn.Dropout(0.5)
        self.layers = [self.fc]; self.cfg = {"d": d, "t": (1, None, "x")}
    def forward(self, x, mask=None):
        self.n += 1
        return self.drop(self.fc(x))
    def __len__(self): return 7
    def __getitem__(self, i): return i * 2 if i < 3 else (_ for _ in ()).throw(IndexError(i))
def flip(x): return x.t()
def same(a, b): return a.data_ptr() == b.data_ptr(), a.is_contiguous()
def point(x): return Point(x, [x, x + 1])
def gen(n):
    for i in range(n): yield torch.full((2,), float(i))
def bad(x): raise ShapeError("bad shape")
def bad2(x): raise KeyError("k")
def train(model, loader, opt, on_step=None):
    losses = []
    for x, y in loader:
        opt.zero_grad(); loss = ((model(x) - y) ** 2).mean(); loss.backward(); opt.step(); losses.append(loss.item())
        if on_step: on_step(len(losses), loss.detach())
    return losses
def sgd_(p, g, lr): p -= lr * g
@contextlib.contextmanager
def ctx(log):
    log("in")
    try: yield 5
    finally: log("out")
def uses_iter(it): return [next(it), next(it)]
def leaf_grad(x): (x ** 2).sum().backward(); return x.grad
def act(x, f): return f(x)
def slopes(x): return torch.func.vmap(torch.func.grad(lambda v: v.sin().sum()))(x)
def half(x): return x.half().to(torch.bfloat16)
def weird(): return {torch.float32: slice(1, None, 2), "e": ..., "s": {1, 2}, "d": torch.device("cpu"), "b": b"\x00", "i": 2**80, "nan": float("nan"), "c": 1j, "size": torch.Size([2]), "r": range(3), "np": __import__("numpy").arange(3.)}
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): ctx.save_for_backward(x); return x * x
    @staticmethod
    def backward(ctx, g): (x,) = ctx.saved_tensors; return 2 * x * g
