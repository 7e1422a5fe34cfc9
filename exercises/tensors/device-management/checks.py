import pytest
import support
import torch

from torchdojo.checkers import (
    assert_alias,
    assert_close,
    assert_dtype,
    assert_equal,
    assert_gradients,
    assert_shape,
)


@pytest.mark.parametrize("cuda", [False, True], ids=["no CUDA", "CUDA"])
@pytest.mark.parametrize("mps", [False, True], ids=["no MPS", "MPS"])
def test_best_device_there_is(submission, cuda, mps):
    """CUDA before MPS before the CPU. Ask when you are called, not once at import."""
    best = "cuda" if cuda else "mps" if mps else "cpu"
    with submission.support.machine(cuda, mps):
        got = submission.pick_device()
    assert got == torch.device(best), f"got {got!r}, expected device {best}"


@pytest.mark.parametrize(
    "wanted", ["cpu", "cuda", "cuda:1", "mps", "meta", torch.device("cpu"), torch.device("cuda", 2)]
)
def test_wanted_device_comes_back(submission, wanted):
    """A wanted device keeps its index, and comes back as torch.device even if a better one is there."""
    with submission.support.machine(True, True):
        got = submission.pick_device(wanted)
    assert got == torch.device(wanted), f"got {got!r}, expected {torch.device(wanted)!r}"


@pytest.mark.parametrize(
    ("wanted", "cuda"),
    [("cuda", False), ("cuda:1", False), (torch.device("cuda", 0), False), ("mps", True), (torch.device("mps"), True)],
    ids=["cuda", "cuda:1", "torch.device cuda:0", "mps", "torch.device mps"],
)
def test_missing_device_is_refused(submission, wanted, cuda):
    """Whoever asks for a device that is not there should learn it now, not after an hour on the CPU."""
    with submission.support.machine(cuda, not cuda), pytest.raises(ValueError):
        submission.pick_device(wanted)


def test_nested_batch_moves_as_a_whole(submission, reference):
    """Every tensor moves, however deep. Lists stay lists, tuples tuples and namedtuples namedtuples; the batch itself stays."""
    before = support.describe(support.nested())
    got, batch = submission.support.moved(submission.move_to, "meta")
    assert_equal(batch, before, label="the batch handed in, afterwards")
    assert_equal(got, support.moved(reference.move_to, "meta")[0], label="the result")


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")], ids=["a string", "a torch.device"])
def test_tensors_already_there_are_not_copied(submission, rng, device):
    """A move to where a tensor is already costs nothing: it comes back itself."""
    x = torch.randn(2, 3, generator=rng)
    assert_alias(submission.move_to(x, device), x)
    got = submission.move_to({"x": [x, 5]}, device)
    assert_alias(got["x"][0], x)
    assert_close(got["x"][0], x)
    assert got["x"][1] == 5


def test_what_is_no_tensor_stays(submission):
    """Ask for tensors. A module has a method `to` as well, and moving it would change the caller's model."""
    module = submission.support.module_in_a_batch(submission.move_to)
    assert module == "cpu", "a module in the batch was moved as well"


def test_moves_stay_in_the_graph(submission):
    """A move is an operation with a gradient: no detach, no .data."""
    assert submission.support.link_of(submission.move_to), "the moved tensor requires no gradient any more"


@pytest.mark.parametrize("non_blocking", [True, False, None], ids=["True", "False", "default"])
def test_non_blocking_is_handed_on(submission, non_blocking):
    """Hand the option on, also into nested containers."""
    options = {} if non_blocking is None else {"non_blocking": non_blocking}
    seen = submission.support.copies(submission.move_to, **options)
    assert_equal(seen, [bool(non_blocking)] * 5, label="non_blocking of the five copies")


@pytest.mark.parametrize("shape", [(1,), (5,), (2, 3), (2, 1, 4), (0, 3), (2, 0)], ids=str)
@pytest.mark.parametrize("rate", [0.5, 1.25])
def test_fade(submission, rng, shape, rate):
    """Position t of the last dimension is multiplied by rate to the power of t, from t = 0 on."""
    x = torch.randn(shape, generator=rng)
    weights = torch.tensor([rate**t for t in range(shape[-1])])
    got = submission.fade(x, rate)
    assert_shape(got, shape)
    assert_close(got, x * weights)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16], ids=str)
def test_fade_keeps_dtype_and_gradient(submission, rng, dtype):
    """The new factors get the dtype of x. In float64 a rate rounded to float32 would show."""
    x = torch.randn(3, 4, generator=rng, dtype=torch.float64).to(dtype)
    got = submission.fade(x.t(), 0.7)
    assert_dtype(got, dtype)
    expected = x.t().double() * torch.tensor([0.7**t for t in range(3)], dtype=torch.float64)
    assert_close(got, expected.to(dtype), rtol=1e-12 if dtype == torch.float64 else 2e-2, atol=1e-12)
    if dtype == torch.float64:
        weights = torch.tensor([1.0, 0.7, 0.7**2, 0.7**3], dtype=dtype)
        assert_gradients(lambda v: submission.fade(v, 0.7), lambda v: v * weights, x)


def test_fade_follows_its_input(submission):
    """torch.arange(n) lies on the CPU wherever x is: hand it the device of x."""
    assert_equal(submission.support.on_meta(submission.fade, 0.5), "torch.float32 (2, 3, 4) on meta")


@pytest.mark.parametrize("shape", [(1, 3), (4, 3), (2, 3, 5), (2, 3, 3, 2)], ids=str)
@pytest.mark.parametrize("kind", ["list", "tensor"])
def test_channels_are_standardized(submission, rng, shape, kind):
    """The channels are dimension 1: give mean and std as many dimensions of size 1 behind it as x has."""
    mean, std = torch.randn(3, generator=rng), torch.rand(3, generator=rng) + 0.5
    x = torch.randn(shape, generator=rng)
    given = (mean, std) if kind == "tensor" else (mean.tolist(), std.tolist())
    got = submission.Standardize(*given)(x)
    expected = [(x[:, c] - mean[c]) / std[c] for c in range(3)]
    assert_close(got, torch.stack(expected, 1))


def test_statistics_are_registered(submission):
    """Both belong to the state and neither to the parameters: register_buffer."""
    module = submission.Standardize([1, 2], torch.tensor([2.0, 4.0], dtype=torch.float64))
    state = module.state_dict()
    assert set(state) == {"mean", "std"}, f"the state has the keys {sorted(state)}"
    assert_close(state["mean"], torch.tensor([1.0, 2.0]), label="mean")
    assert_close(state["std"], torch.tensor([2.0, 4.0]), label="std")
    assert dict(module.named_parameters()) == {}, "mean and std are trained"


def test_module_moves_as_a_whole(submission):
    """module.to moves what is registered. A plain attribute stays on the CPU, and the first batch on another device fails."""
    module = submission.Standardize([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    assert_dtype(module.to(torch.float64)(torch.ones(2, 3, dtype=torch.float64)), torch.float64)
    got = submission.support.module_on_meta(submission.Standardize([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]), (2, 3, 4))
    assert_equal(
        list(got), ["torch.float32 (3,) on meta", "torch.float32 (3,) on meta", "torch.float32 (2, 3, 4) on meta"]
    )


def test_module_has_its_own_copies(submission):
    """A buffer that shares memory with the caller's tensor changes it when a state is loaded: clone."""
    mean, std = submission.keep(torch.zeros(2)), submission.keep(torch.ones(2))
    module = submission.Standardize(mean, std)
    module.load_state_dict({"mean": torch.tensor([1.0, 2.0]), "std": torch.tensor([2.0, 4.0])})
    x = torch.tensor([[3.0, 6.0], [1.0, 2.0]])
    assert_close(module(x), torch.tensor([[1.0, 1.0], [0.0, 0.0]]), label="the result after loading a state")
    assert_close(mean.clone(), torch.zeros(2), label="the mean handed in, after loading a state")
    assert_close(std.clone(), torch.ones(2), label="the std handed in, after loading a state")


def test_gradients_through_the_module(submission, rng):
    """The gradient reaches x."""
    mean, std = torch.tensor([0.5, -1.0]), torch.tensor([2.0, 0.25])
    module = submission.Standardize(mean, std).to(torch.float64)
    x = torch.randn(3, 2, 2, generator=rng, dtype=torch.float64)
    scale = std.double().view(2, 1)
    assert_gradients(lambda v: module(v), lambda v: (v - mean.double().view(2, 1)) / scale, x)
