import pytest
import torch

import support
from torchdojo.checkers import assert_close, assert_registered_parameters, assert_same_state, assert_shape

TRAINED = {
    "backbone trainable": [True],
    "head trainable": [True],
    "backbone training": [True],
    "head training": True,
    "model training": True,
    "backbone gradients": 0,
}
FROZEN = {**TRAINED, "backbone trainable": [False], "backbone training": [False]}


def make(submission, kind="vectors", classes=3):
    return submission.BackboneAndHead(getattr(submission.support, kind)(), 4, classes)


def expect(submission, model, expected):
    got = submission.support.facts(model)
    wrong = [f"{name} is {got[name]}, expected {expected[name]}" for name in expected if got[name] != expected[name]]
    assert not wrong, "; ".join(wrong)


def pair(submission, rng, kind):
    """The learner's model, and a backbone and a head here with the same weights."""
    backbone, head = getattr(support, kind)(), torch.nn.Linear(4, 3)
    for parameter in [*backbone.parameters(), *head.parameters()]:
        parameter.data = torch.randn(parameter.shape, generator=rng)
    model = make(submission, kind)
    state = {f"backbone.{k}": v for k, v in backbone.state_dict().items()}
    model.load_state_dict({**state, **{f"head.{k}": v for k, v in head.state_dict().items()}})
    model.eval()
    return model, backbone.eval(), head


INPUTS = pytest.mark.parametrize(
    ("kind", "shape"),
    [("vectors", (1, 3)), ("vectors", (5, 3)), ("images", (2, 2, 3, 5)), ("signals", (3, 2, 6)), ("images", (1, 2, 2, 2))],
    ids=["one vector", "five vectors", "images", "signals", "one image"],
)


def test_names_in_the_state_dict(submission):
    """The state dict has the entries of `backbone` and `head` only. A flag is a plain attribute, no buffer."""
    shapes = {f"backbone.{k}": tuple(p.shape) for k, p in support.vectors().named_parameters()}
    model = make(submission)
    assert_registered_parameters(model, {**shapes, "head.weight": (3, 4), "head.bias": (3,)})
    assert len(model.state_dict()) == len(support.vectors().state_dict()) + 2
    state, second = model.state_dict(), make(submission)
    second.load_state_dict({name: torch.full_like(value, 7) for name, value in state.items()})
    assert_same_state(model.state_dict(), state, label="the state, after a second model was given other values")


@INPUTS
def test_logits(submission, rng, kind, shape):
    """The head works on one number per feature: average over all dims of a map after the second, and over nothing else."""
    model, backbone, head = pair(submission, rng, kind)
    x = torch.randn(shape, generator=rng)
    features = backbone(x)
    features = features.mean(dim=tuple(range(2, features.dim()))) if features.dim() > 2 else features
    got = model(x)
    assert_shape(got, (shape[0], 3))
    assert_close(got, head(features))


def test_empty_and_transposed_batches(submission, rng):
    """No rows give no logits, and x may be a view with strides of its own."""
    model, backbone, head = pair(submission, rng, "vectors")
    assert_shape(model(torch.zeros(0, 3)), (0, 3))
    x = torch.randn(3, 4, generator=rng).t()
    assert_close(model(x), head(backbone(x)))


def test_wrong_number_of_features(submission):
    """If backbone and head do not fit together, say so with a ValueError."""
    for kind, x in (("vectors", torch.zeros(2, 3)), ("images", torch.zeros(2, 2, 3, 3))):
        model = submission.BackboneAndHead(getattr(submission.support, kind)(), 6, 3)
        with pytest.raises(ValueError):
            model(x)


def test_gradients_before_freezing(submission, rng):
    """A new model trains as a whole, and follows train() and eval()."""
    model = make(submission)
    expect(submission, model, TRAINED)
    model.eval()
    expect(submission, model, {**TRAINED, "backbone training": [False], "head training": False, "model training": False})
    assert model.train() is model
    model(torch.randn(4, 3, generator=rng)).sum().backward()
    assert submission.support.facts(model)["backbone gradients"] == 4


def test_freezing(submission):
    """freeze() turns off the gradients of the backbone and puts it into eval() at once. The head stays as it is."""
    model = make(submission)
    model.freeze()
    expect(submission, model, FROZEN)
    model.freeze()
    expect(submission, model, FROZEN)


def test_train_does_not_wake_it(submission):
    """model.train() reaches all children: override it so that a frozen backbone stays in eval(), and return the module."""
    model = make(submission)
    model.freeze()
    assert model.train() is model
    expect(submission, model, FROZEN)
    assert model.eval() is model
    off = {**FROZEN, "head training": False, "model training": False}
    expect(submission, model, off)
    model.train(False)
    expect(submission, model, off)
    model.train(True)
    expect(submission, model, FROZEN)


@pytest.mark.parametrize("kind", ["vectors", "images"])
def test_training_leaves_a_frozen_backbone_alone(submission, rng, kind):
    """Neither weights nor running statistics of the backbone may change, while the head learns."""
    model = make(submission, kind)
    model.freeze()
    model.train()
    before = model.state_dict()
    optimizer = submission.support.sgd(model)
    shape = (4, 3) if kind == "vectors" else (4, 2, 3, 3)
    for _ in range(2):
        submission.support.train_once(model, optimizer, torch.randn(shape, generator=rng))
    after = model.state_dict()
    assert_same_state({k: v for k, v in after.items() if k[0] == "b"}, {k: v for k, v in before.items() if k[0] == "b"})
    assert not torch.equal(after["head.weight"], before["head.weight"])


def test_left_over_gradients_are_removed(submission, rng):
    """An optimizer made before steps on every `.grad` that is there. Set those of the backbone to None, not those of the head."""
    model = make(submission)
    optimizer = submission.support.sgd(model)
    submission.support.give_gradients(model, 1.0)
    before = model.state_dict()
    model.freeze()
    assert submission.support.facts(model)["backbone gradients"] == 0
    optimizer.step()
    after = model.state_dict()
    assert_close({k: v for k, v in after.items() if k[0] == "b"}, {k: v for k, v in before.items() if k[0] == "b"})
    assert_close(after["head.weight"], before["head.weight"] - 0.1)


def test_gradients_reach_the_input(submission, rng):
    """The frozen backbone is still part of the graph: do not run it under no_grad and do not detach its features."""
    model, backbone, head = pair(submission, rng, "vectors")
    model.freeze()
    x = torch.randn(2, 3, generator=rng)
    (expected,) = torch.autograd.grad(head(backbone(x.requires_grad_())).pow(2).sum(), x)
    got = x.detach().clone().requires_grad_()
    model(got).pow(2).sum().backward()
    assert_close(got.grad, expected, label="the gradient of x")


@pytest.mark.parametrize("training", [True, False], ids=["in training", "in evaluation"])
def test_unfreezing(submission, training):
    """unfreeze() undoes all of it: gradients on again, and the backbone in the mode of the model."""
    model = make(submission)
    model.freeze()
    model.train(training)
    model.unfreeze()
    expected = {**TRAINED, "backbone training": [training], "head training": training, "model training": training}
    expect(submission, model, expected)
    model.unfreeze()
    model.eval()
    model.train()
    expect(submission, model, TRAINED)


def test_parameter_groups(submission):
    """Two groups, the head's first. Every parameter is in exactly one; a frozen backbone is in none."""
    model = make(submission)
    groups = submission.support.groups_of
    head = (["head.bias", "head.weight"], 0.1)
    backbone = (sorted(f"backbone.{k}" for k, _ in support.vectors().named_parameters()), 0.01)
    assert groups(model, 0.1, 0.01) == [head, backbone]
    model.freeze()
    assert groups(model, 0.1, 0.01) == [head]
    model.unfreeze()
    assert groups(model, head_lr=0.1, backbone_lr=0.01) == [head, backbone]


def test_other_dtypes(submission, rng):
    """The model can be moved as every module can."""
    model = make(submission, classes=2).to(torch.float64)
    model.eval()
    assert model(torch.randn(1, 3, generator=rng, dtype=torch.float64)).dtype == torch.float64
