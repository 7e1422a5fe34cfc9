import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_gradients, assert_registered_parameters, assert_shape, unchanged

SIZES = (3, 5, 2, 4, 6)  # in, hidden, out, classes, cond


def table(i, h, o, k, c):
    return {
        "embed.weight": (k + 1, c),
        "fc1.weight": (h, i),
        "fc1.bias": (h,),
        "film.weight": (2 * h, c),
        "film.bias": (2 * h,),
        "fc2.weight": (o, h),
        "fc2.bias": (o,),
    }


def loaded(submission, rng, sizes=SIZES):
    state = {name: torch.randn(shape, generator=rng) for name, shape in table(*sizes).items()}
    model = submission.ConditionalMLP(*sizes)
    model.load_state_dict(state)
    return model, state


def expected(state, x, labels):
    """Row by row."""
    rows, half = [], len(state["film.bias"]) // 2
    for one, label in zip(x, labels, strict=True):
        e = state["embed.weight"][len(state["embed.weight"]) - 1 if label < 0 else int(label)]
        film = state["film.weight"] @ e + state["film.bias"]
        hidden = (1 + film[:half]) * (state["fc1.weight"] @ one + state["fc1.bias"]) + film[half:]
        rows.append(state["fc2.weight"] @ hidden.clamp(min=0) + state["fc2.bias"])
    return torch.stack(rows)


def test_layers_have_the_promised_names(submission):
    """embed has one row more than there are classes; film is twice as wide as the hidden layer."""
    model = submission.ConditionalMLP(*SIZES)
    assert_registered_parameters(model, table(*SIZES))
    assert_equal(set(model.state_dict()), set(table(*SIZES)), label="the names in the state dict")


def test_a_fresh_network_ignores_the_class(submission, rng):
    """film starts at zero, so gamma and beta are 0 and 1 + gamma is 1: the network begins as a plain MLP."""
    model = submission.ConditionalMLP(*SIZES)
    x = torch.randn(5, 3, generator=rng)
    plain = torch.relu(x @ model.fc1.weight.T + model.fc1.bias) @ model.fc2.weight.T + model.fc2.bias
    assert_close(model(x, torch.tensor([0, 3, -1, 2, 1])), plain)


def test_a_fresh_network_can_learn_the_class(submission, rng):
    """Only film is zero. With an embedding of zeros as well, the class could never make a difference."""
    model = submission.ConditionalMLP(3, 8, 2, 4, 6)
    model(torch.randn(6, 3, generator=rng), torch.tensor([0, 1, 2, 3, 0, 1])).pow(2).sum().backward()
    assert model.gradients()["film.weight"].abs().max() > 0, "the gradient of film.weight is zero everywhere"


@pytest.mark.parametrize("labels", [[2], [0, 1, 2, 3], [3, 3, 0]], ids=str)
def test_class_scales_and_shifts_the_hidden_units(submission, rng, labels):
    """Gamma is the first half of film's result and beta the second; both act before the ReLU, each row with its own class."""
    model, state = loaded(submission, rng)
    x = torch.randn(len(labels), 3, generator=rng)
    got = model(x, torch.tensor(labels))
    assert_shape(got, (len(labels), 2))
    assert_close(got, expected(state, x, labels))


@pytest.mark.parametrize("labels", [[-1], [0, -1, 3, -1]], ids=str)
def test_minus_one_takes_the_last_row(submission, rng, labels):
    """The row number num_classes stands for "no class"; the other rows of the batch keep their classes."""
    model, state = loaded(submission, rng)
    x = torch.randn(len(labels), 3, generator=rng)
    assert_close(model(x, torch.tensor(labels)), expected(state, x, labels))


def test_no_labels_at_all(submission, rng):
    """labels=None is the same as -1 for every row. It is not the same as leaving film out."""
    model, state = loaded(submission, rng)
    x = torch.randn(3, 3, generator=rng)
    assert_close(model(x), expected(state, x, [-1, -1, -1]))


def test_one_class_and_no_row(submission, rng):
    """The sizes 1 and 0 are allowed: a single class, and an empty batch with and without labels."""
    model, state = loaded(submission, rng, (2, 3, 1, 1, 2))
    x = torch.randn(2, 2, generator=rng)
    assert_close(model(x, torch.tensor([0, -1])), expected(state, x, [0, -1]))
    assert_shape(model(torch.zeros(0, 2), torch.zeros(0, dtype=torch.int64)), (0, 1))
    assert_shape(model(torch.zeros(0, 2)), (0, 1))


def test_gradients(submission, rng):
    """Gradients reach x, all layers, and exactly those rows of the embedding that were used."""
    model, state = loaded(submission, rng)
    model.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x, labels = torch.randn(4, 3, generator=rng, dtype=torch.float64), torch.tensor([1, -1, 1, 3])
    assert_gradients(lambda t: model(t, labels), lambda t: expected(ours, t, labels), x)
    for value in ours.values():
        value.requires_grad_()
    model.zero_grad()
    model(x, labels).pow(2).sum().backward()
    expected(ours, x, labels).pow(2).sum().backward()
    found = model.gradients()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


def test_labels_stay_as_they_are(submission, rng):
    """labels[labels == -1] = ... writes into the caller's tensor: make a new one. Views are allowed as inputs."""
    model, state = loaded(submission, rng)
    labels = torch.tensor([[0, 9], [-1, 9], [2, 9]])[:, 0]
    x = torch.randn(3, 3, generator=rng).t()
    with unchanged(x, labels):
        got = model(x, labels)
    assert_close(got, expected(state, x, labels))


@pytest.mark.parametrize("shape", [(1,), (3,), (4, 1), ()], ids=str)
def test_labels_of_another_shape_are_refused(submission, shape):
    """One label for each row: raise a ValueError. A single label would be broadcast over the batch without a word."""
    model = submission.ConditionalMLP(*SIZES)
    with pytest.raises(ValueError):
        model(torch.zeros(4, 3), torch.zeros(shape, dtype=torch.int64))


@pytest.mark.parametrize("labels", [[0, 4], [-2, 0], [100, 1]], ids=str)
def test_labels_out_of_range_are_refused(submission, labels):
    """num_classes is a row of the table, but no class: raise a ValueError for it, and for anything below -1."""
    model = submission.ConditionalMLP(*SIZES)
    with pytest.raises(ValueError):
        model(torch.zeros(2, 3), torch.tensor(labels))
