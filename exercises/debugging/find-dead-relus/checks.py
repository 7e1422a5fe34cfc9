import pytest
import torch

from torchdojo.checkers import assert_close, assert_same_state, assert_type, unchanged


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float32)[:, None]


@pytest.mark.parametrize("inplace", [False, True], ids=["inplace=False", "inplace=True"])
def test_channels_that_never_fire(submission, inplace):
    """A channel is dead if nothing above 0 comes out, for any row. Exactly 0 is not above 0."""
    model = submission.support.biased([50, -50, 0, -1, -2], inplace)
    got = submission.find_dead_relus(model, [column(1.0, -3.0, 0.5)])
    assert got == {"1": [1, 3, 4]}
    assert_type(got, dict)
    assert_type(got["1"], list)
    assert_type(got["1"][0], int)


def test_alive_in_one_batch_is_alive(submission):
    """One row in one batch is enough to live: combine the batches, do not let the last one decide."""
    model = submission.support.biased([-1, -3, -5])
    first, second = column(2.0, 0.0), column(4.0, -1.0)
    for batches in ([first, second], [second, first], [column(0.0), second, column(0.0)]):
        got = submission.find_dead_relus(model, batches)
        assert got == {"1": [2]}
    got = submission.find_dead_relus(model, [column(2.0, 0.0), column(2.0, -1.0)])
    assert got == {"1": [1, 2]}, "other batches were asked about than before, with the same model"


@pytest.mark.parametrize("dims", [1, 2], ids=["(n, c, l)", "(n, c, h, w)"])
def test_feature_maps(submission, rng, dims):
    """In a map dim 1 is the channel. It is alive if it fires at any position: look over all other dims."""
    model = submission.support.maps([-2, 1, -4, -2, -9], dims)
    x = torch.rand((3, 1, 2, 4)[: 2 + dims], generator=rng)
    x[2, 0, 1] = 3.0
    got = submission.find_dead_relus(model, [x])
    assert got == {"1": [2, 4]}


def test_nested_modules(submission, rng):
    """Names are those of named_modules(), at any depth. Only nn.ReLU counts, and only if it ran."""
    got = submission.find_dead_relus(submission.support.Nested(), [torch.rand(4, 1, generator=rng)])
    assert got == {"block.0.1": [1], "last.act": [0, 2]}
    assert list(got) == ["block.0.1", "last.act"]


def test_no_dead_channels(submission):
    """A ReLU whose channels all live is in the result too, with an empty list."""
    got = submission.find_dead_relus(submission.support.biased([50, 1]), [column(0.0)])
    assert got == {"1": []}


def test_a_shared_relu_counts_once(submission):
    """One module used twice has one entry, and lives if it lives in any of its uses."""
    x = torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, -2.0], [0.0, 0.0, 0.0, 0.0]])
    got = submission.find_dead_relus(submission.support.Shared(), [x])
    assert got == {"relu": [2]}


def test_rows_of_any_number(submission):
    """A batch of one row and one without rows are batches. Maxima over nothing do not exist; `any` over nothing is False."""
    model = submission.support.biased([50, -50])
    got = submission.find_dead_relus(model, [column(1.0)])
    assert got == {"1": [1]}
    got = submission.find_dead_relus(model, [torch.zeros(0, 1), column(1.0), torch.zeros(0, 1)])
    assert got == {"1": [1]}
    got = submission.find_dead_relus(model, [torch.zeros(0, 1)])
    assert got == {"1": [0, 1]}
    got = submission.find_dead_relus(model, [])
    assert got == {}


def test_a_model_without_relus(submission, rng):
    """Nothing to watch is no error."""
    got = submission.find_dead_relus(submission.torch.nn.Linear(2, 2), [torch.rand(3, 2, generator=rng)])
    assert got == {}


def test_batches_from_a_generator(submission):
    """Go over the batches once, and call the model once for each."""
    model = submission.support.Nested()
    got = submission.find_dead_relus(model, (column(float(i), 1.0) for i in range(3)))
    assert got == {"block.0.1": [1], "last.act": [0, 2]}
    assert model.diary == [(False, False)] * 3


def test_watched_in_evaluation_mode(submission, rng):
    """In training mode dropout silences units and batch norm learns from your inputs: call eval(), and record no gradients."""
    model = submission.support.Nested()
    before = model.state_dict()
    with unchanged(x := torch.rand(4, 1, generator=rng)):
        submission.find_dead_relus(model, [x])
    assert model.diary == [(False, False)]
    assert_same_state(model.state_dict(), before)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_modes_are_put_back(submission, rng, training):
    """Afterwards every module is in its own old mode: train() on the whole model would wake a part that was frozen."""
    model = submission.support.Nested()
    model.train(training)
    submission.support.freeze_norm(model)
    before = submission.support.modes(model)
    submission.find_dead_relus(model, [torch.rand(4, 1, generator=rng)])
    after = submission.support.modes(model)
    assert after == before


def test_no_hook_is_left(submission):
    """Remove the hooks, or the model runs them for ever. A second search gives the same."""
    model = submission.support.biased([50, -50])
    first = submission.find_dead_relus(model, [column(1.0)])
    assert submission.support.hooks(model) == 0
    second = submission.find_dead_relus(model, [column(1.0)])
    assert second == first


def test_nothing_is_left_after_an_exception(submission):
    """The model may raise in the middle: remove the hooks and put the modes back in a `finally`, and pass the exception on."""
    model = submission.support.Failing()
    before = submission.support.modes(model)
    with pytest.raises(KeyError):
        submission.find_dead_relus(model, [column(1.0)])
    assert submission.support.hooks(model) == 0
    after = submission.support.modes(model)
    assert after == before


def test_gradients_are_left_alone(submission):
    """Gradients that are there belong to somebody's training."""
    model = submission.support.biased([50, -50])
    submission.support.fill_gradients(model, 2.0)
    submission.find_dead_relus(model, [column(1.0)])
    assert_close(submission.support.grads_of(model), [torch.full((2, 1), 2.0), torch.full((2,), 2.0)])


def test_activations_are_not_kept(submission):
    """Keep one yes or no per channel, not the outputs: over a whole data set they do not fit into memory."""
    model = submission.support.Watching()
    got = submission.find_dead_relus(model, [column(1.0) for _ in range(4)])
    assert got == {"net.1": [1]}
    most = model.most
    assert most <= 1, f"{most} outputs of earlier batches were still alive"
