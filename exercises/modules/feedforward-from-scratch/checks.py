import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import (
    assert_close,
    assert_distribution,
    assert_dtype,
    assert_equal,
    assert_frequency,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
)


def table(i, h, o):
    return {
        "fc1.weight": (h, i),
        "fc1.bias": (h,),
        "bn1.weight": (h,),
        "bn1.bias": (h,),
        "fc2.weight": (o, h),
        "fc2.bias": (o,),
    }


def loaded(submission, rng, i, h, o, dropout=0.0):
    state = {name: torch.randn(shape, generator=rng) for name, shape in table(i, h, o).items()}
    state["bn1.running_mean"] = torch.randn(h, generator=rng)
    state["bn1.running_var"] = 0.5 + torch.rand(h, generator=rng)
    state["bn1.num_batches_tracked"] = torch.tensor(4)
    model = submission.FeedForwardNet(i, h, o, dropout)
    model.load_state_dict(state)
    return model, state


def expected(state, x, training=False):
    z = F.linear(x, state["fc1.weight"], state["fc1.bias"])
    mean, var = (z.mean(0), z.var(0, unbiased=False)) if training else (state["bn1.running_mean"], state["bn1.running_var"])
    z = (z - mean) / (var + 1e-5).sqrt() * state["bn1.weight"] + state["bn1.bias"]
    return F.linear(z.clamp(min=0), state["fc2.weight"], state["fc2.bias"])


def test_layers_have_the_promised_names(submission):
    """fc1, bn1 and fc2 are made in __init__ and kept as attributes. Nothing else has parameters or buffers."""
    model = submission.FeedForwardNet(3, 5, 2)
    assert_registered_parameters(model, table(3, 5, 2))
    buffers = {"bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"}
    assert_equal(set(model.state_dict()), set(table(3, 5, 2)) | buffers, label="the names in the state dict")
    state, second = model.state_dict(), submission.FeedForwardNet(3, 5, 2)
    second.load_state_dict({name: torch.full_like(value, 7) for name, value in state.items()})
    assert_same_state(model.state_dict(), state, label="the state, after a second model was given other values")


def test_start_of_the_first_layer(submission):
    """He for ReLU: uniform up to sqrt(6 / in_dim). The start that nn.Linear gives itself is smaller by a factor of sqrt(6)."""
    model, bound = submission.FeedForwardNet(96, 40, 8), (6 / 96) ** 0.5
    assert_distribution(model.fc1.weight, mean=0.0, std=bound / 3**0.5, low=-bound, high=bound, label="fc1.weight")
    assert_close(model.fc1.bias, torch.zeros(40), label="fc1.bias")


def test_start_of_the_second_layer(submission):
    """Xavier: uniform up to sqrt(6 / (hidden_dim + out_dim)); no ReLU follows here."""
    model, bound = submission.FeedForwardNet(2, 60, 40), (6 / 100) ** 0.5
    assert_distribution(model.fc2.weight, mean=0.0, std=bound / 3**0.5, low=-bound, high=bound, label="fc2.weight")
    assert_close(model.fc2.bias, torch.zeros(40), label="fc2.bias")
    assert_close(model.bn1.weight, torch.ones(60), label="bn1.weight")


@pytest.mark.parametrize("n", [1, 4, 0], ids=["one row", "4 rows", "no row"])
def test_logits_in_evaluation_mode(submission, rng, n):
    """fc1, batch norm with the running statistics, ReLU, fc2. The result are logits: no softmax at the end."""
    model, state = loaded(submission, rng, 3, 5, 2, dropout=0.5)
    x = torch.randn(n, 3, generator=rng)
    got = model.eval()(x)
    assert_shape(got, (n, 2))
    assert_close(got, expected(state, x))


def test_training_mode_uses_the_batch(submission, rng):
    """In training mode batch norm takes mean and variance of the batch, and moves its running statistics once per call."""
    model, state = loaded(submission, rng, 3, 5, 2)
    x = torch.randn(6, 3, generator=rng)
    assert_close(model.train()(x), expected(state, x, training=True), rtol=1e-3, atol=1e-4)
    z = F.linear(x, state["fc1.weight"], state["fc1.bias"])
    assert_close(model.bn1.running_mean, 0.9 * state["bn1.running_mean"] + 0.1 * z.mean(0), label="bn1.running_mean")
    assert_close(model.bn1.running_var, 0.9 * state["bn1.running_var"] + 0.1 * z.var(0), label="bn1.running_var")


@pytest.mark.parametrize("options", [{"dropout": 0.4}, {}], ids=["dropout=0.4", "default of 0.1"])
def test_hidden_units_are_dropped_in_training(submission, options):
    """Dropout comes between ReLU and fc2, with the probability given; what is kept is divided by 1 - p."""
    p = options.get("dropout", 0.1)
    model = submission.FeedForwardNet(2, 40, 40, **options)
    model.load_state_dict(
        {
            **model.state_dict(),
            "bn1.weight": torch.zeros(40),
            "bn1.bias": torch.ones(40),
            "fc2.weight": torch.eye(40),
            "fc2.bias": torch.full((40,), 2.0),
        }
    )
    got = model.train()(torch.randn(60, 2)) - 2  # each hidden unit is 1 before dropout, and fc2 passes it on
    dropped = got.abs() < 1e-4
    assert_close(got[~dropped], torch.full_like(got[~dropped], 1 / (1 - p)), label="a hidden unit that was kept")
    assert_frequency(int(dropped.sum()), dropped.numel(), p)
    assert not (dropped == dropped[:1]).all(), "all rows lose the same units: each row draws for itself"
    assert not (dropped == dropped[:, :1]).all(), "rows are dropped as a whole: each unit is dropped for itself"


def test_gradients_reach_all_layers(submission, rng):
    """Gradients flow to the input and to every parameter, in float64 too."""
    model, state = loaded(submission, rng, 3, 4, 2)
    model.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x = torch.randn(5, 3, generator=rng, dtype=torch.float64)
    assert_gradients(model.eval(), lambda t: expected(ours, t), x)
    model.zero_grad()
    for name in table(3, 4, 2):
        ours[name].requires_grad_()
    model(x).pow(2).sum().backward()
    expected(ours, x).pow(2).sum().backward()
    found = model.gradients()
    for name in table(3, 4, 2):
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], ours[name].grad, label=f"the gradient of {name}")


@pytest.mark.parametrize("shape", [(4, 1), (3,), (2, 5, 3)], ids=str)
def test_other_shapes_are_refused(submission, shape):
    """Only (n, in_dim) is meant: raise a ValueError for another width and for another number of dimensions."""
    model = submission.FeedForwardNet(3, 5, 2).eval()
    with pytest.raises(ValueError):
        model(torch.zeros(shape))


MODES = {"5 rows, from train()": (5, True), "one row, from train()": (1, True), "no row, from train()": (0, True), "5 rows, from eval()": (5, False)}


@pytest.mark.parametrize(("n", "training"), list(MODES.values()), ids=list(MODES))
def test_predict_evaluates_and_restores_the_mode(submission, rng, n, training):
    """Switch to eval() for the call, and back to what it was. In training mode a single row raises, and dropout makes guesses."""
    model, state = loaded(submission, rng, 3, 6, 4, dropout=0.5)
    model.train(training)
    x = torch.randn(n, 3, generator=rng)
    got = submission.predict(model, x)
    assert_dtype(got, torch.int64)
    assert_close(got, expected(state, x).argmax(1))
    assert model.training is training, f"the model was in {'training' if training else 'evaluation'} mode before"
    assert model.bn1.training is training, "a part of the model is in another mode than before"
    assert_same_state(model.state_dict(), state, label="the state of the model after predict")


def test_predict_records_no_graph(submission, rng):
    """Call the model under torch.no_grad(): nothing is kept for a backward pass that never comes."""
    model, _ = loaded(submission, rng, 3, 6, 4)
    with submission.counting() as counted:
        submission.predict(model, torch.randn(5, 3, generator=rng))
    assert counted.saved_bytes == 0, f"{counted.saved_bytes} bytes were kept for a backward pass"


def test_predict_works_for_any_model(submission, rng):
    """Ask the model, not its layers: predict knows nothing but that it maps rows to logits. Inputs may be transposed views."""
    other = submission.support.Doubler().train()
    x = torch.randn(3, 5, generator=rng).t()
    assert_close(submission.predict(other, x), (-x).argmax(1))
    assert other.training is True
