import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchdojo.checkers import (
    assert_close,
    assert_frequency,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
)


def built_in(rng, d_model, heads, d_ff, norm_first=True, dropout=0.0):
    """PyTorch's layer with weights of its own; its norms too are no identity."""
    layer = nn.TransformerEncoderLayer(
        d_model, heads, d_ff, dropout, F.gelu, batch_first=True, norm_first=norm_first, dtype=torch.float64
    )
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(
                torch.randn(parameter.shape, generator=rng, dtype=torch.float64) / parameter.shape[-1] ** 0.5
            )
    return layer


def block(submission, ours, heads, norm_first=True, dropout=0.0):
    theirs = submission.EncoderBlock(len(ours.linear2.bias), heads, len(ours.linear1.bias), dropout, norm_first)
    theirs.to(torch.float64)
    theirs.load_state_dict(ours.state_dict())
    return theirs


def silent(submission, dropout, **values):
    """A block of width 2 in training mode whose weights are 0, but for those given."""
    theirs = submission.EncoderBlock(2, 1, 2) if dropout is None else submission.EncoderBlock(2, 1, 2, dropout)
    state = {name: torch.zeros_like(value) for name, value in theirs.state_dict().items()}
    for name, value in values.items():
        state[name.replace("__", ".")] = torch.tensor(value)
    theirs.load_state_dict(state)
    theirs.train()
    return theirs


def assert_dropped(values, kept, share):
    """Each value is 0 or `kept`, and the share of those kept is as it should be."""
    zero = values.abs() < 1e-5
    assert_close(values.where(~zero, kept), torch.full_like(values, kept), label="what dropout leaves of a branch")
    assert_frequency(int((~zero).sum()), values.numel(), share)


@pytest.mark.parametrize(("d_model", "heads", "d_ff"), [(4, 2, 6), (6, 1, 3)], ids=str)
def test_parts_are_registered(submission, d_model, heads, d_ff):
    """self_attn, linear1, linear2, norm1 and norm2, assigned in the constructor."""
    ours = nn.TransformerEncoderLayer(d_model, heads, d_ff)
    theirs = submission.EncoderBlock(d_model, heads, d_ff)
    assert_registered_parameters(theirs, ours)
    state = theirs.state_dict()
    second = submission.EncoderBlock(d_model, heads, d_ff)
    second.load_state_dict({name: torch.full_like(value, 7.0) for name, value in state.items()})
    assert_same_state(theirs.state_dict(), state, label="the state, after a second block was given other values")


@pytest.mark.parametrize("lead", [(1, 1), (1, 3), (2, 5)], ids=str)
def test_norm_before_each_branch(submission, rng, lead):
    """x + attend(norm1(x)), then x + ff(norm2(x)). Attention runs over positions: nn.MultiheadAttention needs batch_first=True."""
    ours = built_in(rng, 6, 2, 8)
    x = torch.randn(*lead, 6, generator=rng, dtype=torch.float64)
    got = block(submission, ours, 2)(x)
    assert_shape(got, (*lead, 6))
    assert_close(got, ours(x))


@pytest.mark.parametrize("heads", [1, 2])
def test_norm_after_each_sum(submission, rng, heads):
    """With norm_first=False it is norm1(x + attend(x)), then norm2(x + ff(x)): the norm takes the sum."""
    ours = built_in(rng, 6, heads, 4, norm_first=False)
    x = torch.randn(2, 3, 6, generator=rng, dtype=torch.float64)
    assert_close(block(submission, ours, heads, norm_first=False)(x), ours(x))


def test_norm_first_is_the_default(submission, rng):
    """Without norm_first the norms come first."""
    ours = built_in(rng, 4, 2, 4)
    theirs = submission.EncoderBlock(4, 2, 4, dropout=0.0).to(torch.float64)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 3, 4, generator=rng, dtype=torch.float64)
    assert_close(theirs(x), ours(x))


@pytest.mark.parametrize("norm_first", [True, False])
def test_padding_is_not_attended_to(submission, rng, norm_first):
    """keep is True at real tokens, key_padding_mask is True at padding: hand over the opposite."""
    ours = built_in(rng, 4, 2, 6, norm_first)
    theirs = block(submission, ours, 2, norm_first)
    x = torch.randn(3, 4, 4, generator=rng, dtype=torch.float64)
    keep = torch.tensor([[True, True, False, False], [True, True, True, True], [False, True, True, False]])
    expected = ours(x, src_key_padding_mask=~keep)[keep]
    assert_close(theirs(x, keep)[keep], expected, label="the result at real tokens")
    other = torch.where(keep[..., None], x, 100 * torch.randn(x.shape, generator=rng, dtype=torch.float64))
    assert_close(theirs(other, keep)[keep], expected, label="the result at real tokens with other padding")


@pytest.mark.parametrize("shape", [(3, 2), (1, 3), (2, 1), (3,), (2, 3, 1)], ids=str)
def test_keep_of_another_shape_is_refused(submission, shape):
    """keep has to be (B, L) exactly: compare it with the first two sizes of x and raise a ValueError."""
    theirs = submission.EncoderBlock(4, 2, 4)
    with pytest.raises(ValueError):
        theirs(torch.ones(2, 3, 4), torch.ones(shape, dtype=torch.bool))


def test_way_around_is_never_dropped(submission, rng):
    """Dropout acts on a branch before it is added. With branches of 0 the input comes out as it went in."""
    x = torch.randn(2, 50, 2, generator=rng)
    assert_close(silent(submission, 0.9)(x), x)


@pytest.mark.parametrize("dropout", [0.5, 0.2, None], ids=["dropout=0.5", "dropout=0.2", "by default"])
def test_dropout_on_what_attention_returns(submission, dropout):
    """Dropout comes after the output projection. Kept values are divided by 1 - dropout, which nn.Dropout does."""
    p = 0.1 if dropout is None else dropout
    theirs = silent(submission, dropout, self_attn__out_proj__bias=[1.0, 1.0])
    assert_dropped(theirs(torch.zeros(40, 25, 2)), 1 / (1 - p), 1 - p)


@pytest.mark.parametrize("dropout", [0.5, 0.2, None], ids=["dropout=0.5", "dropout=0.2", "by default"])
def test_dropout_on_what_the_feed_forward_layer_returns(submission, dropout):
    """Dropout comes after linear2, bias included."""
    p = 0.1 if dropout is None else dropout
    theirs = silent(submission, dropout, linear2__bias=[1.0, 1.0])
    assert_dropped(theirs(torch.zeros(40, 25, 2)), 1 / (1 - p), 1 - p)


def test_dropout_on_hidden_features_and_attention_weights(submission):
    """The hidden features are dropped after the activation, and so are the attention weights: hand dropout on to self_attn."""
    eye, one, p = [[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], 0.5
    theirs = silent(submission, p, linear1__bias=one, linear2__weight=eye)
    hidden = F.gelu(torch.ones(())).item()
    assert_dropped(theirs(torch.zeros(40, 25, 2)), hidden / (1 - p) ** 2, (1 - p) ** 2)
    values = [0.0] * 4 + one
    theirs = silent(submission, p, self_attn__in_proj_bias=values, self_attn__out_proj__weight=eye)
    assert_dropped(theirs(torch.zeros(2000, 1, 2))[..., 0], 1 / (1 - p) ** 2, (1 - p) ** 2)


def test_no_dropout_in_eval(submission, rng):
    """After eval() nothing is dropped: use nn.Dropout, or hand self.training to F.dropout."""
    ours = built_in(rng, 4, 2, 6)
    theirs = block(submission, ours, 2, dropout=0.5)
    theirs.eval()
    x = torch.randn(2, 3, 4, generator=rng, dtype=torch.float64)
    assert_close(theirs(x), ours(x))


@pytest.mark.parametrize("norm_first", [True, False])
def test_gradients_reach_input_and_weights(submission, rng, norm_first):
    """Every part learns, and x gets its gradient both through the branches and around them."""
    ours = built_in(rng, 4, 2, 3, norm_first)
    theirs = block(submission, ours, 2, norm_first)
    x = torch.randn(3, 2, 4, generator=rng, dtype=torch.float64).transpose(0, 1)
    keep = torch.tensor([[True, True, False], [True, True, True]])
    assert_gradients(lambda t: theirs(t, keep)[keep], lambda t: ours(t, src_key_padding_mask=~keep)[keep], x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x)[keep].pow(2).sum().backward(), ours(x)[keep].pow(2).sum().backward()
    assert_close(theirs.gradients(), {name: p.grad for name, p in ours.named_parameters()}, label="the gradients")
