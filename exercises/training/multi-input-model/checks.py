import math

import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import (
    assert_close,
    assert_finite,
    assert_registered_parameters,
    assert_shape,
    unchanged,
)

SIZES = {"image_features": 4, "numeric_features": 3, "categories": 5, "hidden": 6, "classes": 2}


def weights(rng):
    shapes = {f"image_encoder.{k}": p.shape for k, p in support.encoder().named_parameters()}
    shapes |= {"missing_image": (4,), "number_encoder.weight": (6, 3), "number_encoder.bias": (6,)}
    shapes |= {"category_encoder.weight": (5, 6), "head.weight": (2, 16), "head.bias": (2,)}
    return {name: torch.randn(tuple(shape), generator=rng) for name, shape in shapes.items()}


def make(submission, state):
    model = submission.MultiInputModel(submission.support.encoder(), **SIZES)
    model.load_state_dict(state)
    return model


def expected(state, image, numbers, category):
    """The same from the formula; `numbers` without NaN."""
    if image is None:
        seen = state["missing_image"].repeat(len(numbers), 1)
    else:
        maps = torch.tanh(F.conv2d(image, state["image_encoder.0.weight"], state["image_encoder.0.bias"]))
        seen = maps.mean(dim=(2, 3))
    counted = F.linear(numbers, state["number_encoder.weight"], state["number_encoder.bias"]).relu()
    placed = state["category_encoder.weight"][category.long()]
    return F.linear(torch.cat([seen, counted, placed], 1), state["head.weight"], state["head.bias"])


def batch(rng, n):
    image = torch.randn(n, 2, 3, 4, generator=rng)
    return image, torch.randn(n, 3, generator=rng), torch.randint(5, (n,), generator=rng)


def test_names_and_shapes(submission):
    """The weights are loaded by name. The stand-in of a missing image has to be an nn.Parameter, or it never learns."""
    shapes = {name: tuple(value.shape) for name, value in weights(torch.Generator()).items()}
    assert_registered_parameters(submission.MultiInputModel(submission.support.encoder(), **SIZES), shapes)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_logits(submission, rng, n):
    """Three parts side by side: image, numbers, category, in this order. Only the numbers go through a ReLU."""
    state = weights(rng)
    model = make(submission, state)
    inputs = batch(rng, n)
    got = model(*inputs)
    assert_shape(got, (n, 2))
    assert_close(got, expected(state, *inputs))


@pytest.mark.parametrize("n", [1, 4])
def test_missing_images(submission, rng, n):
    """Without images every row gets `missing_image` as its image features; n is that of the other inputs."""
    state = weights(rng)
    model = make(submission, state)
    _, numbers, category = batch(rng, n)
    got = model(None, numbers, category)
    assert_shape(got, (n, 2))
    assert_close(got, expected(state, None, numbers, category))


def test_missing_numbers_count_as_zero(submission, rng):
    """A NaN is replaced before the linear layer, one by one: the other numbers of the row still count. NaN * 0 is NaN."""
    state = weights(rng)
    model = make(submission, state)
    image, numbers, category = batch(rng, 4)
    missing = torch.tensor([[1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0]], dtype=torch.bool)
    with_holes = numbers.masked_fill(missing, math.nan)
    assert_close(model(image, with_holes, category), expected(state, image, numbers.masked_fill(missing, 0), category))


def test_infinite_numbers_are_not_missing(submission):
    """Replace NaN only: torch.nan_to_num also changes infinities unless it is told otherwise."""
    state = weights(torch.Generator().manual_seed(0))
    state["number_encoder.weight"] = torch.full((6, 3), 0.01)
    state["head.weight"] = torch.full((2, 16), 0.01)
    got = make(submission, state)(None, torch.tensor([[math.inf, 1.0, 0.0]]), torch.tensor([1]))
    assert got.tolist() == [[math.inf, math.inf]]


@pytest.mark.parametrize("images", [True, False], ids=["with images", "without images"])
def test_gradients(submission, rng, images):
    """All parts in use learn, none gets NaN, and a part that is not in use gets nothing. Do not detach anything."""
    state = weights(rng)
    model = make(submission, state)
    image, numbers, category = batch(rng, 3)
    numbers[1, 2] = math.nan
    image = image if images else None
    got = numbers.clone().requires_grad_()
    model(image, got, category).pow(2).sum().backward()
    for value in state.values():
        value.requires_grad_()
    ours = numbers.nan_to_num(0.0).requires_grad_()
    expected(state, image, ours, category).pow(2).sum().backward()
    for name, gradient in model.gradients().items():
        if state[name].grad is None:
            assert gradient is None or not gradient.any(), f"{name} is not in use and gets a gradient"
        else:
            assert_close(gradient, state[name].grad, label=f"the gradient of {name}")
    assert_finite(got.grad, "the gradient of numbers")
    present = ~numbers.isnan()
    assert_close(got.grad[present], ours.grad[present], label="the gradient of numbers")
    assert_close(got.grad[~present], torch.zeros(1), label="the gradient of the missing number")


def test_other_integers_and_strides(submission, rng):
    """Categories may be int32, and all inputs may be views with strides of their own."""
    state = weights(rng)
    model = make(submission, state)
    image = torch.randn(4, 3, 2, 5, generator=rng).permute(3, 2, 1, 0)
    numbers, category = torch.randn(3, 5, generator=rng).t(), torch.tensor([0, 4, 1, 2, 2], dtype=torch.int32)
    assert_close(model(image, numbers, category), expected(state, image, numbers, category))
    category = torch.randint(5, (10,), generator=rng)[::2]
    assert_close(model(image, numbers, category), expected(state, image, numbers, category))


def test_empty_batch(submission):
    """No rows give no logits, with and without images."""
    model = make(submission, weights(torch.Generator()))
    numbers, category = torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)
    assert_shape(model(torch.zeros(0, 2, 3, 3), numbers, category), (0, 2))
    assert_shape(model(None, numbers, category), (0, 2))


@pytest.mark.parametrize(
    "rows", [(2, 3, 3), (3, 2, 3), (3, 3, 2), (None, 3, 2), (1, 3, 3), (None, 3, 1)], ids=str
)
def test_rows_have_to_agree(submission, rng, rows):
    """Each input describes the same n flats: raise a ValueError if one has more or fewer rows, also if it has only one."""
    model = make(submission, weights(rng))
    image = None if rows[0] is None else batch(rng, rows[0])[0]
    with pytest.raises(ValueError):
        model(image, batch(rng, rows[1])[1], batch(rng, rows[2])[2])


def test_inputs_stay_as_they_are(submission, rng):
    """Writing the zeros into `numbers` itself changes the caller's data: make a new tensor."""
    model = make(submission, weights(rng))
    image, numbers, category = batch(rng, 2)
    numbers[0, 0] = math.nan
    with unchanged(image, numbers, category):
        model(image, numbers, category)


def test_other_dtypes(submission, rng):
    """In float64 the result is float64, with and without images: what you create follows the inputs."""
    state = {name: value.double() for name, value in weights(rng).items()}
    model = make(submission, weights(rng)).to(torch.float64)
    model.load_state_dict(state)
    image, numbers, category = batch(rng, 2)
    image, numbers = image.double(), numbers.double()
    assert_close(model(image, numbers, category), expected(state, image, numbers, category))
    assert_close(model(None, numbers, category), expected(state, None, numbers, category))
