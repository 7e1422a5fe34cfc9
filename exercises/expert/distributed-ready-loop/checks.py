import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close

RUNS = {}


def data(rng, n):
    x = torch.randn(n, 3, generator=rng, dtype=torch.float64)
    return x, torch.randint(3, (n,), generator=rng)


def start(rng):
    """Random weights and a random buffer."""
    return {name: torch.randn(v.shape, generator=rng, dtype=torch.float64) for name, v in support.Net().state_dict().items()}


def by_definition(state, x, y, epochs, batch_size, lr):
    """One process, full batches, steps by hand."""
    net = support.net_from(state)
    trained = [net.first.weight, net.first.bias, net.last.weight, net.last.bias]
    losses = []
    for _ in range(epochs):
        total = 0.0
        for k in range(0, len(x), batch_size):
            rows = F.cross_entropy(net(x[k : k + batch_size]), y[k : k + batch_size], reduction="none")
            total += rows.sum().item()
            for parameter, gradient in zip(trained, torch.autograd.grad(rows.mean(), trained), strict=True):
                parameter.data -= lr * gradient
        losses.append(total / len(x))
    return losses, dict(net.state_dict())


def group(submission, rng, n, batch_size, processes, epochs=2):
    """What each of several processes made of it, and what one would have made. Each setting runs once per grading."""
    key = id(submission), n, batch_size, processes
    if key not in RUNS:
        x, y = data(rng, n)
        states = [start(rng) for _ in range(processes)]
        settings = {"epochs": epochs, "batch_size": batch_size, "lr": 0.3}
        try:
            ranks = submission.support.in_processes(submission.train, states, x, y, **settings)
        except Exception as error:
            ranks = error
        RUNS[key] = submission, x, ranks, by_definition(states[0], x, y, **settings)
    _, x, ranks, expected = RUNS[key]
    if isinstance(ranks, Exception):
        raise ranks
    return x, ranks, expected


def same_weights(got, expected, who):
    for name, value in expected.items():
        assert_close(got[name], value, label=f"{name} of {who}", rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("n", "batch_size"), [(1, 1), (4, 4), (3, 8), (7, 3)], ids=str)
def test_alone(submission, rng, n, batch_size):
    """Without a process group it is an ordinary loop: ask is_initialized() before you ask for a rank. A small last batch has its own mean."""
    state, (x, y) = start(rng), data(rng, n)
    got = submission.support.outcome(submission.train, state, x, y, epochs=2, batch_size=batch_size, lr=0.3)
    losses, weights = by_definition(state, x, y, 2, batch_size, 0.3)
    same_weights(got["state"], weights, "the model")
    assert_close(got["losses"], losses, label="the losses")
    assert got["kinds"] == ["float"] * 2, "the types of the losses"
    assert got["rows"] == x.tolist() * 2, "the rows that the model was given, in order"


def test_alone_log_and_mode(submission, rng):
    """The model is put into training mode. log is called at the end of each epoch, with epochs from 0; without log nothing is called. No epochs, no losses."""
    state, (x, y) = start(rng), data(rng, 4)
    run = lambda **more: submission.support.outcome(submission.train, state, x, y, batch_size=2, lr=0.1, **more)  # noqa: E731
    got = run(epochs=3)
    assert all(got["modes"]), "the model was called in evaluation mode"
    assert_close(got["logged"], [[k, loss] for k, loss in enumerate(got["losses"])], label="what was logged")
    assert got["rows_before_log"] == [4, 8, 12], "how many rows the model had been given at each call of log"
    assert_close(run(epochs=3, with_log=False)["losses"], got["losses"], label="the losses without log")
    assert run(epochs=0)["losses"] == [], "the losses of no epochs"


def test_old_gradients_are_forgotten(submission, rng):
    """Gradients may be left from before the call: clear them before the first backward pass."""
    state, (x, y) = start(rng), data(rng, 4)
    settings = {"epochs": 1, "batch_size": 2, "lr": 0.3}
    got = submission.support.outcome(submission.train, state, x, y, old_gradients=2.0, **settings)
    same_weights(got["state"], by_definition(state, x, y, **settings)[1], "the model")


def test_what_is_trainable_stays_so(submission, rng):
    """The caller has chosen what is trained: every requires_grad is afterwards what it was, of unused parameters too."""
    state, (x, y) = start(rng), data(rng, 4)
    got = submission.support.outcome(submission.train, state, x, y, epochs=1, batch_size=2, lr=0.1)
    names = ["idle", "first.weight", "first.bias", "last.weight", "last.bias"]
    assert got["trainable"] == names, "the parameters that require a gradient afterwards"


def test_each_process_computes_its_rows(submission, rng):
    """Rank r of p takes rows r, r + p, r + 2p of each batch. Everybody computing everything is no parallel training."""
    x, ranks, _ = group(submission, rng, 8, 4, 2)
    for rank, got in enumerate(ranks):
        expected = [x[k].tolist() for k in (rank, rank + 2, rank + 4, rank + 6)] * 2
        assert got["rows"] == expected, f"the rows that rank {rank} computed"


def test_two_processes_give_the_weights_of_one(submission, rng):
    """Begin with the parameters and buffers of rank 0, and add up the gradients of all processes before each step."""
    _, ranks, (_, weights) = group(submission, rng, 8, 4, 2)
    for rank, got in enumerate(ranks):
        same_weights(got["state"], weights, f"rank {rank}")


def test_process_without_rows(submission, rng):
    """In a last batch of one row, rank 1 has none. It still takes part in every collective call, with zeros, and in the step. No row stands in."""
    x, ranks, (_, weights) = group(submission, rng, 5, 4, 2)
    for rank, got in enumerate(ranks):
        same_weights(got["state"], weights, f"rank {rank}")
        expected = [x[k].tolist() for k in ((0, 2, 4), (1, 3))[rank]] * 2
        assert got["rows"] == expected, f"the rows that rank {rank} computed"


def test_three_processes_with_an_uneven_batch(submission, rng):
    """Divide by the rows of the whole batch. The mean of three means weighs a process with one row like one with two."""
    _, ranks, (_, weights) = group(submission, rng, 9, 5, 3)
    for rank, got in enumerate(ranks):
        same_weights(got["state"], weights, f"rank {rank}")


def test_losses_are_the_same_everywhere(submission, rng):
    """The loss of an epoch is a mean over the rows of all processes: add up sums and divide by n."""
    for n, batch_size, processes in ((8, 4, 2), (5, 4, 2), (9, 5, 3)):
        _, ranks, (losses, _) = group(submission, rng, n, batch_size, processes)
        for rank, got in enumerate(ranks):
            assert_close(got["losses"], losses, label=f"the losses on rank {rank}")
            assert got["kinds"] == ["float"] * 2, "the types of the losses"


def test_only_rank_0_logs(submission, rng):
    """Side effects belong to one process: rank 0 logs, the others keep quiet."""
    _, ranks, (losses, _) = group(submission, rng, 8, 4, 2)
    assert_close(ranks[0]["logged"], [[k, loss] for k, loss in enumerate(losses)], label="what rank 0 logged")
    assert ranks[1]["logged"] == [], "what rank 1 logged"


def test_processes_stay_in_step(submission, rng):
    """Every process makes the same collective calls in the same order: a call too many or too few is paired with somebody else's next one."""
    for n, batch_size in ((8, 4), (5, 4)):
        for rank, got in enumerate(group(submission, rng, n, batch_size, 2)[1]):
            assert got["ranks"] == [0, 1], f"what a call of the caller's own gave rank {rank} afterwards"


@pytest.mark.parametrize(("n", "labels", "batch_size"), [(3, 2, 1), (2, 3, 1), (0, 0, 1), (3, 3, 0), (3, 3, -1)], ids=str)
def test_impossible_data_are_refused(submission, rng, n, labels, batch_size):
    """Different lengths, no data, or a batch without rows: raise a ValueError before anything is trained."""
    (x, _), (_, y) = data(rng, n), data(rng, labels)
    with pytest.raises(ValueError):
        submission.support.outcome(submission.train, start(rng), x, y, epochs=1, batch_size=batch_size, lr=0.1)
