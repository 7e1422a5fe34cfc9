import pytest
import torch

from torchdojo.checkers import assert_close, assert_distribution, assert_equal, assert_same_state, assert_shape

ALL = ["blocks.0.query", "blocks.0.value", "blocks.1.query", "blocks.1.value", "ffn.0", "ffn.2", "head"]


def lora(places):
    return sorted(f"{place}.{part}" for place in places for part in ("lora_A", "lora_B"))


def test_every_linear_layer_is_replaced(submission):
    """At any depth, in attributes, ModuleLists and Sequentials; the names come back sorted."""
    model = submission.support.Model()
    assert_equal(submission.inject_lora(model, 2, 4.0), ALL, label="the replaced places")
    kinds = submission.support.kinds(model)
    for place in ALL:
        assert_equal(kinds[place], "LoRALinear", label=f"the class at {place}")
        assert_equal(kinds[f"{place}.base"], "Linear", label=f"the class at {place}.base")


def test_only_lora_is_trainable(submission):
    """Everything else is frozen: norms, other layers, and parameters that a module holds itself."""
    model = submission.support.Model()
    submission.inject_lora(model, 2, 4.0)
    assert_equal(submission.support.trainable(model), lora(ALL), label="the trainable parameters")


def test_very_layers_are_kept(submission):
    """LoRALinear is built around the layer that was there, and not around a copy or a new one."""
    model = submission.support.Model()
    query, last = model.blocks[1].query, model.ffn[2]
    submission.inject_lora(model, 2, 4.0)
    assert model.blocks[1].query.base is query, "blocks.1.query.base is another layer"
    assert model.ffn[2].base is last, "ffn.2.base is another layer"


def test_nothing_changes_at_first(submission, rng):
    """lora_B is zero, so a fresh injection leaves every result as it was, for no row too."""
    model = submission.support.Model()
    x = torch.randn(4, 3, generator=rng)
    before = model(x)
    submission.inject_lora(model, 2, 4.0)
    assert_close(model(x), before)
    assert_shape(model(torch.zeros(0, 3)), (0, 2))


def test_rank_and_alpha_arrive(submission, rng):
    """Hand both on, in this order: lora_A is (rank, in), and the update is scaled by alpha / rank."""
    model = submission.torch.nn.Sequential(submission.torch.nn.Linear(4, 3))
    x = torch.randn(5, 4, generator=rng)
    before = model(x)
    submission.inject_lora(model, rank=2, alpha=6.0)
    assert_shape(model[0].lora_A, (2, 4), "lora_A")
    submission.support.fill(model, 0.5)
    update = 3.0 * (x @ model[0].lora_A.T) @ torch.full((2, 3), 0.5)
    assert_close(model(x), before + update)


def test_first_matrix_starts_as_given(submission):
    """Use LoRALinear as it stands in the starter: lora_A is random, with a standard deviation of 1 / sqrt(in)."""
    model = submission.torch.nn.Sequential(submission.torch.nn.Linear(100, 3))
    submission.inject_lora(model, 20, 1.0)
    assert_distribution(model[0].lora_A, mean=0.0, std=0.1, label="lora_A")
    assert_close(model[0].lora_B, torch.zeros(3, 20), label="lora_B")


@pytest.mark.parametrize(
    ("targets", "places"),
    [
        (["query"], ["blocks.0.query", "blocks.1.query"]),
        (["value", "head"], ["blocks.0.value", "blocks.1.value", "head"]),
        (["0"], ["ffn.0"]),
        (["head", "nothing", "query_norm"], ["head"]),
    ],
    ids=["query", "value and head", "0", "head and names without a layer"],
)
def test_targets_choose_by_the_last_name(submission, targets, places):
    """Compare the part after the last dot as a whole: neither the beginning of a name nor a part of it. All the rest is frozen."""
    model = submission.support.Model()
    assert_equal(submission.inject_lora(model, 2, 4.0, targets), places, label="the replaced places")
    assert_equal(submission.support.trainable(model), lora(places), label="the trainable parameters")
    kinds = submission.support.kinds(model)
    assert_equal([place for place in ALL if kinds[place] == "LoRALinear"], places, label="the places with a LoRALinear")


def test_end_of_a_name_is_not_the_name(submission):
    """"query" is neither "my_query" nor "query_norm": compare the part after the last dot as a whole, not its end."""
    nn = submission.torch.nn
    model = submission.support.Pair(nn.Linear(2, 2), nn.Linear(2, 2))
    assert_equal(submission.inject_lora(model, 1, 1.0, ["query"]), ["query"], label="the replaced places")


def test_subclasses_stay_as_they_are(submission):
    """isinstance is true for subclasses too. Compare the class itself."""
    model = submission.support.Model()
    with pytest.raises(ValueError):
        submission.inject_lora(model, 2, 4.0, ["special"])
    submission.inject_lora(model, 2, 4.0, ["special", "head"])
    assert_equal(submission.support.kinds(model)["blocks.0.special"], "Special", label="the class at blocks.0.special")


def test_shared_layers_stay_shared(submission, rng):
    """A layer under two names becomes one LoRALinear under both; a block that is used twice is found under both names."""
    model = submission.support.Tied()
    x = torch.randn(2, 3, generator=rng)
    before = model(x)
    places = ["again", "first", "left.0", "right.0"]
    assert_equal(submission.inject_lora(model, 2, 4.0), places, label="the replaced places")
    assert model.first is model.again, "`first` and `again` are different layers now"
    assert model.left is model.right, "`left` and `right` are different blocks now"
    assert_close(model(x), before)
    assert_equal(submission.support.trainable(model), lora(places), label="the trainable parameters")
    kinds = submission.support.kinds(model)
    assert_equal(kinds["first.base"], "Linear", label="the class at first.base")
    assert_equal(kinds["left.0.base"], "Linear", label="the class at left.0.base")


def test_one_of_two_names_is_enough(submission):
    """With a target that names one of two places, only that place is replaced, as the names say."""
    model = submission.support.Tied()
    assert_equal(submission.inject_lora(model, 2, 4.0, ["again"]), ["again"], label="the replaced places")
    kinds = submission.support.kinds(model)
    assert_equal((kinds["first"], kinds["again"]), ("Linear", "LoRALinear"), label="the classes at first and again")


def test_second_call_leaves_the_first_alone(submission, rng):
    """Nothing inside of a LoRALinear is wrapped again, and lora_A and lora_B of the first call stay trainable, with their values."""
    model = submission.support.Model()
    submission.inject_lora(model, 2, 4.0, ["query"])
    submission.support.fill(model, 0.3)
    x = torch.randn(3, 3, generator=rng)
    before, first = model(x), model.blocks[0].query
    assert_equal(submission.inject_lora(model, 1, 1.0, ["query", "value", "base"]), ["blocks.0.value", "blocks.1.value"])
    assert model.blocks[0].query is first, "blocks.0.query was replaced again"
    assert_close(model(x), before)
    due = lora(["blocks.0.query", "blocks.0.value", "blocks.1.query", "blocks.1.value"])
    assert_equal(submission.support.trainable(model), due, label="the trainable parameters")
    assert_equal(submission.inject_lora(model, 1, 1.0), ["ffn.0", "ffn.2", "head"], label="the places of a third call")
    with pytest.raises(ValueError):
        submission.inject_lora(model, 1, 1.0)


def test_training_moves_lora_and_nothing_else(submission, rng):
    """Two steps of an optimizer over what requires gradients: all else stays, and every lora_B moves."""
    model = submission.support.Model()
    submission.inject_lora(model, 2, 4.0)
    before = model.state_dict()
    x = torch.randn(8, 3, generator=rng)
    for _ in range(2):
        submission.support.step(model, x)
    after = model.state_dict()
    for name, value in before.items():
        if "lora_" not in name:
            assert_close(after[name], value, label=name)
    for place in ("blocks.0.value", "head"):
        name = f"{place}.lora_B"
        assert not torch.equal(after[name], before[name]), f"{name} has not moved"


@pytest.mark.parametrize(
    ("rank", "targets"), [(2, ["nothing"]), (2, []), (0, None), (-1, ["query"])], ids=["unknown name", "no name", "rank 0", "rank -1"]
)
def test_refused_calls_change_nothing(submission, rank, targets):
    """Look first, then change: after a ValueError all layers are in place, and what was trainable still is."""
    model = submission.support.Model()
    kinds, trainable, state = submission.support.kinds(model), submission.support.trainable(model), model.state_dict()
    with pytest.raises(ValueError):
        submission.inject_lora(model, rank, 4.0, targets)
    assert_equal(submission.support.kinds(model), kinds, label="the modules")
    assert_equal(submission.support.trainable(model), trainable, label="the trainable parameters")
    assert_same_state(model.state_dict(), state)


def test_a_lone_layer_is_refused(submission):
    """A model that is a Linear cannot be replaced in place, since nothing holds it: raise a ValueError. The same for a LoRALinear."""
    layer = submission.torch.nn.Linear(3, 2)
    with pytest.raises(ValueError):
        submission.inject_lora(layer, 2, 4.0)
    assert layer.weight.requires_grad, "the layer was frozen"
    holder = submission.torch.nn.Sequential(layer)
    submission.inject_lora(holder, 2, 4.0)
    with pytest.raises(ValueError):
        submission.inject_lora(holder[0], 2, 4.0)
