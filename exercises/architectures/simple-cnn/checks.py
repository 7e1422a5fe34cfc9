import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_gradients, assert_registered_parameters, assert_shape

SIZES = [(1, 4, 4), (3, 8, 8), (2, 7, 5), (1, 9, 14)]


def table(c, k, width):
    return {
        "conv1.weight": (width, c, 3, 3),
        "conv1.bias": (width,),
        "conv2.weight": (2 * width, width, 3, 3),
        "conv2.bias": (2 * width,),
        "fc.weight": (k, 2 * width),
        "fc.bias": (k,),
    }


def loaded(submission, rng, c=2, k=3, width=3):
    state = {name: torch.randn(shape, generator=rng) / 2 for name, shape in table(c, k, width).items()}
    net = submission.SimpleCNN(c, k, width)
    net.load_state_dict(state)
    return net, state


def convolve(x, weight, bias):
    """Nine shifted products, one for each place of the kernel."""
    n, _, h, w = x.shape
    padded = x.new_zeros(n, x.shape[1], h + 2, w + 2)
    padded[:, :, 1:-1, 1:-1] = x
    total = bias.view(1, -1, 1, 1)
    for i in range(3):
        for j in range(3):
            total = total + torch.einsum("nchw,oc->nohw", padded[:, :, i : i + h, j : j + w], weight[:, :, i, j])
    return total


def pool(x):
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    return torch.stack([x[:, :, i:h:2, j:w:2] for i in (0, 1) for j in (0, 1)]).amax(0)


def features(state, x):
    x = pool(convolve(x, state["conv1.weight"], state["conv1.bias"]).clamp(min=0))
    return pool(convolve(x, state["conv2.weight"], state["conv2.bias"]).clamp(min=0))


def expected(state, x):
    return features(state, x).flatten(2).mean(-1) @ state["fc.weight"].T + state["fc.bias"]


@pytest.mark.parametrize(("sizes", "options"), [((2, 3, 4), (4,)), ((1, 5, 16), ())], ids=["width of 4", "default of 16"])
def test_layers_have_the_promised_names(submission, sizes, options):
    """conv1 makes `width` channels, conv2 twice as many, and fc takes one number for each of those."""
    net = submission.SimpleCNN(*sizes[:2], *options)
    assert_registered_parameters(net, table(*sizes))
    assert_equal(set(net.state_dict()), set(table(*sizes)), label="the names in the state dict")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]} of {s[1]}x{s[2]}")
def test_logits_for_images_of_any_size(submission, rng, size):
    """Convolution, ReLU, pooling, twice; the mean over height and width; fc. Odd sizes are rounded down by the pooling."""
    net, state = loaded(submission, rng)
    x = torch.randn(size[0], 2, *size[1:], generator=rng)
    got = net(x)
    assert_shape(got, (size[0], 3))
    assert_close(got, expected(state, x), rtol=1e-3, atol=1e-4)


def test_result_is_no_probability(submission, rng):
    """The loss wants logits. Adding a constant to the bias of fc must add it to the result, and a softmax would hide it."""
    net, state = loaded(submission, rng)
    x = torch.randn(2, 2, 6, 6, generator=rng)
    before = net(x)
    net.load_state_dict({**state, "fc.bias": state["fc.bias"] + 7})
    assert_close(net(x), before + 7, rtol=1e-3, atol=1e-4)


def test_mean_and_not_the_maximum_over_space(submission, rng):
    """At the end each channel gives its mean: two copies of an image side by side, far apart, give the mean of what each gives."""
    net, state = loaded(submission, rng)
    a, b = torch.randn(2, 1, 2, 8, 8, generator=rng)
    gap = torch.zeros(1, 2, 8, 8)
    wide = torch.cat([gap, a, gap, b, gap], dim=3)
    assert_close(net(wide), expected(state, wide), rtol=1e-3, atol=1e-4)


def test_images_do_not_mix(submission, rng):
    """Each image is judged by itself, in training and in evaluation mode alike: there is no batch norm and no dropout here."""
    net, state = loaded(submission, rng)
    x = torch.randn(4, 2, 5, 6, generator=rng)
    alone = expected(state, x[1:2])
    assert_close(net.train()(x)[1:2], alone, rtol=1e-3, atol=1e-4)
    assert_close(net.eval()(x)[1:2], alone, rtol=1e-3, atol=1e-4)


def test_empty_batch(submission):
    """No image, no logits: (0, num_classes). Do not reshape with -1, which has no meaning here."""
    assert_shape(submission.SimpleCNN(2, 3, 4)(torch.zeros(0, 2, 8, 8)), (0, 3))


def test_gradients(submission, rng):
    """Gradients reach the image and every layer, in float64 too."""
    net, state = loaded(submission, rng)
    net.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x = torch.randn(2, 2, 5, 4, generator=rng, dtype=torch.float64)
    assert_gradients(net, lambda t: expected(ours, t), x)
    for value in ours.values():
        value.requires_grad_()
    net.zero_grad()
    net(x).pow(2).sum().backward()
    expected(ours, x).pow(2).sum().backward()
    found = net.gradients()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


def test_images_with_channels_last(submission, rng):
    """The image may be a view with strides of its own: use flatten or reshape, not view."""
    net, state = loaded(submission, rng)
    x = torch.randn(2, 6, 4, 2, generator=rng).permute(0, 3, 1, 2)
    assert_close(net(x), expected(state, x), rtol=1e-3, atol=1e-4)


SHAPES = [(2, 8, 8), (2, 2, 8), (1, 3, 8, 8), (1, 1, 8, 8), (1, 2, 3, 8), (1, 2, 8, 3), (1, 1, 2, 8, 8)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_other_shapes_are_refused(submission, shape):
    """A single image without a batch passes through a convolution, and then (2, 3) is taken for channels: raise a ValueError."""
    net = submission.SimpleCNN(2, 3, 4)
    with pytest.raises(ValueError):
        net(torch.zeros(shape))
