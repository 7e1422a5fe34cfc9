import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_equal, assert_registered_parameters, assert_same_state, assert_shape

NAMES = {"down.weight", "down.bias", "up.weight", "up.bias"}


def shapes(dim, bottleneck):
    return {"down.weight": (bottleneck, dim), "down.bias": (bottleneck,), "up.weight": (dim, bottleneck), "up.bias": (dim,)}


def random_adapter(rng, dim=3, bottleneck=2):
    return {name: torch.randn(shape, generator=rng) for name, shape in shapes(dim, bottleneck).items()}


def filled(submission, rng, n_in=4, dim=3, bottleneck=2):
    """A block around a linear layer, with an adapter that is no longer zero."""
    block = submission.AdapterBlock(submission.torch.nn.Linear(n_in, dim), dim, bottleneck)
    state = {f"adapter.{name}": value for name, value in random_adapter(rng, dim, bottleneck).items()}
    state |= {"base.weight": torch.randn(dim, n_in, generator=rng), "base.bias": torch.randn(dim, generator=rng)}
    block.load_state_dict(state)
    return block, state


def adapted(state, h):
    inner = F.gelu(h @ state["adapter.down.weight"].T + state["adapter.down.bias"])
    return h + inner @ state["adapter.up.weight"].T + state["adapter.up.bias"]


def expected(state, x):
    return adapted(state, x @ state["base.weight"].T + state["base.bias"])


def test_what_is_registered(submission):
    """The very layer under `base`, and a BottleneckAdapter under `adapter`. Only the adapter is trainable."""
    base = submission.torch.nn.Linear(4, 3)
    block = submission.AdapterBlock(base, 3, 2)
    due = {"base.weight": (3, 4), "base.bias": (3,)} | {f"adapter.{name}": shape for name, shape in shapes(3, 2).items()}
    assert_registered_parameters(block, due)
    assert block.base is base, "`base` is a copy"
    learns = {name for name, p in block.named_parameters() if p.requires_grad}
    assert_equal(learns, {f"adapter.{name}" for name in NAMES}, label="the trainable parameters")


@pytest.mark.parametrize("lead", [(1,), (5,), (2, 3), (0,)], ids=str)
def test_adapter_follows_the_base(submission, rng, lead):
    """First the base, then the adapter on its result."""
    block, state = filled(submission, rng)
    x = torch.randn(*lead, 4, generator=rng)
    got = block(x)
    assert_shape(got, (*lead, 3))
    assert_close(got, expected(state, x))


def test_all_arguments_reach_the_base(submission, rng):
    """The base may take several inputs and options: hand on *args and **kwargs."""
    base = submission.support.Mixing(3)
    block = submission.AdapterBlock(base, 3, 2)
    x, y = torch.randn(2, 3, generator=rng), torch.randn(2, 3, generator=rng)
    assert_close(block(x, y, factor=2.0), base(x, y, factor=2.0))
    assert_close(block(x, y=y), base(x, y))


def test_gradients_pass_through_the_base(submission, rng):
    """Frozen does not mean cut off: the input gets its gradient, every weight of the adapter too, the base's weights none."""
    block, state = filled(submission, rng)
    block.to(torch.float64)
    ours = {name: value.double().requires_grad_() for name, value in state.items()}
    x = torch.randn(2, 4, generator=rng, dtype=torch.float64)
    theirs_x, our_x = x.clone().requires_grad_(), x.clone().requires_grad_()
    block(theirs_x).pow(2).sum().backward()
    expected(ours, our_x).pow(2).sum().backward()
    assert theirs_x.grad is not None, "no gradient reached the input"
    assert_close(theirs_x.grad, our_x.grad, label="the gradient of the input")
    found = block.gradients()
    for name in NAMES:
        assert found[f"adapter.{name}"] is not None, f"no gradient reached adapter.{name}"
        assert_close(found[f"adapter.{name}"], ours[f"adapter.{name}"].grad, label=f"the gradient of {name}")
    assert found["base.weight"] is None, "the frozen weight has a gradient"


def test_base_rests_in_training_mode(submission, rng):
    """train() must not wake the base's dropout and batch norm: override it, call super, then base.eval()."""
    base = submission.support.Busy(4, 3)
    block = submission.AdapterBlock(base, 3, 2)
    x = 3 * torch.randn(6, 4, generator=rng) + 1
    fresh = block(x)
    assert base.training is False, "the base of a new block is in training mode"
    before = base.state_dict()
    assert block.train() is block, "train() has to return the block"
    assert block.training is True, "after train() the block itself is not in training mode"
    assert block.adapter.training is True, "after train() the adapter is not in training mode"
    assert base.training is False, "after train() the base is in training mode"
    assert base.norm.training is False, "after train() a part of the base is in training mode"
    assert_close(block(x), fresh, label="the result in training mode")
    assert_same_state(base.state_dict(), before, label="the state of the base")


def test_evaluation_mode(submission):
    """eval() and train(False) switch the block and its adapter back, and return the block."""
    block = submission.AdapterBlock(submission.support.Busy(4, 3), 3, 2)
    for switch in (block.eval, lambda: block.train(False)):
        block.train(True)
        assert switch() is block, "eval() and train(False) have to return the block"
        assert block.training is False, "the block is still in training mode"
        assert block.adapter.training is False, "the adapter is still in training mode"
        assert block.base.training is False, "the base is in training mode"


def test_a_whole_model_in_training_mode(submission, rng):
    """A model calls train() of its parts. Its blocks must keep their bases asleep, and a training step must move nothing of them."""
    make = lambda n: submission.AdapterBlock(submission.support.Busy(n, 3), 3, 2)
    model = submission.support.Holder(make(4), make(3))
    before = model.state_dict()
    model.train()
    submission.support.step(model, torch.randn(6, 4, generator=rng))
    after = model.state_dict()
    for name, value in before.items():
        if ".base." in name:
            assert_close(after[name], value, label=name)
    for part in ("first", "second"):
        name = f"{part}.adapter.up.weight"
        assert not torch.equal(after[name], before[name]), f"{name} has not moved"


def test_saved_adapter_has_four_tensors(submission, rng):
    """Only the adapter, with names that do not begin by `adapter.`: it is to fit behind other layers too."""
    block, state = filled(submission, rng)
    saved = block.adapter_state_dict()
    assert_equal(set(saved), NAMES, label="the names in the saved dict")
    for name, value in saved.items():
        assert_close(value, state[f"adapter.{name}"], label=name)
        assert not value.requires_grad, f"{name} requires a gradient: detach it"


def test_saved_adapter_is_a_copy(submission, rng):
    """state_dict() holds the parameters' own memory. Clone, or the next step of training changes what was saved."""
    block, _ = filled(submission, rng)
    kept = submission.support.Saved(block)
    before = kept.read()
    submission.support.step(block, torch.randn(6, 4, generator=rng))
    assert_close(kept.read(), before, label="the dict that was saved before the step")
    now = {name.removeprefix("adapter."): value for name, value in block.state_dict().items() if "adapter." in name}
    assert_close(block.adapter_state_dict(), now, label="the dict that is saved after the step")


def test_loaded_adapter_is_a_copy_too(submission, rng):
    """Copy the values into the parameters; they stay the same objects, and trainable."""
    block, state = filled(submission, rng)
    new = random_adapter(rng)
    kept = submission.support.Loaded(block, new)
    x = torch.randn(5, 4, generator=rng)
    assert_close(block(x), expected(state | {f"adapter.{name}": value for name, value in new.items()}, x))
    assert kept.same_parameters(), "the parameters were replaced by new objects, which an optimizer does not know"
    submission.support.step(block, x)
    assert_close(kept.read(), new, label="the dict that was loaded, after a step")
    learns = {name for name, p in block.named_parameters() if p.requires_grad}
    assert_equal(learns, {f"adapter.{name}" for name in NAMES}, label="the trainable parameters")


BROKEN = {
    "a missing entry": lambda s: s.pop("up.bias"),
    "a superfluous entry": lambda s: s.update({"base.weight": torch.zeros(3, 4)}),
    "a wrong shape": lambda s: s.update({"up.weight": torch.zeros(2, 3)}),
    "a shape that broadcasts": lambda s: s.update({"up.bias": torch.zeros(1)}),
}


@pytest.mark.parametrize("damage", list(BROKEN))
def test_broken_dicts_are_refused(submission, rng, damage):
    """Look at all names and shapes first, raise a ValueError, and only then copy: half a load is worse than none."""
    block, state = filled(submission, rng)
    new = random_adapter(rng)
    BROKEN[damage](new)
    with pytest.raises(ValueError):
        block.load_adapter_state_dict(new)
    assert_same_state(block.state_dict(), state, label="the state after the refused load")
