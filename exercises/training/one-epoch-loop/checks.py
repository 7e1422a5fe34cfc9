import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_same_state, assert_type


def batches(rng, sizes, features=4, classes=3):
    return [
        (torch.randn(n, features, generator=rng), torch.randint(classes, (n,), generator=rng)) for n in sizes
    ]


def twins(submission, rng, make=None, features=4, classes=3):
    """The same model twice: one in the learner's process, one here, with the same weights."""
    ours = support.net(features, classes) if make is None else make(torch)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.5)
    theirs = submission.support.net(features, classes) if make is None else make(submission.torch)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def test_one_batch_makes_one_gradient_step(submission, rng):
    """After one batch of plain SGD each weight is w - lr * gradient: backward first, then step, and no zero_grad between."""
    theirs, ours = twins(submission, rng, lambda t: t.nn.Linear(3, 2))
    x, y = torch.randn(5, 3, generator=rng), torch.randn(5, 2, generator=rng)
    weight, bias = ours.weight.detach(), ours.bias.detach()
    error = x @ weight.T + bias - y
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_one_epoch(theirs, [(x, y)], F.mse_loss, optimizer, "cpu")
    assert_close(theirs.weight, weight - 0.1 * 2 * error.T @ x / error.numel(), label="the weight")
    assert_close(theirs.bias, bias - 0.1 * 2 * error.sum(0) / error.numel(), label="the bias")


@pytest.mark.parametrize("sizes", [(4, 4), (5, 3, 2), (2, 2, 2, 2, 2)], ids=["2 batches", "3 batches", "5 batches"])
@pytest.mark.parametrize("optim", ["SGD", "Adam"])
def test_weights_after_the_epoch(submission, reference, rng, sizes, optim):
    """Every batch makes a step of its own from its own gradient: `backward` adds to what is already in `.grad`."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, sizes)
    optimizer = getattr(submission.torch.optim, optim)(theirs.parameters(), lr=0.05)
    submission.train_one_epoch(theirs, data, F.cross_entropy, optimizer, "cpu")
    reference.train_one_epoch(ours, data, F.cross_entropy, getattr(torch.optim, optim)(ours.parameters(), lr=0.05), "cpu")
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_old_gradients_are_forgotten(submission, reference, rng):
    """Whoever used the model before may have left gradients behind: clear them before the first backward too."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, (4, 4))
    submission.support.fill_gradients(theirs, 3.0)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_one_epoch(theirs, data, F.cross_entropy, optimizer, "cpu")
    reference.train_one_epoch(ours, data, F.cross_entropy, torch.optim.SGD(ours.parameters(), lr=0.1), "cpu")
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_model_trains_in_training_mode(submission, reference, rng):
    """A model that was just evaluated is still in eval(): dropout is off and batch norm does not learn. Call train()."""
    theirs, ours = twins(submission, rng)
    theirs.eval()
    data = batches(rng, (4, 4))
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_one_epoch(theirs, data, F.cross_entropy, optimizer, "cpu")
    reference.train_one_epoch(ours, data, F.cross_entropy, torch.optim.SGD(ours.parameters(), lr=0.1), "cpu")
    assert_same_state(theirs.state_dict(), ours.state_dict())


@pytest.mark.parametrize("sizes", [(3,), (1,), (4, 1), (2, 5, 1)], ids=["one batch", "one sample", "4 and 1", "2, 5 and 1"])
def test_mean_loss_per_sample(submission, reference, rng, sizes):
    """Weigh each batch's mean by its size: a last batch of one sample must not count as much as a full one."""
    theirs, ours = twins(submission, rng, lambda t: t.nn.Linear(4, 3))
    data = batches(rng, sizes)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.5)
    got = submission.train_one_epoch(theirs, data, F.cross_entropy, optimizer, "cpu")
    assert_type(got, float)
    total = 0.0
    plain = torch.optim.SGD(ours.parameters(), lr=0.5)
    for x, y in data:
        plain.zero_grad()
        loss = F.cross_entropy(ours(x), y)
        loss.backward()
        plain.step()
        total += loss.item() * len(x)
    assert_close(got, total / sum(sizes), rtol=1e-5)


def test_loader_that_leaves_samples_out(submission, rng):
    """Divide by the samples you have seen. `len(loader.dataset)` counts others too, and many loaders have no length."""
    theirs, _ = twins(submission, rng, lambda t: t.nn.Linear(4, 3))
    x, y = batches(rng, (7,))[0]
    dataset = submission.torch.utils.data.TensorDataset(x, y)
    loader = submission.torch.utils.data.DataLoader(dataset, batch_size=3, drop_last=True)
    expected = F.cross_entropy(theirs(x[:6]), y[:6]).item()
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.0)
    assert_close(submission.train_one_epoch(theirs, loader, F.cross_entropy, optimizer, "cpu"), expected, rtol=1e-5)


def test_generator_as_loader(submission, rng):
    """A loader may be a generator: go over it once, and ask for no length."""
    theirs, _ = twins(submission, rng, lambda t: t.nn.Linear(4, 3))
    data = batches(rng, (2, 3))
    x, y = torch.cat([x for x, _ in data]), torch.cat([y for _, y in data])
    expected = F.cross_entropy(theirs(x), y).item()
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.0)
    got = submission.train_one_epoch(theirs, (batch for batch in data), F.cross_entropy, optimizer, "cpu")
    assert_close(got, expected, rtol=1e-5)


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")], ids=["a name", "a device"])
def test_batches_are_moved(submission, rng, device):
    """The loader leaves x and y elsewhere. `.to(device)` returns a moved tensor, so its result has to be kept."""
    theirs, _ = twins(submission, rng, lambda t: t.nn.Linear(4, 3))
    loader = submission.support.elsewhere(batches(rng, (2, 3)))
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_one_epoch(theirs, loader, submission.torch.nn.CrossEntropyLoss(), optimizer, device)


def test_no_graph_outlives_its_batch(submission, rng):
    """Adding up or collecting the loss tensors keeps the graph of every batch: take the number out, with item() or detach()."""
    theirs, _ = twins(submission, rng, lambda t: t.nn.Linear(4, 3))
    data = [(x, torch.randn(2, 3, generator=rng)) for x, _ in batches(rng, (2,) * 6)]
    loss_fn = submission.support.CountingLoss()
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_one_epoch(theirs, data, loss_fn, optimizer, "cpu")
    most = loss_fn.most
    assert most <= 2, f"{most} graphs were alive at the same time in an epoch of 6 batches"


def test_batches_are_taken_one_by_one(submission, rng):
    """Train on each batch as it comes: `list(loader)` holds the whole epoch in memory before the first step."""
    theirs, _ = twins(submission, rng)
    trained = []

    def loader():
        for batch in batches(rng, (2,) * 9):
            trained.append(int(theirs.state_dict()["1.num_batches_tracked"]))
            yield batch

    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_one_epoch(theirs, loader(), F.cross_entropy, optimizer, "cpu")
    assert trained[-1] >= 4, f"the ninth batch was fetched when the model had seen only {trained[-1]}"


def test_empty_loader_is_refused(submission, rng):
    """Without a batch there is no mean: raise a ValueError rather than divide by zero."""
    theirs, _ = twins(submission, rng, lambda t: t.nn.Linear(4, 3))
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    for loader in ([], iter([])):
        with pytest.raises(ValueError):
            submission.train_one_epoch(theirs, loader, F.cross_entropy, optimizer, "cpu")
