import math

import pytest
import torch

from torchdojo.checkers import (
    assert_close,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
)

F64 = torch.float64


def random_state(rng, shapes, dtype=torch.float32):
    state = {}
    for name, shape in shapes.items():
        if name.endswith("tracked"):
            state[name] = torch.tensor(3)
        elif name.endswith("running_var"):
            state[name] = 0.5 + torch.rand(shape, generator=rng, dtype=dtype)
        else:
            state[name] = torch.randn(shape, generator=rng, dtype=dtype)
    return state


def encoder_state(rng, numbers, hidden, latent, dtype=torch.float32):
    shapes = {"fc1.weight": (hidden, numbers), "fc1.bias": (hidden,)}
    shapes |= {f"norm.{name}": (hidden,) for name in ("weight", "bias", "running_mean", "running_var")}
    shapes |= {"norm.num_batches_tracked": (), "fc2.weight": (latent, hidden), "fc2.bias": (latent,)}
    return random_state(rng, shapes, dtype)


def decoder_state(rng, wide, hidden, numbers, dtype=torch.float32):
    shapes = {
        "fc1.weight": (hidden, wide),
        "fc1.bias": (hidden,),
        "fc2.weight": (numbers, hidden),
        "fc2.bias": (numbers,),
    }
    return random_state(rng, shapes, dtype)


def encoded(state, x):
    """The encoder in eval mode, by functional calls."""
    hidden = x.reshape(len(x), -1) @ state["fc1.weight"].t() + state["fc1.bias"]
    hidden = (hidden - state["norm.running_mean"]) / torch.sqrt(state["norm.running_var"] + 1e-5)
    hidden = torch.relu(hidden * state["norm.weight"] + state["norm.bias"])
    return hidden @ state["fc2.weight"].t() + state["fc2.bias"]


def decoded(state, z, condition, out_shape):
    if condition is not None:
        z = torch.cat([z, torch.broadcast_to(condition, (len(z), condition.shape[-1]))], 1)
    hidden = torch.relu(z @ state["fc1.weight"].t() + state["fc1.bias"])
    return (hidden @ state["fc2.weight"].t() + state["fc2.bias"]).reshape(len(z), *out_shape)


def pair(submission, reference, dtype=torch.float32):
    """Their model and ours, of width 3 to 2 and back, with the same state."""
    models = []
    for side in (submission, reference):
        model = side.EncoderDecoder(side.Encoder((3,), 5, 2), side.Decoder(2, 1, 4, (3,)))
        models.append(model.to(dtype))
    models[0].load_state_dict(models[1].state_dict())
    return models


@pytest.mark.parametrize(("in_shape", "numbers"), [((6,), 6), ((1, 2, 3), 6), ((4, 1), 4)], ids=str)
def test_parts_of_the_encoder(submission, in_shape, numbers):
    """fc1 takes all numbers of a sample: the product of in_shape. norm sits on the hidden features."""
    shapes = {"fc1.weight": (5, numbers), "fc1.bias": (5,), "norm.weight": (5,), "norm.bias": (5,)}
    assert_registered_parameters(submission.Encoder(in_shape, 5, 2), shapes | {"fc2.weight": (2, 5), "fc2.bias": (2,)})


@pytest.mark.parametrize(
    ("latent", "condition", "out_shape"), [(2, 3, (4,)), (3, 0, (2, 2)), (1, 1, (1, 2, 3))], ids=str
)
def test_parts_of_the_decoder(submission, latent, condition, out_shape):
    """fc1 takes code and condition side by side: latent + condition features. fc2 gives the product of out_shape."""
    numbers = math.prod(out_shape)
    shapes = {
        "fc1.weight": (5, latent + condition),
        "fc1.bias": (5,),
        "fc2.weight": (numbers, 5),
        "fc2.bias": (numbers,),
    }
    assert_registered_parameters(submission.Decoder(latent, condition, 5, out_shape), shapes)


@pytest.mark.parametrize(("batch", "in_shape"), [(1, (4,)), (3, (4,)), (2, (1, 3, 2))], ids=str)
def test_encoder_in_eval_mode(submission, rng, batch, in_shape):
    """flatten(1) keeps the batch. Then fc1, norm, ReLU, fc2 in this order; the code itself is not activated."""
    state = encoder_state(rng, math.prod(in_shape), 5, 3)
    encoder = submission.Encoder(in_shape, 5, 3)
    encoder.load_state_dict(state)
    encoder.eval()
    x = torch.randn(batch, *in_shape, generator=rng)
    assert_close(encoder(x), encoded(state, x), label="the code")


def test_encoder_in_training_mode(submission, reference, rng):
    """In training the norm uses the statistics of the batch, and keeps a running mean of them."""
    theirs, ours = submission.Encoder((3,), 4, 2), reference.Encoder((3,), 4, 2)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(6, 3, generator=rng) + 1
    assert_close(theirs(x), ours(x), label="the code")
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the state after a batch")


@pytest.mark.parametrize("out_shape", [(4,), (2, 3), (1, 2, 2)], ids=str)
@pytest.mark.parametrize(
    ("batch", "rows"), [(1, 1), (3, 3), (3, None)], ids=["one sample", "a row each", "one for all"]
)
def test_decoder_with_a_condition(submission, rng, out_shape, batch, rows):
    """Code first, condition second, side by side along dimension 1. A condition of (width,) serves all samples."""
    state = decoder_state(rng, 2 + 3, 6, math.prod(out_shape))
    decoder = submission.Decoder(2, 3, 6, out_shape)
    decoder.load_state_dict(state)
    z = torch.randn(batch, 2, generator=rng)
    condition = torch.randn((3,) if rows is None else (rows, 3), generator=rng)
    got = decoder(z, condition)
    assert_shape(got, (batch, *out_shape))
    assert_close(got, decoded(state, z, condition, out_shape))


def test_decoder_without_a_condition(submission, rng):
    """With a width of 0 the decoder takes the code alone."""
    state = decoder_state(rng, 3, 4, 4)
    decoder = submission.Decoder(3, 0, 4, (2, 2))
    decoder.load_state_dict(state)
    z = torch.randn(2, 3, generator=rng)
    assert_close(decoder(z), decoded(state, z, None, (2, 2)))


@pytest.mark.parametrize(
    ("width", "shape"),
    [(3, None), (0, (2, 1)), (0, (2, 0)), (3, (1, 3)), (3, (2, 1)), (3, (2, 4)), (3, (3, 3)), (3, (2,))],
    ids=str,
)
def test_conditions_that_do_not_fit_are_refused(submission, width, shape):
    """Two samples: a condition is (2, width) or (width,), and None only where the width is 0. Raise a ValueError otherwise."""
    decoder = submission.Decoder(4, width, 5, (2,))
    with pytest.raises(ValueError):
        decoder(torch.zeros(2, 4), None if shape is None else torch.zeros(shape))


@pytest.mark.parametrize("shape", [(3, 4), (3, 2, 1), (3, 1, 2, 2), (2, 2), (3,)], ids=str)
def test_inputs_that_do_not_fit_are_refused(submission, shape):
    """(4,) and (2, 2) hold as many numbers, and flattening hides the difference: compare shapes and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.Encoder((2, 2), 5, 3).eval()(torch.zeros(shape))
    with pytest.raises(ValueError):
        submission.Decoder(3, 0, 5, (2,))(torch.zeros(shape))


def test_model_returns_result_and_code(submission, reference, rng):
    """The code goes through the decoder together with the condition, and is returned beside the result."""
    theirs, ours = pair(submission, reference)
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the state")
    theirs.eval(), ours.eval()
    x, condition = torch.randn(3, 2, generator=rng).t(), torch.randn(1, 2, generator=rng).t()
    assert_close(theirs(x, condition), ours(x, condition), label="(result, code)")


def test_two_models_share_nothing(submission, reference):
    """Every Encoder and Decoder has layers of its own: giving values to one model leaves the next as it is."""
    (first, ours), (second, _) = pair(submission, reference), pair(submission, reference)
    state = second.state_dict()
    first.load_state_dict({name: torch.full_like(value, 7) for name, value in ours.state_dict().items()})
    assert_same_state(second.state_dict(), state, label="the state of the second model")


def test_any_modules_can_be_plugged_in(submission, rng):
    """The model calls what it was given, the very objects: whoever shares an encoder shares its weights."""
    encoder, decoder = submission.support.Half(), submission.support.Half()
    model = submission.EncoderDecoder(encoder, decoder)
    assert submission.support.same(model.encoder, encoder), "encoder is a copy"
    assert submission.support.same(model.decoder, decoder), "decoder is a copy"
    x, condition = torch.randn(2, 3, generator=rng), torch.ones(2, 3)
    assert_close(model(x), (x / 4, x / 2), label="(result, code)")
    assert_close(model(x, condition), (x / 4 + 1, x / 2), label="(result, code)")


@pytest.mark.parametrize("frozen", [False, True])
def test_gradients(submission, reference, rng, frozen):
    """A frozen encoder gets no gradient, but passes one on to x: under torch.no_grad() it would not."""
    theirs, ours = pair(submission, reference, F64)
    for model in (theirs, ours):
        model.eval()
        if frozen:
            model.freeze_encoder()
    x, condition = torch.randn(3, 3, generator=rng, dtype=F64), torch.randn(1, generator=rng, dtype=F64)
    for part in (0, 1):
        assert_gradients(
            lambda x, c, part=part: theirs(x, c)[part], lambda x, c, part=part: ours(x, c)[part], x, condition
        )
    theirs.zero_grad(), ours.zero_grad()
    theirs(x, condition)[0].pow(2).sum().backward(), ours(x, condition)[0].pow(2).sum().backward()
    gradients = theirs.gradients()
    for name, parameter in ours.named_parameters():
        if frozen and name.startswith("encoder"):
            assert gradients[name] is None or not gradients[name].any(), f"{name} is frozen and gets a gradient"
        else:
            assert_close(gradients[name], parameter.grad, label=f"the gradient of {name}")


def test_frozen_encoder_requires_no_gradient(submission, reference):
    """requires_grad_(False) on the encoder, and on nothing else."""
    theirs, _ = pair(submission, reference)
    theirs.freeze_encoder()
    for name, parameter in theirs.named_parameters():
        assert parameter.requires_grad is not name.startswith("encoder"), f"requires_grad of {name}"


@pytest.mark.parametrize("arguments", [(), (True,)], ids=["train()", "train(True)"])
def test_frozen_encoder_stays_in_eval_mode(submission, reference, rng, arguments):
    """Without gradients a batch norm still moves its running mean. train() reaches every child, so the model has to override it."""
    theirs, ours = pair(submission, reference)
    before = ours.encoder.state_dict()
    theirs.freeze_encoder()
    assert not theirs.encoder.training, "the encoder is not in eval mode after freeze_encoder()"
    assert submission.support.same(theirs.train(*arguments), theirs), "train() has to return the model"
    modes = (theirs.training, theirs.encoder.training, theirs.encoder.norm.training, theirs.decoder.training)
    assert modes == (True, False, False, True), (
        f"training of (model, encoder, norm, decoder) is {modes}, expected {(True, False, False, True)}"
    )
    theirs(torch.randn(4, 3, generator=rng) + 5, torch.ones(1))
    assert_same_state(theirs.encoder.state_dict(), before, label="the frozen encoder after a batch")


def test_modes_without_freezing(submission, reference):
    """Before freeze_encoder() the encoder follows train() and eval() as any child does; eval() is for all, always."""
    theirs, _ = pair(submission, reference)
    for mode, call in ((False, theirs.eval), (True, theirs.train), (False, lambda: theirs.train(False))):
        assert submission.support.same(call(), theirs), "train() and eval() have to return the model"
        modes = (theirs.training, theirs.encoder.training, theirs.decoder.training)
        assert modes == (mode, mode, mode), (
            f"training of (model, encoder, decoder) is {modes}, expected {(mode, mode, mode)}"
        )
    theirs.train()
    theirs.freeze_encoder()
    theirs.eval()
    modes = (theirs.training, theirs.encoder.training, theirs.decoder.training)
    assert modes == (False, False, False), (
        f"training of (model, encoder, decoder) after eval() is {modes}, expected {(False, False, False)}"
    )
