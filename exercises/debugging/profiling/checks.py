import pytest
import torch

from torchdojo.checkers import assert_close, assert_same_state, assert_type


def ones(count):
    return [torch.tensor([1.0]) for _ in range(count)]


def entry(calls, total, own):
    return {"calls": calls, "total": float(total), "own": float(own)}


def compare(got, expected):
    assert list(got) == list(expected)
    for name, values in expected.items():
        assert sorted(got[name]) == ["calls", "own", "total"]
        assert_type(got[name]["calls"], int)
        for key in ("calls", "total", "own"):
            assert_close(got[name][key], values[key], label=f"{key} of module {name!r}")


def test_one_module(submission):
    """The time between the start of forward and its end, once per batch."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.Work(clock, 2.5), ones(3), clock=clock, warmup=0)
    compare(got, {"": entry(3, 7.5, 7.5)})


@pytest.mark.parametrize("count", [1, 2])
def test_nested_modules(submission, count):
    """total is with the modules inside, own is without: subtract what direct children took, once. A child's children are in the child's total already."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.nested(clock), ones(count), clock=clock, warmup=0)
    expected = {
        "": (17.75, 2.0),
        "parts.0": (1.0, 1.0),
        "parts.1": (6.75, 0.75),
        "parts.1.parts.0": (2.0, 2.0),
        "parts.1.parts.1": (4.0, 4.0),
        "parts.2": (8.0, 8.0),
    }
    compare(got, {name: entry(count, count * total, count * own) for name, (total, own) in expected.items()})


def test_own_times_add_up(submission):
    """Every second is somebody's own, and nobody else's: the own times add up to the total of the model."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.nested(clock), ones(4), clock=clock, warmup=1)
    assert_close(sum(values["own"] for values in got.values()), got[""]["total"])


def test_shared_modules(submission):
    """One module in three places ran three times: one entry under its first name."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.shared(clock), ones(1), clock=clock, warmup=0)
    compare(got, {"": entry(1, 11.0, 4.0), "parts.0": entry(3, 6.0, 6.0), "parts.1": entry(1, 3.0, 1.0)})


def test_recursion(submission):
    """A module that runs inside itself has several starts at the same time: keep them on a stack, one per call."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.Recursive(clock), ones(1), clock=clock, warmup=0)
    compare(got, {"": entry(3, 37.0 + 24.0 + 11.0, 7.0), "leaf": entry(3, 30.0, 30.0)})


@pytest.mark.parametrize(("warmup", "total"), [(0, 107.0), (1, 7.0), (2, 6.0), (3, 4.0)])
def test_warmup_is_not_measured(submission, warmup, total):
    """The first batches pay for memory and kernels that come only once: run them, and measure what follows."""
    clock = submission.support.Clock()
    model = submission.support.Slower(clock)
    batches = [torch.tensor([seconds]) for seconds in (100.0, 1.0, 2.0, 4.0)]
    got = submission.profile(model, batches, clock=clock, warmup=warmup)
    calls = 4 - warmup
    compare(got, {"": entry(calls, total + calls, total), "inner": entry(calls, calls, calls)})
    assert [seconds for seconds, *_ in model.diary] == [100.0, 1.0, 2.0, 4.0]


def test_one_batch_of_warmup_by_default(submission):
    """Without `warmup` the first batch is not measured."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.Work(clock, 1.0), ones(3), clock)
    compare(got, {"": entry(2, 2.0, 2.0)})


def test_clock_is_read_twice_per_call(submission):
    """On a GPU every reading waits for the device: read once at the start and once at the end of each measured call."""
    clock = submission.support.Clock()
    submission.profile(submission.support.nested(clock), ones(3), clock=clock, warmup=1)
    readings = clock.readings
    assert readings == 2 * 6 * 2


def test_batches_from_a_generator(submission):
    """Go over the batches once; they may have no length. The time that the generator takes is not the model's."""
    clock = submission.support.Clock()
    model = submission.support.Work(clock, 1.0)

    def batches():
        for x in ones(3):
            clock.work(50.0)
            yield x

    got = submission.profile(model, batches(), clock=clock, warmup=1)
    compare(got, {"": entry(2, 2.0, 2.0)})


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nothing_measured(submission, count):
    """If all batches are warm-up, or there are none, the result is an empty dict."""
    clock = submission.support.Clock()
    got = submission.profile(submission.support.Work(clock, 1.0), ones(count), clock=clock, warmup=2)
    assert got == {}


def test_real_clock_by_default(submission):
    """Without `clock` it is time.perf_counter: small positive times."""
    model = submission.torch.nn.Sequential(submission.torch.nn.Linear(4, 4), submission.torch.nn.ReLU())
    got = submission.profile(model, [torch.ones(2, 4)] * 3)
    assert list(got) == ["", "0", "1"]
    for values in got.values():
        assert values["calls"] == 2
        assert 0 < values["own"] <= values["total"] < 600
    assert got["0"]["own"] + got["1"]["own"] < got[""]["total"]


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_runs_in_its_own_mode(submission, training):
    """Measure the model as it is used: leave the modes alone, also those of parts, and record no gradients."""
    clock = submission.support.Clock()
    model = submission.support.Slower(clock)
    model.training = training
    submission.profile(model, ones(3), clock=clock)
    assert model.diary == [(1.0, training, False, False)] * 3
    assert model.training is training


def test_leaves_no_trace(submission):
    """Remove the hooks, and leave weights and gradients as they are. A second profile measures the same."""
    clock = submission.support.Clock()
    model = submission.support.nested(clock)
    submission.support.fill_gradients(model, 2.0)
    before = model.state_dict()
    first = submission.profile(model, ones(2), clock=clock)
    assert submission.support.hooks(model) == 0
    assert submission.support.forwards(model) == []
    second = submission.profile(model, ones(2), clock=clock)
    assert second == first
    assert_same_state(model.state_dict(), before)
    assert_close(list(model.gradients().values()), [torch.tensor(2.0)] * 4)


def test_no_trace_after_an_exception(submission):
    """The model may raise in the middle of a call: clean up in a `finally`, pass it on, and do not let it spoil the next profile."""
    clock = submission.support.Clock()
    model = submission.support.Slower(clock)
    with pytest.raises(KeyError):
        submission.profile(model, [torch.tensor([1.0]), torch.tensor([-1.0])], clock=clock, warmup=0)
    assert submission.support.hooks(model) == 0
    assert submission.support.forwards(model) == []
    got = submission.profile(model, ones(1), clock=clock, warmup=0)
    compare(got, {"": entry(1, 2.0, 1.0), "inner": entry(1, 1.0, 1.0)})


def test_negative_warmup_is_refused(submission):
    """Raise a ValueError before the model is called."""
    clock = submission.support.Clock()
    model = submission.support.Slower(clock)
    with pytest.raises(ValueError):
        submission.profile(model, ones(2), clock=clock, warmup=-1)
    assert model.diary == []
