"""Yes or no: every statement is tried."""

import torch
from torch import nn
from torch.nn import functional as F

from torchdojo.domain.asking import yes_no


def question(rng, level):
    n = rng.choice([3, 4, 5, 6, 8])
    text, tried, right, why, mistake = rng.choice(ITEMS[level])
    return yes_no(text.replace("N+1", str(n + 1)).replace("N", str(n)), answer=bool(tried(n)), formula=right, working=why, mistake=mistake)


def raises(run):
    try:
        run()
    except (RuntimeError, ValueError, TypeError, IndexError):
        return True
    return False


def grad_after_zero(n):
    layer = nn.Linear(n, 1)
    layer(torch.ones(1, n)).sum().backward()
    torch.optim.SGD(layer.parameters(), lr=0.1).zero_grad()
    return layer.weight.grad is None


def frozen_norm_moves(n):
    norm = nn.BatchNorm1d(n)
    for p in norm.parameters():
        p.requires_grad_(False)
    with torch.no_grad():
        norm(torch.arange(2.0 * n).view(2, n))
    return bool(norm.running_mean.any())


def detach_shares(n):
    x = torch.zeros(n)
    x.detach()[0] = 1
    return bool(x[0] == 1)


def reshape_shares(n):
    x = torch.zeros(n, n + 1)
    x.T.reshape(-1)[0] = 1
    return bool(x.any())


def forward_runs_hooks(n):
    layer, called = nn.Linear(n, n), []
    layer.register_forward_hook(lambda *_: called.append(1))
    layer.forward(torch.ones(1, n))
    return bool(called)


def list_registers(n):
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(n, n)]

    return bool(list(Model().parameters()))


def grads_add(n):
    w = torch.ones(n, requires_grad=True)
    for _ in range(2):
        w.sum().backward()
    return bool(w.grad[0] == 2)


def mean_of_means(n):
    values = torch.arange(float(2 * n + 1))
    halves = values[:n], values[n:]
    return bool(torch.isclose(torch.stack([h.mean() for h in halves]).mean(), values.mean()))


def masks_agree(n):
    attention = nn.MultiheadAttention(4, 1, batch_first=True).eval()
    x, keep = torch.randn(1, n, 4), torch.ones(n, n).tril().bool()
    _, weights = attention(x, x, x, attn_mask=keep)
    return bool((weights[0] * keep).sum(-1).allclose(torch.ones(n)))


def eval_stops_grad(n):
    return not nn.Linear(n, 1).eval()(torch.ones(1, n)).requires_grad


def weight_decay_in_loss(n):
    # One step from the same weight; with AdamW the decay does not pass through the running averages.
    found = []
    for kind, loss_decay, decay in ((torch.optim.AdamW, 0.0, 0.1), (torch.optim.AdamW, 0.1, 0.0)):
        w = torch.ones(n, requires_grad=True)
        optimizer = kind([w], lr=0.1, weight_decay=decay)
        (3 * w.sum() + loss_decay / 2 * w.pow(2).sum()).backward()
        optimizer.step()
        found.append(w.detach())
    return torch.allclose(*found)


def no_grad_parameter_update(n):
    w = torch.ones(n, requires_grad=True)
    return raises(lambda: w.add_(1))


def inference_backward(n):
    with torch.inference_mode():
        t = torch.ones(n)
    w = torch.ones(n, requires_grad=True)
    return raises(lambda: (w * t).sum().backward())


def padding_row_trains(n):
    table = nn.Embedding(n, 2, padding_idx=0)
    table(torch.tensor([0, 1])).sum().backward()
    return bool(table.weight.grad[0].any())


def integer_mean(n):
    return raises(lambda: torch.arange(n).mean())


def state_has_buffers(n):
    return "running_mean" in nn.BatchNorm1d(n).state_dict()


def float_of_numpy(n):
    import numpy

    return torch.from_numpy(numpy.ones(n)).dtype == torch.float32


def one_sample_norm(n):
    return raises(lambda: nn.BatchNorm1d(n)(torch.ones(1, n)))


def one_sample_norm_2d(n):
    return raises(lambda: nn.BatchNorm2d(n)(torch.ones(1, n, 4, 4)))


def relu_in_place(n):
    x = torch.ones(n, requires_grad=True)
    return raises(lambda: F.relu(x * 2, inplace=True).sum().backward())


def exp_in_place(n):
    x = torch.ones(n, requires_grad=True)

    def run():
        y = x.exp()
        y.add_(1)
        y.sum().backward()

    return raises(run)


def clip_keeps_direction(n):
    w = torch.ones(n, requires_grad=True)
    (w * torch.arange(1.0, n + 1)).sum().backward()
    before = w.grad.clone()
    nn.utils.clip_grad_norm_([w], 0.1)
    return bool(torch.isclose(F.cosine_similarity(before, w.grad, dim=0), torch.tensor(1.0)))


def functional_dropout(n):
    class Model(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.5)

    return bool((Model().eval()(torch.ones(1000 * n)) == 0).any())


def nll_on_probabilities(n):
    logits, y = torch.randn(2, n), torch.tensor([0, 1])
    return bool(torch.isclose(F.nll_loss(logits.softmax(-1), y), F.cross_entropy(logits, y)))


def expand_copies(n):
    x = torch.zeros(n, 1)
    return x.expand(n, n).data_ptr() != x.data_ptr()


def sum_keeps_bool(n):
    return torch.ones(n, dtype=torch.bool).sum().dtype == torch.bool


def fully_masked_row(n):
    return bool(torch.full((n,), float("-inf")).softmax(0).isnan().all())


#: Statement, how it is tried, what the rule says, why, and what leads astray.
ITEMS = {
    1: [
        ("After `optimizer.zero_grad()`, is `weight.grad` None?", grad_after_zero, True, "`set_to_none` has been the default since PyTorch 2.0.", "gradients are taken to be filled with zeros"),
        ("Does calling `backward()` twice, on two losses, add up gradients?", grads_add, True, "`.grad` accumulates until it is cleared.", "a backward is taken to replace what was there"),
        ("Does writing into `x.detach()` change `x`?", detach_shares, True, "`detach` cuts the graph, not the memory; `clone` copies.", "`detach` is taken to copy"),
        ("`self.layers = [nn.Linear(N, N)]` in a module: does `parameters()` yield its weight?", list_registers, False, "A plain list registers nothing; `nn.ModuleList` does.", "a list is taken to register its modules"),
        ("Does `model.eval()` stop gradients from being recorded?", eval_stops_grad, False, "It switches dropout and norms; `torch.no_grad()` stops the recording.", "`eval()` is taken for `no_grad()`"),
        ("Does `torch.arange(N).mean()` raise?", integer_mean, True, "A mean of integers has no dtype of its own: convert first, or name `dtype`.", "integers are taken to be converted"),
        ("Is `running_mean` of a batch norm in its `state_dict()`?", state_has_buffers, True, "Buffers are in it unless they are registered with `persistent=False`.", "only parameters are taken to be saved"),
        ("Is `torch.from_numpy(numpy.ones(N))` float32?", float_of_numpy, False, "NumPy's default is float64, and it is kept.", "PyTorch's own default is taken"),
        ("Does `x.expand(N, N)` of a column copy it?", expand_copies, False, "The stride becomes 0; nothing is copied.", "`expand` is taken for `repeat`"),
    ],
    2: [
        ("Does a batch norm whose parameters are all frozen still change in train mode, even under `no_grad`?", frozen_norm_moves, True, "Its running statistics follow the mode, not `requires_grad`.", "frozen parameters, or no_grad, are taken to stop it"),
        ("Do forward hooks run in `layer.forward(x)`?", forward_runs_hooks, False, "Only `layer(x)`, that is `__call__`, runs hooks.", "`forward` is taken for the call"),
        ("Does writing into `x.T.reshape(-1)` of an N×N+1 matrix change `x`?", reshape_shares, False, "This layout cannot be viewed, so `reshape` copies.", "`reshape` is taken to be a view always"),
        ("A leaf `w` with `requires_grad=True`: does `w.add_(1)` raise?", no_grad_parameter_update, True, "A leaf that asks for gradients may only be changed in place under `no_grad`.", "an update by hand is taken to need nothing"),
        ("Is the mean of the means of a batch of N and one of N+1 samples the mean over all samples?", mean_of_means, False, "Each mean has to be weighed by its batch's size.", "unequal batches are taken to count alike"),
        ("`nn.BatchNorm1d(N)` in train mode, one row: does it raise?", one_sample_norm, True, "There is one value for each channel, so no variance.", "one row is taken to be enough"),
        ("`nn.BatchNorm2d(N)` in train mode, one 4×4 image: does it raise?", one_sample_norm_2d, False, "There are 16 values for each channel.", "the batch alone is taken to be counted"),
        ("Does the row `padding_idx` of an embedding get a gradient other than zero?", padding_row_trains, False, "Its gradient is kept at zero.", "every row that is looked up is taken to train"),
        ("Does `clip_grad_norm_` keep the gradient's direction?", clip_keeps_direction, True, "All gradients are multiplied by one number; `clip_grad_value_` turns them.", "clipping by norm is taken for clipping by value"),
        ("Is the sum of a boolean tensor boolean?", sum_keeps_bool, False, "It is counted: the sum is int64.", "the dtype is taken to be kept"),
    ],
    3: [
        ("`keep` is a boolean lower triangle, True where one may look. Is `nn.MultiheadAttention(...)(x, x, x, attn_mask=keep)` causal?", masks_agree, False, "In `nn.MultiheadAttention` True means blocked; in `scaled_dot_product_attention` it means allowed.", "the mask is taken to mean what it means in scaled_dot_product_attention"),
        ("Is AdamW with weight_decay=0.1 the same as AdamW with the penalty 0.05·‖w‖² in the loss?", weight_decay_in_loss, False, "Its decay is decoupled: it does not pass through the gradient's averages.", "weight decay is taken for an L2 penalty"),
        ("`t` was made under `inference_mode`, `w` asks for gradients. Does `(w * t).sum().backward()` raise?", inference_backward, True, "The product has to keep `t` for the backward pass, and inference tensors cannot be kept.", "an inference tensor is taken for any constant"),
        ("Does `F.relu(x * 2, inplace=True).sum().backward()` raise?", relu_in_place, False, "ReLU needs its output only, and multiplying by a number needs neither.", "every in-place operation is taken to break the graph"),
        ("`y = x.exp(); y.add_(1); y.sum().backward()`: does it raise?", exp_in_place, True, "exp keeps its output for the backward pass, and that was changed.", "adding a constant in place is taken to do no harm"),
        ("Does `F.dropout(x, 0.5)` in a module's forward stop dropping after `model.eval()`?", lambda n: not functional_dropout(n), False, "Its `training` is True unless you pass `self.training`.", "functional dropout is taken to know the module's mode"),
        ("Is `F.nll_loss(logits.softmax(-1), y)` the cross-entropy?", nll_on_probabilities, False, "`nll_loss` takes log-probabilities: `log_softmax` belongs before it.", "probabilities are taken for log-probabilities"),
        ("Is the softmax of a row of N times -inf NaN?", fully_masked_row, True, "Its largest value is -inf, and -inf minus -inf is NaN: a row that is masked as a whole needs a guard.", "a softmax is taken to give numbers always"),
    ],
}
