import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_equal,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
)

SIZES = (2, 3, (3, 4), (2, 2), 4)


def table(i, c1, c2, c3, c4):
    convolutions = {
        "b1": (c1, i, 1, 1),
        "b2_reduce": (c2[0], i, 1, 1),
        "b2": (c2[1], c2[0], 3, 3),
        "b3_reduce": (c3[0], i, 1, 1),
        "b3": (c3[1], c3[0], 5, 5),
        "b4": (c4, i, 1, 1),
    }
    shapes = {f"{name}.weight": shape for name, shape in convolutions.items()}
    return shapes | {f"{name}.bias": shape[:1] for name, shape in convolutions.items()}


def loaded(submission, rng, sizes=SIZES):
    state = {name: torch.randn(shape, generator=rng) / 2 for name, shape in table(*sizes).items()}
    state = {name: value.abs() if value.ndim == 1 else value for name, value in state.items()}
    module = submission.InceptionModule(*sizes)
    module.load_state_dict(state)
    return module, state


def window_maximum(x):
    """The largest of up to nine neighbours; outside of the image there is nothing."""
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2, w + 2), -torch.inf)
    padded[:, :, 1:-1, 1:-1] = x
    return torch.stack([padded[:, :, i : i + h, j : j + w] for i in range(3) for j in range(3)]).amax(0)


def branches(state, x):
    conv = lambda t, name, padding=0: F.conv2d(t, state[f"{name}.weight"], state[f"{name}.bias"], padding=padding).clamp(min=0)
    return [
        conv(x, "b1"),
        conv(conv(x, "b2_reduce"), "b2", 1),
        conv(conv(x, "b3_reduce"), "b3", 2),
        conv(window_maximum(x), "b4"),
    ]


def test_convolutions_have_the_promised_names(submission):
    """Six convolutions with biases; the windows are 1, 3 and 5, and the narrow ones stand in front of the large windows."""
    module = submission.InceptionModule(*SIZES)
    assert_registered_parameters(module, table(*SIZES))
    assert_equal(set(module.state_dict()), set(table(*SIZES)), label="the names in the state dict")


@pytest.mark.parametrize("sizes", [SIZES, (1, 1, (3, 5), (2, 7), 2)], ids=["13 channels", "12 channels"])
def test_number_of_channels_is_known(submission, sizes):
    """out_channels counts what comes out: c1, the second entries of c2 and c3, and c4."""
    module = submission.InceptionModule(*sizes)
    due = sizes[1] + sizes[2][1] + sizes[3][1] + sizes[4]
    assert_equal(module.out_channels, due, label="out_channels")
    assert_shape(module(torch.zeros(1, sizes[0], 6, 5)), (1, due, 6, 5))


@pytest.mark.parametrize(
    ("number", "channels"),
    [(1, slice(0, 3)), (2, slice(3, 7)), (3, slice(7, 9)), (4, slice(9, 13))],
    ids=["branch 1", "branch 2", "branch 3", "branch 4"],
)
def test_each_branch(submission, rng, number, channels):
    """Every convolution is followed by a ReLU, the narrow ones too. The pooling looks at x, and its border counts for nothing."""
    module, state = loaded(submission, rng)
    x = torch.randn(2, 2, 5, 6, generator=rng) - 1
    got = module(x)
    assert_shape(got, (2, 13, 5, 6))
    assert_close(got[:, channels], branches(state, x)[number - 1], rtol=1e-3, atol=1e-4, label=f"branch {number}")


@pytest.mark.parametrize("size", [(1, 1, 1), (1, 2, 7), (0, 4, 4)], ids=["one pixel", "2x7", "an empty batch"])
def test_images_of_any_size(submission, rng, size):
    """Height and width stay what they are, however small."""
    module, state = loaded(submission, rng)
    x = torch.randn(size[0], 2, *size[1:], generator=rng)
    got = module(x)
    assert_shape(got, (size[0], 13, *size[1:]))
    assert_close(got, torch.cat(branches(state, x), 1), rtol=1e-3, atol=1e-4)


def test_gradients(submission, rng):
    """Gradients reach x from all four branches, and every convolution."""
    module, state = loaded(submission, rng)
    module.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x = torch.randn(2, 2, 4, 3, generator=rng, dtype=torch.float64)
    assert_gradients(module, lambda t: torch.cat(branches(ours, t), 1), x)
    for value in ours.values():
        value.requires_grad_()
    module.zero_grad()
    module(x).pow(2).sum().backward()
    torch.cat(branches(ours, x), 1).pow(2).sum().backward()
    found = module.gradients()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


def test_work_stays_small(submission, rng):
    """The 5x5 convolution works on the narrow signal only. Padding, not larger images, keeps the size."""
    module, _ = loaded(submission, rng, (8, 2, (2, 4), (2, 4), 2))
    x = torch.randn(1, 8, 6, 6, generator=rng)
    with submission.counting() as counted:
        module(x)
    due = 2 * 36 * (8 * 2 + 8 * 2 + 9 * 2 * 4 + 8 * 2 + 25 * 2 * 4 + 8 * 2)
    assert counted.flops <= 1.05 * due, f"{counted.flops} operations where {due} are enough"


def test_images_with_channels_last(submission, rng):
    """The image may be a view with strides of its own."""
    module, state = loaded(submission, rng)
    x = torch.randn(2, 4, 3, 2, generator=rng).permute(0, 3, 1, 2)
    assert_close(module(x), torch.cat(branches(state, x), 1), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shape", [(2, 5, 5), (2, 2, 5), (1, 1, 5, 5), (1, 3, 5, 5)], ids=str)
def test_other_shapes_are_refused(submission, shape):
    """Without a batch, dimension 1 is the height, and cat joins rows: raise a ValueError. Compare the channels too."""
    module = submission.InceptionModule(*SIZES)
    with pytest.raises(ValueError):
        module(torch.zeros(shape))
