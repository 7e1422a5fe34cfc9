import math

import pytest
import torch

import support
from torchdojo.checkers import assert_close, assert_finite, assert_same_state, assert_type, unchanged


def networks(submission, rng, flat=False, dtype=torch.float32):
    """Generator and discriminator, theirs and ours, with the same random weights."""
    pairs = []
    for name, arguments in (("Generator", ()), ("Discriminator", (flat,))):
        ours = getattr(support, name)(*arguments).to(dtype)
        with torch.no_grad():
            for parameter in ours.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=rng))
        theirs = getattr(submission.support, name)(*arguments)
        if dtype is not torch.float32:
            theirs.to(dtype)
        theirs.load_state_dict(ours.state_dict())
        pairs.append((theirs, ours))
    return pairs


def log_loss(logits, label):
    """The definition, through the probabilities: fine for logits of moderate size."""
    p = torch.sigmoid(logits.double())
    return -(label * p.log() + (1 - label) * (1 - p).log()).mean()


def by_definition(generator, discriminator, real, z, optimizer_g, optimizer_d, label=1.0):
    fake = generator(z)
    frozen = fake.detach().clone()
    loss_d = log_loss(discriminator(real), label) + log_loss(discriminator(frozen), 0.0)
    parameters = list(discriminator.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss_d, parameters), strict=True):
        parameter.grad = gradient
    optimizer_d.step()
    loss_g = log_loss(discriminator(fake), 1.0)
    parameters = list(generator.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss_g, parameters), strict=True):
        parameter.grad = gradient
    optimizer_g.step()
    return loss_d.item(), loss_g.item()


def sgd(torch_there, generator, discriminator, rates=(0.3, 0.2), momentum=0.0):
    make = torch_there.optim.SGD
    return [
        make(model.parameters(), lr=lr, momentum=momentum)
        for model, lr in zip((generator, discriminator), rates, strict=True)
    ]


def samples(rng, n, m, dtype=torch.float32):
    return torch.randn(n, 2, generator=rng).to(dtype) + 1, torch.randn(m, 3, generator=rng).to(dtype)


def same_weights(theirs, ours, name, tolerance=1e-3):
    got = theirs.state_dict()
    for key, value in ours.state_dict().items():
        assert_close(got[key], value, label=f"{key} of the {name}", rtol=tolerance, atol=tolerance / 10)


@pytest.mark.parametrize(("n", "m"), [(4, 4), (3, 6)], ids=["4 real, 4 fake", "3 real, 6 fake"])
@pytest.mark.parametrize("half", ["discriminator", "generator"])
def test_each_half_moves_its_network(submission, rng, half, n, m):
    """Both terms of the discriminator are means of their own batch, and are added; the generator wants D(fake) to be called real."""
    (generator, our_generator), (discriminator, our_discriminator) = networks(submission, rng)
    real, z = samples(rng, n, m)
    # The other network's rate is 0, so that only one half shows at a time.
    rates = (0.0, 0.2) if half == "discriminator" else (0.3, 0.0)
    submission.gan_step(generator, discriminator, real, z, *sgd(submission.torch, generator, discriminator, rates))
    by_definition(our_generator, our_discriminator, real, z, *sgd(torch, our_generator, our_discriminator, rates))
    theirs, ours = (discriminator, our_discriminator) if half == "discriminator" else (generator, our_generator)
    got = dict(theirs.named_parameters())
    for name, value in ours.named_parameters():
        assert_close(got[name], value.detach(), label=f"{name} of the {half}", rtol=1e-3)


@pytest.mark.parametrize("flat", [False, True], ids=["logits (n, 1)", "logits (n,)"])
def test_both_halves_together(submission, rng, flat):
    """The generator's half asks the discriminator that the first half has already moved. Three steps in a row with momentum."""
    (generator, our_generator), (discriminator, our_discriminator) = networks(submission, rng, flat)
    theirs = sgd(submission.torch, generator, discriminator, momentum=0.5)
    ours = sgd(torch, our_generator, our_discriminator, momentum=0.5)
    for _ in range(3):
        real, z = samples(rng, 5, 4)
        with unchanged(real, z):
            got = submission.gan_step(generator, discriminator, real, z, *theirs)
        expected = by_definition(our_generator, our_discriminator, real, z, *ours)
        assert_type(got, tuple, "what comes back")
        for value in got:
            assert_type(value, float, "a loss")
        assert_close(got, expected, label="the losses", rtol=5e-3)
    same_weights(discriminator, our_discriminator, "discriminator", 5e-3)
    same_weights(generator, our_generator, "generator", 5e-3)


@pytest.mark.parametrize("label", [0.9, 0.5])
def test_label_of_real_samples(submission, rng, label):
    """real_label stands for the real samples in the discriminator's half only: fakes stay 0 there, and 1 for the generator."""
    (generator, our_generator), (discriminator, our_discriminator) = networks(submission, rng, dtype=torch.float64)
    real, z = samples(rng, 4, 4, torch.float64)
    theirs = sgd(submission.torch, generator, discriminator)
    ours = sgd(torch, our_generator, our_discriminator)
    got = submission.gan_step(generator, discriminator, real, z, *theirs, real_label=label)
    expected = by_definition(our_generator, our_discriminator, real, z, *ours, label)
    assert_close(got, expected, label="the losses", rtol=1e-5)
    same_weights(discriminator, our_discriminator, "discriminator", 1e-6)
    same_weights(generator, our_generator, "generator", 1e-6)


def test_old_gradients_do_not_count(submission, rng):
    """Clear each network's gradients before its own backward: leftovers, and those that the generator's half leaves in the discriminator."""
    (generator, our_generator), (discriminator, our_discriminator) = networks(submission, rng)
    submission.support.fill_gradients(generator, 3.0)
    submission.support.fill_gradients(discriminator, -2.0)
    real, z = samples(rng, 4, 5)
    submission.gan_step(generator, discriminator, real, z, *sgd(submission.torch, generator, discriminator))
    by_definition(our_generator, our_discriminator, real, z, *sgd(torch, our_generator, our_discriminator))
    same_weights(discriminator, our_discriminator, "discriminator")
    same_weights(generator, our_generator, "generator")


def test_fakes_are_made_once(submission, rng):
    """One call of the generator. Both halves ask about the same fakes; real samples are asked about on their own, first."""
    (generator, our_generator), (discriminator, _) = networks(submission, rng)
    real, z = samples(rng, 3, 4)
    submission.gan_step(generator, discriminator, real, z, *sgd(submission.torch, generator, discriminator))
    assert generator.calls == 1, f"the generator was called {generator.calls} times"
    assert len(discriminator.diary) == 3, f"the discriminator was called {len(discriminator.diary)} times"
    fake = our_generator(z).detach()
    for number, expected in enumerate((real, fake, fake)):
        assert_close(discriminator.diary[number], expected, label=f"input {number + 1} of the discriminator")


def test_first_half_sends_nothing_to_the_generator(submission, rng):
    """Detach the fakes for the discriminator's half: its backward must stop there instead of running through the generator."""
    (generator, _), (discriminator, _) = networks(submission, rng)
    real, z = samples(rng, 3, 3)
    submission.gan_step(generator, discriminator, real, z, *sgd(submission.torch, generator, discriminator))
    assert generator.returns == 1, f"gradients came back to the generator {generator.returns} times in one step"


def test_training_mode(submission, rng):
    """Networks that come in evaluation mode are put into training mode: batch norm then takes the statistics of the batch."""
    (generator, our_generator), (discriminator, our_discriminator) = networks(submission, rng)
    generator.eval()
    discriminator.eval()
    real, z = samples(rng, 4, 4)
    submission.gan_step(generator, discriminator, real, z, *sgd(submission.torch, generator, discriminator))
    by_definition(our_generator, our_discriminator, real, z, *sgd(torch, our_generator, our_discriminator))
    same_weights(discriminator, our_discriminator, "discriminator")
    same_weights(generator, our_generator, "generator")
    for model in (generator, discriminator):
        assert all(submission.support.need_gradients(model)), "a parameter does not require a gradient any more"


def test_one_sample(submission, rng):
    """A batch of one, with networks of a single weight each, against the derivatives worked out by hand."""
    w, v, x, z = 0.7, -1.3, 1.5, 0.4
    generator, discriminator = submission.support.Scale(w), submission.support.Scale(v)
    optimizers = sgd(submission.torch, generator, discriminator, (0.5, 0.25))
    got = submission.gan_step(generator, discriminator, torch.tensor([x]), torch.tensor([z]), *optimizers)
    sigmoid = lambda a: 1 / (1 + math.exp(-a))  # noqa: E731
    fake = w * z
    loss_d = -math.log(sigmoid(v * x)) - math.log(1 - sigmoid(v * fake))
    moved = v - 0.25 * ((sigmoid(v * x) - 1) * x + sigmoid(v * fake) * fake)
    loss_g = -math.log(sigmoid(moved * fake))
    assert_close(got, (loss_d, loss_g), label="the losses", rtol=1e-4)
    assert_close(discriminator.weight.item(), moved, label="the discriminator's weight", rtol=1e-4)
    expected = w - 0.5 * (sigmoid(moved * fake) - 1) * moved * z
    assert_close(generator.weight.item(), expected, label="the generator's weight", rtol=1e-4)


def test_sure_discriminator(submission):
    """Logits of 200 and more: the logarithm of a sigmoid that was rounded to 0 is infinite. Stay with the logits."""
    generator, discriminator = submission.support.Scale(-1.0), submission.support.Scale(-200.0)
    optimizers = sgd(submission.torch, generator, discriminator, (0.01, 0.0))
    x = torch.tensor([[1.0], [2.0]])
    loss_d, loss_g = submission.gan_step(generator, discriminator, x, x, *optimizers)
    assert_close((loss_d, loss_g), (600.0, 0.0), label="the losses", atol=1e-3)
    discriminator, generator = submission.support.Scale(200.0), submission.support.Scale(-1.0)
    optimizers = sgd(submission.torch, generator, discriminator, (0.01, 0.0))
    loss_d, loss_g = submission.gan_step(generator, discriminator, x, x, *optimizers)
    assert_close((loss_d, loss_g), (0.0, 300.0), label="the losses", atol=1e-3)
    assert_finite(generator.weight, "the generator's weight")
    assert_close(generator.weight.item(), 2.0, label="the generator's weight", rtol=1e-4)


@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0)], ids=["no real samples", "no noise"])
def test_empty_batches_are_refused(submission, rng, n, m):
    """The mean of nothing is NaN, and one step with it ruins every weight: raise a ValueError first."""
    generator, discriminator = submission.support.Scale(0.5), submission.support.Scale(0.25)
    real, z = torch.randn(n, 1, generator=rng), torch.randn(m, 1, generator=rng)
    with pytest.raises(ValueError):
        submission.gan_step(generator, discriminator, real, z, *sgd(submission.torch, generator, discriminator))
    assert_same_state(generator.state_dict(), {"weight": torch.tensor(0.5)}, label="the generator")
    assert_same_state(discriminator.state_dict(), {"weight": torch.tensor(0.25)}, label="the discriminator")
