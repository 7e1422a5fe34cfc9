"""A script on the simulated accelerator behaves as it would on a machine that has one."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from torchdojo.harness.accelerator import Accelerator, Name, install


@pytest.fixture
def cuda() -> Iterator[Accelerator]:
    yield from _installed("cuda")


@pytest.fixture
def mps() -> Iterator[Accelerator]:
    yield from _installed("mps")


@pytest.fixture
def no_device() -> Iterator[Accelerator]:
    yield from _installed("none")


def _installed(name: Name) -> Iterator[Accelerator]:
    accelerator = install(name)
    try:
        yield accelerator
    finally:
        torch.set_default_device(None)
        accelerator.uninstall()


def _pick_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 16), nn.ReLU()
        )
        self.classifier = nn.Linear(16, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.body(x))


def _train(
    device: torch.device,
    make_optimizer: Callable[[Any], torch.optim.Optimizer],
    steps: int = 6,
    loader_options: dict[str, Any] | None = None,
) -> tuple[dict[str, torch.Tensor], list[float]]:
    torch.manual_seed(3)
    x, y = torch.randn(96, 2), torch.randint(0, 3, (96,))
    loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True, **(loader_options or {}))
    model = Net().to(device)
    optimizer = make_optimizer(model.parameters())
    losses = []
    model.train()
    for inputs, labels in loader:
        inputs, labels = inputs.to(device, non_blocking=True), labels.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        accuracy = (model(x.to(device)).argmax(1) == y.to(device)).float().mean()
    return {k: v.cpu() for k, v in model.state_dict().items()}, [*losses, float(accuracy)]


OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam foreach": lambda p: torch.optim.Adam(p, lr=0.01, foreach=True),
    "adam fused": lambda p: torch.optim.Adam(p, lr=0.01, fused=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
}


@pytest.mark.parametrize("make_optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_training_gives_the_same_bits_as_on_the_cpu(
    name: Name, make_optimizer: Callable[[Any], torch.optim.Optimizer]
) -> None:
    plain_state, plain_values = _train(torch.device("cpu"), make_optimizer)
    accelerator = install(name)
    try:
        state, values = _train(_pick_device(), make_optimizer)
    finally:
        accelerator.uninstall()
    assert values == plain_values
    assert all(torch.equal(state[key], plain_state[key]) for key in plain_state)
    assert accelerator.operations > 300
    assert accelerator.training_operations > 50


def test_a_script_that_stays_on_the_cpu_runs_nothing_on_the_device(cuda: Accelerator) -> None:
    _train(torch.device("cpu"), OPTIMIZERS["adam"])
    assert cuda.operations == 0


def test_pinned_batches_train(cuda: Accelerator) -> None:
    _train(torch.device("cuda"), OPTIMIZERS["adam"], loader_options={"pin_memory": True})
    assert cuda.training_operations > 50


@pytest.mark.parametrize("scaled", [False, True])
def test_autocast_and_gradient_scaling_are_harmless(cuda: Accelerator, scaled: bool) -> None:
    model = Net().cuda()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cuda", enabled=scaled)
    with torch.autocast(device_type="cuda", dtype=torch.bfloat16):
        loss = F.cross_entropy(model(torch.randn(8, 2, device="cuda")), torch.zeros(8, dtype=torch.long, device="cuda"))
    before = model.classifier.weight.detach().clone()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    assert not torch.equal(model.classifier.weight, before)


def test_availability_of_cuda(cuda: Accelerator) -> None:
    assert torch.cuda.is_available()
    assert torch.cuda.device_count() == 1
    assert torch.cuda.current_device() == 0
    assert torch.cuda.get_device_name(0)
    assert torch.cuda.get_device_properties("cuda").total_memory > 0
    assert not torch.backends.mps.is_available()
    assert torch.accelerator.is_available()
    assert torch.accelerator.device_count() == 1
    assert str(torch.accelerator.current_accelerator()) == "cuda"
    with torch.cuda.device(0), torch.cuda.stream(torch.cuda.Stream()):
        torch.cuda.synchronize()
    torch.cuda.empty_cache()
    torch.cuda.manual_seed_all(3)
    assert torch.cuda.memory_allocated() == 0
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    end.record()
    assert start.elapsed_time(end) >= 0


def test_availability_of_mps(mps: Accelerator) -> None:
    assert torch.backends.mps.is_available()
    assert not torch.cuda.is_available()
    assert str(torch.accelerator.current_accelerator()) == "mps"
    torch.mps.synchronize()
    assert torch.ones(2, device="mps").device == torch.device("mps", 0)
    with pytest.raises(AssertionError, match="not compiled with CUDA"):
        torch.ones(2, device="cuda")


REQUESTS: dict[str, Callable[[str], Any]] = {
    "factory": lambda d: torch.zeros(2, device=d),
    "to": lambda d: torch.zeros(2).to(d),
    "tensor": lambda d: torch.tensor([1.0], device=d),
    "as_tensor": lambda d: torch.as_tensor([1.0], device=d),
    "like": lambda d: torch.zeros_like(torch.zeros(2), device=d),
    "module": lambda d: nn.Linear(2, 2).to(d),
    "keyword": lambda d: nn.Linear(2, 2, device=d),
    "generator": lambda d: torch.Generator(device=d),
}


@pytest.mark.parametrize("request_device", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("device", ["cuda", "cuda:0", "mps"])
def test_without_a_device_every_request_fails(
    no_device: Accelerator, request_device: Callable[[str], Any], device: str
) -> None:
    assert not torch.cuda.is_available()
    assert torch.accelerator.current_accelerator() is None
    with pytest.raises((AssertionError, RuntimeError), match=r"not compiled with CUDA|not linked with support for mps"):
        request_device(device)


def test_without_a_device_the_cpu_works(no_device: Accelerator) -> None:
    _train(_pick_device(), OPTIMIZERS["adam"])
    assert no_device.operations == 0
    with pytest.raises(AssertionError, match="not compiled with CUDA"):
        nn.Linear(2, 2).cuda()


STYLES: dict[str, Callable[[], torch.Tensor]] = {
    "to device": lambda: torch.ones(2).to(torch.device("cuda")),
    "to string": lambda: torch.ones(2).to("cuda:0"),
    "to keyword": lambda: torch.ones(2).to(device="cuda", dtype=torch.float64),
    "to other": lambda: torch.ones(2).to(torch.ones(1).cuda()),
    "cuda": lambda: torch.ones(2).cuda(),
    "cuda index": lambda: torch.ones(2).cuda(0, non_blocking=True),
    "factory": lambda: torch.randn(2, device="cuda"),
    "tensor": lambda: torch.tensor([1, 2], device="cuda"),
    "tensor of tensor": lambda: torch.as_tensor(torch.ones(2).cuda()),
    "from numpy": lambda: torch.from_numpy(np.ones(2)).cuda(),
    "like": lambda: torch.zeros_like(torch.ones(2).cuda()),
    "new": lambda: torch.ones(2).cuda().new_full((3,), 2.0),
    "new_tensor": lambda: torch.ones(2).cuda().new_tensor([1.0]),
    "view": lambda: torch.ones(4, device="cuda").view(2, 2)[0],
    "detach": lambda: (torch.ones(4, device="cuda", requires_grad=True) * 2).detach(),
    "data": lambda: nn.Parameter(torch.ones(4, device="cuda")).data,
    "float": lambda: torch.arange(4, device="cuda").float(),
    "device of another": lambda: torch.arange(4, device=torch.ones(1).cuda().device),
    "one_hot": lambda: F.one_hot(torch.arange(3, device="cuda")),
    "padded": lambda: nn.utils.rnn.pad_sequence([torch.ones(2, device="cuda"), torch.ones(3, device="cuda")]),
    "difference": lambda: torch.diff(torch.arange(4, device="cuda"), n=2),
    "covariance": lambda: torch.cov(torch.randn(2, 5, device="cuda")),
    "scalar of a list": lambda: torch.tensor([1.0, 2.0], device="cuda").mean(),
    "buffer": lambda: Net().to("cuda").body[1].running_mean,
    "deepcopy": lambda: copy.deepcopy(nn.Linear(2, 2).cuda()).weight,
    "comparison": lambda: torch.arange(4, device="cuda") == 2,
    "indexed from the cpu": lambda: torch.arange(4, device="cuda")[torch.tensor([0, 1])],
    "stack": lambda: torch.stack(list(torch.ones(3, 2, device="cuda"))),
    "module under context": lambda: _linear_under_context().weight,
}


def _linear_under_context() -> nn.Linear:
    with torch.device("cuda"):
        return nn.Linear(2, 2)


@pytest.mark.parametrize("make", STYLES.values(), ids=STYLES)
def test_a_tensor_says_where_it_is(cuda: Accelerator, make: Callable[[], torch.Tensor]) -> None:
    tensor = make()
    assert tensor.device == torch.device("cuda", 0)
    assert tensor.is_cuda
    assert not tensor.is_cpu
    assert tensor.get_device() == 0
    assert cuda.device_of(tensor) == "cuda:0"
    assert tensor.cpu().device.type == "cpu"
    assert "device='cuda:0'" in repr(tensor)


RETURNS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "cpu": lambda x: x.cpu(),
    "to": lambda x: x.to("cpu"),
    "detach cpu": lambda x: x.detach().cpu(),
    "to other": lambda x: x.to(torch.ones(1)),
    "like on the cpu": lambda x: torch.zeros_like(x, device="cpu"),
    "new on the cpu": lambda x: x.new_zeros(2, device="cpu"),
    "tensor of items": lambda x: torch.tensor([v.item() for v in x]),
    "copy into": lambda x: torch.zeros(2).copy_(x),
}


@pytest.mark.parametrize("bring_back", RETURNS.values(), ids=RETURNS)
def test_a_tensor_comes_back(cuda: Accelerator, bring_back: Callable[[torch.Tensor], torch.Tensor]) -> None:
    tensor = bring_back(torch.ones(2, device="cuda"))
    assert tensor.device.type == "cpu"
    assert tensor.numpy().shape == (2,)


def test_moving_to_where_it_is_gives_the_same_object(cuda: Accelerator) -> None:
    here, there = torch.ones(2), torch.ones(2, device="cuda")
    assert there.to("cuda") is there
    assert there.cuda() is there
    assert here.cpu() is here
    assert there.to("cuda", copy=True) is not there


def test_numpy_refuses_device_memory(cuda: Accelerator) -> None:
    tensor = torch.ones(2, device="cuda")
    for convert in (lambda: tensor.numpy(), lambda: np.asarray(tensor)):
        with pytest.raises(TypeError, match="can't convert cuda:0 device type tensor to numpy"):
            convert()
    assert tensor.tolist() == [1.0, 1.0]
    assert float(tensor.sum()) == 2.0


MIXTURES: dict[str, tuple[Callable[[], Any], str]] = {
    "add": (lambda: torch.ones(2, device="cuda") + torch.ones(2), "at least two devices, cuda:0 and cpu!"),
    "model moved, batch not": (lambda: nn.Linear(2, 2).cuda()(torch.ones(1, 2)), "got mat1 is on cpu"),
    "batch moved, model not": (lambda: nn.Linear(2, 2)(torch.ones(1, 2).cuda()), "cuda:0"),
    "labels left behind": (
        lambda: F.cross_entropy(torch.ones(2, 3).cuda(), torch.zeros(2, dtype=torch.long)),
        "got target is on cpu, different from other tensors on cuda:0",
    ),
    "regression targets left behind": (
        lambda: F.mse_loss(torch.ones(2).cuda(), torch.ones(2)),
        "at least two devices, cuda:0 and cpu!",
    ),
    "running total on the cpu": (
        lambda: torch.zeros(()).add_(torch.ones((), device="cuda")),
        "at least two devices, cuda:0 and cpu!",
    ),
    "one_hot labels left behind": (
        lambda: torch.ones(2, 3, device="cuda") - F.one_hot(torch.tensor([0, 2])),
        "at least two devices, cuda:0 and cpu!",
    ),
    "cat": (lambda: torch.cat([torch.ones(2).cuda(), torch.ones(2)]), "got tensors is on cpu"),
    "index from the device": (lambda: torch.ones(3)[torch.tensor([0]).cuda()], "indices should be either on cpu"),
    "second device": (lambda: torch.ones(2, device="cuda:1"), "invalid device ordinal"),
    "convolution": (lambda: nn.Conv1d(1, 1, 1).cuda()(torch.ones(1, 1, 2)), "Input type .torch.FloatTensor. and"),
    "generator": (
        lambda: torch.randperm(3, device="cuda", generator=torch.Generator()),
        "Expected a 'cuda' device type for generator but found 'cpu'",
    ),
}


@pytest.mark.parametrize(("mix", "message"), MIXTURES.values(), ids=MIXTURES)
def test_mixed_devices_are_refused_in_torchs_words(cuda: Accelerator, mix: Callable[[], Any], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        mix()


LEGAL: dict[str, Callable[[torch.Tensor], Any]] = {
    "number": lambda x: x * 2.0,
    "0-dimensional tensor": lambda x: x * torch.tensor(2.0),
    "copy in": lambda x: x.copy_(torch.ones(2)),
    "cpu mask": lambda x: x[torch.tensor([True, False])],
    "assign a number": lambda x: x.__setitem__(0, torch.tensor(3.0)),
    "where": lambda x: torch.where(x > 0, x, torch.tensor(0.0)),
    "own generator": lambda x: torch.randn(2, device="cuda", generator=torch.Generator("cuda").manual_seed(1)),
}


@pytest.mark.parametrize("use", LEGAL.values(), ids=LEGAL)
def test_legal_mixtures_work(cuda: Accelerator, use: Callable[[torch.Tensor], Any]) -> None:
    use(torch.ones(2, device="cuda"))


def test_default_device(cuda: Accelerator) -> None:
    torch.set_default_device("cuda")
    assert torch.get_default_device() == torch.device("cuda", 0)
    model = Net()
    x, y = torch.randn(4, 2), torch.tensor([0, 1, 2, 0])
    assert {p.device.type for p in model.parameters()} == {x.device.type} == {y.device.type} == {"cuda"}
    F.cross_entropy(model(x), y).backward()
    assert cuda.training_operations > 0


def test_a_shuffling_loader_under_a_default_device_fails_as_it_does_on_a_gpu(cuda: Accelerator) -> None:
    torch.set_default_device("cuda")
    loader = DataLoader(TensorDataset(torch.randn(4, 2)), batch_size=2, shuffle=True)
    with pytest.raises(RuntimeError, match="Expected a 'cuda' device type for generator but found 'cpu'"):
        next(iter(loader))
    fixed = DataLoader(
        TensorDataset(torch.randn(4, 2)), batch_size=2, shuffle=True, generator=torch.Generator(device="cuda")
    )
    assert next(iter(fixed))[0].is_cuda


def test_gradients_live_with_their_tensors(cuda: Accelerator) -> None:
    weight = torch.randn(2, 2, requires_grad=True)
    on_device = nn.Parameter(torch.randn(2, device="cuda"))
    out = F.relu(weight.to("cuda") @ on_device)[0] + on_device.select(0, 1)
    back = out.cpu() * torch.tensor([2.0, 3.0])
    back.sum().backward()
    assert weight.grad is not None
    assert on_device.grad is not None
    assert weight.grad.device.type == "cpu"
    assert on_device.grad.device.type == "cuda"
    torch.optim.SGD([weight, on_device], lr=0.1, foreach=True).step()


def test_custom_autograd_functions_and_double_backward(cuda: Accelerator) -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            ctx.save_for_backward(x)
            return x * x, x + 1

        @staticmethod
        def backward(ctx: Any, grad: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
            (x,) = ctx.saved_tensors
            return 2 * x * grad + other

    x = torch.ones(3, device="cuda", requires_grad=True)
    out, _ = Square.apply(x)
    (gradient,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    gradient.pow(2).sum().backward()
    assert x.grad is not None
    assert x.grad.is_cuda
    assert x.grad.tolist() == [8.0, 8.0, 8.0]


ARCHITECTURES: dict[str, Callable[[], tuple[nn.Module, tuple[int, ...]]]] = {
    "convolution": lambda: (nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()), (2, 1, 8, 8)),
    "transformer": lambda: (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 5, 8)),
    "recurrent": lambda: (Recurrent(), (2, 5, 4)),
    "group norm": lambda: (nn.Sequential(nn.Conv1d(4, 4, 1), nn.GroupNorm(2, 4), nn.GELU()), (2, 4, 6)),
}


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTM(4, 6, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.cell(x)[0]


@pytest.mark.parametrize("build", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_common_layers_train(cuda: Accelerator, build: Callable[[], tuple[nn.Module, tuple[int, ...]]]) -> None:
    model, shape = build()
    model.to("cuda")
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.randn(shape, device="cuda")).pow(2).mean().backward()
    optimizer.step()
    assert all(p.grad is not None and p.grad.is_cuda for p in model.parameters())


def test_checkpoints_are_saved_and_loaded(cuda: Accelerator, tmp_path: Path) -> None:
    model = Net().cuda()
    optimizer = torch.optim.Adam(model.parameters())
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "checkpoint.pt")
    saved = torch.load(tmp_path / "checkpoint.pt")["model"]
    assert {v.device.type for v in saved.values()} == {"cuda"}
    on_cpu = torch.load(tmp_path / "checkpoint.pt", map_location="cpu")["model"]
    assert {v.device.type for v in on_cpu.values()} == {"cpu"}
    plain = io.BytesIO()
    torch.save(on_cpu, plain)
    plain.seek(0)
    moved = torch.load(plain, map_location=torch.device("cuda"))
    assert {v.device.type for v in moved.values()} == {"cuda"}
    model.load_state_dict(on_cpu)


def test_a_recorders_own_arithmetic_is_not_counted(cuda: Accelerator) -> None:
    x = torch.ones(2, device="cuda")
    before = cuda.operations
    with cuda.unobserved():
        total = (x + torch.ones(2)).sum()
    assert cuda.operations == before
    assert total.item() == 4.0


def test_uninstalling_puts_torch_back() -> None:
    names = ("device", "is_cuda", "to", "cuda", "cpu", "numpy", "get_device", "new_zeros", "pin_memory")
    before = {name: getattr(torch.Tensor, name) for name in names}
    factories = (torch.tensor, torch.zeros_like, torch.Generator, torch.cuda.is_available, torch.cuda.Event)
    install("cuda").uninstall()
    assert {name: getattr(torch.Tensor, name) for name in names} == before
    assert "device" not in vars(torch.Tensor)
    assert (torch.tensor, torch.zeros_like, torch.Generator, torch.cuda.is_available, torch.cuda.Event) == factories
    with pytest.raises((AssertionError, NotImplementedError)):
        torch.zeros(2, device="cuda")
