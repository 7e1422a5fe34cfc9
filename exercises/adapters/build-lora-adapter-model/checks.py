import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_distribution, assert_equal, assert_same_state, assert_shape

SIZES = {"rank": 2, "alpha": 6.0, "bottleneck": 3}


def built(submission, lora, adapters, base=None):
    base = base or submission.support.Model().eval()
    return base, submission.build_lora_adapter_model(base, lora, adapters, **SIZES)


def lora(*places):
    return [f"{place}.{part}" for place in places for part in ("lora_A", "lora_B")]


def adapter(*places):
    return [f"{place}.{layer}.{part}" for place in places for layer in ("down", "up") for part in ("weight", "bias")]


def test_lora_is_attached_to_linear_layers(submission):
    """At any depth, by the whole of the last name. The layer inside keeps its class."""
    _, model = built(submission, ["query", "value"], {})
    kinds = submission.support.kinds(model)
    for block in (0, 1):
        for name in ("query", "value"):
            place = f"blocks.{block}.attention.{name}"
            assert_equal((kinds[place], kinds[f"{place}.base"]), ("LoRALinear", "Linear"), label=f"the classes at {place}")
    assert_equal(list(kinds.values()).count("LoRALinear"), 4, label="the number of LoRA layers")
    assert_shape(model.blocks[0].attention.query.lora_A, (2, 4), "lora_A")


def test_subclasses_of_linear_count(submission):
    """A subclass of nn.Linear is an nn.Linear: ask with isinstance."""
    base = submission.support.OfSubclass()
    model = submission.build_lora_adapter_model(base, ["query"], {}, 2, 4.0, 3)
    kinds = submission.support.kinds(model)
    assert_equal((kinds["query"], kinds["query.base"]), ("LoRALinear", "Special"), label="the classes at query")


def test_adapters_are_attached_to_any_module(submission):
    """An attention, a Sequential, a single layer: what is called so gets an adapter of its own behind it, of the width given."""
    _, model = built(submission, [], {"attention": 4, "head": 2})
    kinds = submission.support.kinds(model)
    for place, inside in {"blocks.0.attention": "Attention", "blocks.1.attention": "Attention", "head": "Linear"}.items():
        assert_equal((kinds[place], kinds[f"{place}.base"]), ("Adapted", inside), label=f"the classes at {place}")
    assert_equal(list(kinds.values()).count("Adapted"), 3, label="the number of adapters")
    assert_shape(model.head.down.weight, (3, 2), "head.down.weight")


def test_both_meet(submission):
    """LoRA goes inside of adapted modules; where a name is in both, the adapter comes around the LoRA layer."""
    _, model = built(submission, ["query", "head", "0"], {"attention": 4, "head": 2, "ffn": 4})
    kinds = submission.support.kinds(model)
    due = {
        "blocks.1.attention": "Adapted",
        "blocks.1.attention.base.query": "LoRALinear",
        "blocks.0.ffn": "Adapted",
        "blocks.0.ffn.base.0": "LoRALinear",
        "blocks.0.ffn.base.0.base": "Linear",
        "head": "Adapted",
        "head.base": "LoRALinear",
        "head.base.base": "Linear",
        "blocks.0": "Block",
    }
    for place, kind in due.items():
        assert_equal(kinds.get(place), kind, label=f"the class at {place}")


def test_attached_parts_are_not_wrapped(submission):
    """Targets that are called like a part of the adapter, such as down, mean the base's modules only."""
    _, model = built(submission, ["down"], {"down": 4, "ffn": 4})
    kinds = submission.support.kinds(model)
    due = {"down": "Adapted", "down.base": "LoRALinear", "down.down": "Linear", "blocks.0.ffn": "Adapted", "blocks.0.ffn.down": "Linear"}
    for place, kind in due.items():
        assert_equal(kinds.get(place), kind, label=f"the class at {place}")
    assert_equal(list(kinds.values()).count("Adapted"), 3, label="the number of adapters")


def test_adapters_may_be_nested(submission, rng):
    """A module and a part of it may both get one."""
    base, model = built(submission, [], {"attention": 4, "value": 4})
    kinds = submission.support.kinds(model)
    for place in ("blocks.0.attention", "blocks.0.attention.base.value", "blocks.1.attention.base.value"):
        assert_equal(kinds.get(place), "Adapted", label=f"the class at {place}")
    x = torch.randn(3, 4, generator=rng)
    assert_close(model(x), base(x))


def test_only_what_was_attached_is_trainable(submission):
    """Freeze the copy before you attach: all of the base's parameters, its norms and its own parameters included."""
    _, model = built(submission, ["query"], {"ffn": 4})
    due = lora("blocks.0.attention.query", "blocks.1.attention.query") + adapter("blocks.0.ffn", "blocks.1.ffn")
    assert_equal(submission.support.trainable(model), sorted(due), label="the trainable parameters")


def test_base_stays_as_it_is(submission, rng):
    """Work on a deep copy: modules, values, what is trainable, and the mode of the base are the same afterwards."""
    base = submission.support.Model().eval()
    support = submission.support
    kinds, trainable, state = support.kinds(base), support.trainable(base), base.state_dict()
    _, model = built(submission, ["query"], {"ffn": 4}, base)
    assert_equal(support.kinds(base), kinds, label="the modules of the base")
    assert_equal(support.trainable(base), trainable, label="the trainable parameters of the base")
    assert not support.shares_memory(base, model), "the new model shares memory with the base"
    _, second = built(submission, ["query"], {"ffn": 4}, base)
    assert not support.shares_memory(model, second), "the models of two customers share memory"
    assert_equal(support.modes(base), {False}, label="the modes in the base")
    support.fill(model, 0.5)
    assert_same_state(base.state_dict(), state, label="the state of the base")


@pytest.mark.parametrize("n", [1, 4, 0])
def test_nothing_changes_at_first(submission, rng, n):
    """lora_B and up are zero at first: the copy gives the base's results, with the base's weights."""
    base, model = built(submission, ["query", "value", "0"], {"ffn": 4, "head": 2})
    x = torch.randn(n, 4, generator=rng)
    assert_close(model(x), base(x))


def test_attached_parts_take_effect(submission, rng):
    """rank, alpha and bottleneck arrive where they belong: LoRA is scaled by alpha / rank."""
    base = submission.torch.nn.Sequential(submission.torch.nn.Linear(4, 3))
    _, model = built(submission, ["0"], {"0": 3}, base)
    x = torch.randn(5, 4, generator=rng)
    h = base(x)
    submission.support.fill(model, 0.25)
    h = h + 3.0 * (x @ torch.full((4, 2), 0.25)) @ torch.full((2, 3), 0.25)
    inner = F.gelu(h @ torch.full((3, 3), 0.25) + 0.25)
    assert_close(model(x), h + inner @ torch.full((3, 3), 0.25) + 0.25)


def test_first_matrix_starts_as_given(submission):
    """Use LoRALinear as it stands in the starter: lora_A is random, with a standard deviation of 1 / sqrt(in)."""
    model = submission.torch.nn.Sequential(submission.torch.nn.Linear(100, 3))
    model = submission.build_lora_adapter_model(model, ["0"], {}, 20, 1.0, 1)
    assert_distribution(model[0].lora_A, mean=0.0, std=0.1, label="lora_A")
    assert_close(model[0].lora_B, torch.zeros(3, 20), label="lora_B")


@pytest.mark.parametrize("training", [True, False], ids=["train()", "eval()"])
def test_mode_is_that_of_the_base(submission, training):
    """New modules are made in training mode, and a copy keeps its mode: bring all of them in line with the base."""
    base = submission.support.Model().train(training)
    _, model = built(submission, ["query"], {"ffn": 4}, base)
    assert_equal(submission.support.modes(model), {training}, label="the modes in the new model")


REFUSED = {
    "unknown name for LoRA": (["query", "nothing"], {}),
    "a name without a Linear": (["attention"], {}),
    "unknown name for an adapter": (["query"], {"nothing": 4}),
    "part of a name": (["quer"], {}),
    "nothing at all": ([], {}),
    "LoRA name found for the adapter only": (["ffn"], {"ffn": 4}),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_names_without_a_place_are_refused(submission, case):
    """Every single name must find its place: a misspelt one would silently train less than was asked for. Raise a ValueError."""
    with pytest.raises(ValueError):
        built(submission, *REFUSED[case])


def test_tuned_state_holds_only_what_learns(submission, rng):
    """A plain dict of what requires gradients, as copies, that loads into another model built alike."""
    base, model = built(submission, ["query"], {"head": 2})
    submission.support.fill(model, 0.5)
    state = submission.tuned_state_dict(model)
    due = lora("blocks.0.attention.query", "blocks.1.attention.query") + adapter("head")
    assert_equal(sorted(state), sorted(due), label="the names in the dict")
    for name, value in state.items():
        assert_close(value, torch.full_like(value, 0.5), label=name)
        assert not value.requires_grad, f"{name} requires a gradient"
    _, other = built(submission, ["query"], {"head": 2}, base)
    assert_equal(submission.support.load(other, state), [], label="the entries that fit nowhere")
    x = torch.randn(3, 4, generator=rng)
    assert_close(other(x), model(x))


def test_tuned_state_is_a_copy(submission):
    """Clone the tensors: the parameters' own memory changes with the next step of training."""
    _, model = built(submission, ["query"], {"head": 2})
    state = submission.support.Tuned(submission.tuned_state_dict, model)
    assert state.is_plain(), "the dict holds something else than plain tensors, or is no plain dict"
    assert not state.shares(), "the saved tensors share memory with the model"


def test_tuned_state_asks_each_parameter(submission):
    """What learns is told by requires_grad, not by the name: somebody may freeze a part later, or train a bias along."""
    _, model = built(submission, ["query"], {"head": 2})
    submission.support.choose(model)
    due = adapter("head") + ["head.base.bias", *(f"blocks.{block}.attention.query.lora_B" for block in (0, 1))]
    assert_equal(sorted(submission.tuned_state_dict(model)), sorted(due), label="the names in the dict")


def test_parameters_are_counted_once(submission):
    """(trainable, total). A weight with two names is one weight; frozen ones count in the total only."""
    _, model = built(submission, ["query"], {"head": 2})
    trainable = 2 * (2 * 4 + 4 * 2) + (3 * 2 + 3) + (2 * 3 + 2)
    total = trainable + 2 * (16 + 20 + 8 + 25 + 24) + 4 + 20 + 10
    assert_equal(tuple(submission.count_parameters(model)), (trainable, total), label="(trainable, total)")
    assert_equal(tuple(submission.count_parameters(submission.support.Tied())), (12, 15), label="(trainable, total) of tied layers")
