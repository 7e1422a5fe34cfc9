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


def table(d, h, z):
    widths = {"enc1": (h, d), "enc2": (z, h), "dec1": (h, z), "dec2": (d, h)}
    shapes = {f"{name}.weight": shape for name, shape in widths.items()}
    return shapes | {f"{name}.bias": shape[:1] for name, shape in widths.items()}


def loaded(submission, rng, d=6, h=5, z=2):
    state = {name: torch.randn(shape, generator=rng) for name, shape in table(d, h, z).items()}
    model = submission.Autoencoder(d, h, z)
    model.load_state_dict(state)
    return model, state


def layer(state, name, x):
    return F.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])


def encoded(state, x):
    return layer(state, "enc2", layer(state, "enc1", x.flatten(1)).clamp(min=0))


def decoded(state, z):
    return 1 / (1 + torch.exp(-layer(state, "dec2", layer(state, "dec1", z).clamp(min=0))))


def copied(state, x):
    return decoded(state, encoded(state, x)).reshape(x.shape)


def test_layers_have_the_promised_names(submission):
    """enc1 and enc2 go down, dec1 and dec2 come back; the widths mirror each other."""
    model = submission.Autoencoder(6, 5, 2)
    assert_registered_parameters(model, table(6, 5, 2))
    assert_equal(set(model.state_dict()), set(table(6, 5, 2)), label="the names in the state dict")


@pytest.mark.parametrize("shape", [(1, 6), (4, 6), (3, 2, 3), (2, 1, 3, 2), (0, 6)], ids=str)
def test_codes(submission, rng, shape):
    """Flatten each sample, enc1, ReLU, enc2. A code may be negative: no activation on it."""
    model, state = loaded(submission, rng)
    x = torch.rand(shape, generator=rng)
    got = model.encode(x)
    assert_shape(got, (shape[0], 2))
    assert_close(got, encoded(state, x))


@pytest.mark.parametrize("n", [1, 4, 0])
def test_decoding(submission, rng, n):
    """dec1, ReLU, dec2, sigmoid: the values lie between 0 and 1, and each sample is a flat row."""
    model, state = loaded(submission, rng)
    z = torch.randn(n, 2, generator=rng)
    got = model.decode(z)
    assert_shape(got, (n, 6))
    assert_close(got, decoded(state, z))


@pytest.mark.parametrize("shape", [(1, 6), (3, 2, 3), (2, 1, 3, 2), (0, 2, 3)], ids=str)
def test_copy_has_the_shape_of_the_input(submission, rng, shape):
    """An image goes in and an image comes out: bring the flat rows back into the shape of x."""
    model, state = loaded(submission, rng)
    x = torch.rand(shape, generator=rng)
    got = model(x)
    assert_shape(got, shape)
    assert_close(got, copied(state, x))


def test_gradients(submission, rng):
    """Gradients reach the input and all four layers through the code."""
    model, state = loaded(submission, rng)
    model.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x = torch.rand(5, 2, 3, generator=rng, dtype=torch.float64)
    assert_gradients(model, lambda t: copied(ours, t), x)
    for value in ours.values():
        value.requires_grad_()
    model.zero_grad()
    model(x).pow(2).sum().backward()
    copied(ours, x).pow(2).sum().backward()
    found = model.gradients()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


@pytest.mark.parametrize("shape", [(2, 5), (2, 7), (3, 2, 2), (6, 2)], ids=str)
def test_another_number_of_values_is_refused(submission, shape):
    """Six samples of two are not two samples of six: raise a ValueError, whatever the total is."""
    model = submission.Autoencoder(6, 5, 2)
    with pytest.raises(ValueError):
        model(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(1, 6), (4, 6), (3, 2, 3), (0, 6)], ids=str)
def test_scores_are_means_for_each_sample(submission, rng, shape):
    """(n,): the mean of the squared differences over all values of a sample, not over the batch, and not the sum."""
    model, state = loaded(submission, rng)
    x = torch.rand(shape, generator=rng)
    got = submission.anomaly_scores(model, x)
    assert_shape(got, (shape[0],))
    assert_close(got, (copied(state, x) - x).pow(2).reshape(shape[0], 6).mean(1))
    x = torch.rand(shape, generator=rng, dtype=torch.float64)
    expected = copied({name: value.double() for name, value in state.items()}, x)
    got = submission.anomaly_scores(model.to(torch.float64), x)
    assert_close(got, (expected - x).pow(2).reshape(shape[0], 6).mean(1), label="the scores in float64")


def test_odd_sample_stands_out(submission, rng):
    """A sample far away from what the model returns gets the largest score, next to any others."""
    x = torch.full((5, 4), 0.25)
    x[3] += torch.tensor([0.5, -0.25, 0.75, 0.0])
    got = submission.anomaly_scores(submission.support.Constant(), x)
    assert_close(got, torch.tensor([0.0, 0.0, 0.0, 0.875 / 4, 0.0]))


@pytest.mark.parametrize("training", [True, False], ids=["from train()", "from eval()"])
def test_scores_are_taken_in_evaluation_mode(submission, rng, training):
    """Switch to eval() for the call, and afterwards back to what it was, for the parts of the model too."""
    model = submission.support.Constant().train(training)
    x = torch.rand(3, 2, 2, generator=rng)
    assert_close(submission.anomaly_scores(model, x), (x - 0.25).pow(2).mean((1, 2)))
    assert model.training is training, f"the model was in {'training' if training else 'evaluation'} mode before"
    assert model.norm.training is training, "a part of the model is in another mode than before"


def test_scores_record_no_graph(submission, rng):
    """Scores are for looking at: call the model under torch.no_grad()."""
    model, _ = loaded(submission, rng)
    with submission.counting() as counted:
        got = submission.anomaly_scores(model, torch.rand(3, 6, generator=rng))
    assert not got.requires_grad, "the scores require a gradient"
    assert counted.saved_bytes == 0, f"{counted.saved_bytes} bytes were kept for a backward pass"


def test_transposed_inputs(submission, rng):
    """x may be a view with strides of its own: view() fails there."""
    model, state = loaded(submission, rng)
    x = torch.rand(3, 2, 4, generator=rng).permute(2, 1, 0)
    assert_close(model(x), copied(state, x))
    assert_close(submission.anomaly_scores(model, x), (copied(state, x) - x).pow(2).mean((1, 2)))
