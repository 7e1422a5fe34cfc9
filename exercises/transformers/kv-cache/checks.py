import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
)


def pieces(rng, lengths, lead=(2, 3), d=4, dtype=torch.float32):
    return [torch.randn(2, *lead, n, d, generator=rng, dtype=dtype).unbind(0) for n in lengths]


def joined(parts):
    return tuple(torch.cat(side, dim=2) for side in zip(*parts, strict=True))


def weights(rng, d_model, dtype=torch.float32):
    names = ("q_proj", "k_proj", "v_proj", "out_proj")
    return {
        f"{name}.weight": torch.randn(d_model, d_model, generator=rng, dtype=dtype) / d_model**0.5 for name in names
    }


def layer(submission, state, heads):
    theirs = submission.CachedAttention(len(state["q_proj.weight"]), heads).to(state["q_proj.weight"].dtype)
    theirs.load_state_dict(state)
    return theirs


def whole(state, heads, x):
    """The whole text at once, by PyTorch's own attention."""
    q, k, v = (
        (x @ state[f"{name}_proj.weight"].t()).unflatten(-1, (heads, -1)).transpose(1, 2) for name in ("q", "k", "v")
    )
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out.transpose(1, 2).flatten(2) @ state["out_proj.weight"].t()


@pytest.mark.parametrize("lengths", [(1,), (2, 1), (1, 1, 1, 1), (3, 2)], ids=str)
@pytest.mark.parametrize("lead", [(1, 1), (2, 3)], ids=["one sample, one head", "2 samples, 3 heads"])
def test_everything_so_far_comes_back(submission, rng, lengths, lead):
    """Each append returns all positions from the oldest on, keys and values apart, and no unused room behind them."""
    cache = submission.KVCache(*lead, 6, 4)
    parts = pieces(rng, lengths, lead)
    for count in range(1, len(parts) + 1):
        got = cache.append(*parts[count - 1])
        assert_close(got, joined(parts[:count]), label="(keys, values)")
        assert_equal(len(cache), sum(lengths[:count]), label="len(cache)")


def test_new_caches_are_empty(submission, rng):
    """A cache starts with no positions, and two caches do not share any."""
    first, second = submission.KVCache(2, 3, 4, 4), submission.KVCache(2, 3, 4, 4)
    one, two = pieces(rng, (2, 1))
    assert_equal(len(first), 0, label="len of a new cache")
    first.append(*one)
    assert_equal(len(second), 0, label="len of the other cache")
    assert_close(second.append(*two), two, label="(keys, values) of the other cache")


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_dtype_and_device_of_the_cache(submission, rng, dtype):
    """Hand dtype and device to both tensors that the constructor makes."""
    one, two = pieces(rng, (2, 1), dtype=dtype)
    cache = submission.KVCache(2, 3, 4, 4, dtype=dtype)
    cache.append(*one)
    keys, values = cache.append(*two)
    assert_dtype(keys, dtype, "the keys"), assert_dtype(values, dtype, "the values")
    assert_close((keys, values), joined([one, two]), label="(keys, values)")
    assert_equal(submission.support.device_of(submission.KVCache), ("meta", "meta"), label="the devices")


def test_cache_may_be_filled_to_the_last_place(submission, rng):
    """max_length positions fit; one more raises a ValueError and leaves the cache as it was."""
    parts = pieces(rng, (3, 2))
    cache = submission.KVCache(2, 3, 5, 4)
    cache.append(*parts[0])
    with pytest.raises(ValueError):
        cache.append(*pieces(rng, (3,))[0])
    assert_equal(len(cache), 3, label="len(cache) after the refused append")
    assert_close(cache.append(*parts[1]), joined(parts), label="(keys, values)")
    with pytest.raises(ValueError):
        cache.append(*pieces(rng, (1,))[0])


@pytest.mark.parametrize(
    ("k", "v"),
    [
        ((1, 3, 1, 4), (1, 3, 1, 4)),
        ((2, 1, 1, 4), (2, 1, 1, 4)),
        ((2, 3, 1, 1), (2, 3, 1, 1)),
        ((2, 3, 2, 4), (2, 3, 1, 4)),
        ((2, 3, 1, 4), (2, 3, 2, 4)),
        ((2, 3, 1, 4), (1, 3, 1, 4)),
        ((1, 3, 1, 4), (2, 3, 1, 4)),
        ((3, 1, 4), (3, 1, 4)),
    ],
    ids=str,
)
def test_shapes_that_do_not_fit_are_refused(submission, k, v):
    """A size of 1 broadcasts into the slice without a word: compare all sizes of k and of v, and raise a ValueError."""
    cache = submission.KVCache(2, 3, 5, 4)
    with pytest.raises(ValueError):
        cache.append(torch.ones(k), torch.ones(v))
    assert_equal(len(cache), 0, label="len(cache) after the refused append")
    one = torch.ones(2, 3, 1, 4)
    assert_close(cache.append(one, 2 * one), (one, 2 * one), label="(keys, values) after the refused append")


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_truncated_positions_are_overwritten(submission, rng, kept):
    """After truncate(n) the next append writes position n. What stood there must not come back."""
    cache = submission.KVCache(2, 3, 5, 4)
    old, new = pieces(rng, (3, 2))
    cache.append(*old)
    cache.truncate(kept)
    assert_equal(len(cache), kept, label="len(cache)")
    expected = joined([tuple(t[:, :, :kept] for t in old), new])
    assert_close(cache.append(*new), expected, label="(keys, values)")


@pytest.mark.parametrize("length", [-1, 3, 5])
def test_impossible_truncations_are_refused(submission, rng, length):
    """There are 2 positions to keep, and a negative number of them is a mistake: raise a ValueError."""
    cache = submission.KVCache(2, 3, 5, 4)
    cache.append(*pieces(rng, (2,))[0])
    with pytest.raises(ValueError):
        cache.truncate(length)
    assert_equal(len(cache), 2, label="len(cache) after the refused call")


def test_stored_values_are_copies(submission, rng):
    """The caller may reuse his tensors: copy them into the cache, and keep no graph."""
    ((k, v),) = pieces(rng, (2,))
    keys, values = submission.support.stored_after_writing(submission.KVCache(2, 3, 5, 4), k, v)
    assert_close((keys[:, :, :2], values[:, :, :2]), (k, v), label="(keys, values) after k and v were overwritten")
    assert not submission.support.keeps_graph(submission.KVCache(2, 3, 5, 4), k, v), (
        "keys or values carry a graph: detach them"
    )


def test_append_copies_nothing_old(submission, rng):
    """torch.cat copies the whole cache for each token. Allocate in the constructor, and write into a slice."""
    costs = []
    for length in (1, 400):
        cache = submission.KVCache(1, 2, 512, 4)
        old, new = pieces(rng, (length, 1), (1, 2))
        submission.support.fill(cache, *old)
        with submission.counting() as counted:
            submission.support.fill(cache, *new)
        costs.append(counted.total_bytes)
    assert costs[0] < 8192, f"an append of one position allocates {costs[0]} bytes: that is the cache, not a position"
    assert costs[1] <= costs[0] + 256, f"an append after 400 positions allocates {costs[1]} bytes, after one {costs[0]}"


def test_four_projections_without_bias(submission):
    """q_proj, k_proj, v_proj and out_proj are nn.Linear(d_model, d_model, bias=False)."""
    shapes = {f"{name}.weight": (6, 6) for name in ("q_proj", "k_proj", "v_proj", "out_proj")}
    layer, second = submission.CachedAttention(6, 2), submission.CachedAttention(6, 2)
    assert_registered_parameters(layer, shapes)
    state = layer.state_dict()
    second.load_state_dict({name: torch.full_like(value, 7.0) for name, value in state.items()})
    assert_same_state(layer.state_dict(), state, label="the state, after a second layer was given other values")


@pytest.mark.parametrize(("batch", "heads", "length"), [(1, 1, 1), (2, 2, 4), (2, 4, 3)], ids=str)
def test_whole_text_without_a_cache(submission, rng, batch, heads, length):
    """Without a cache it is causal attention: split into heads, scale by the root of a head's width, mask the future."""
    state = weights(rng, 8)
    x = torch.randn(batch, length, 8, generator=rng)
    got = layer(submission, state, heads)(x)
    assert_shape(got, x.shape)
    assert_close(got, whole(state, heads, x))


@pytest.mark.parametrize("lengths", [(3,), (1, 1, 1), (3, 1, 1), (2, 3), (1, 2, 2)], ids=str)
def test_pieces_give_what_the_whole_gives(submission, rng, lengths):
    """New tokens see all cached ones, and among themselves only the past: the mask is aligned with the last keys."""
    state = weights(rng, 8)
    x = torch.randn(2, sum(lengths), 8, generator=rng)
    theirs, cache = layer(submission, state, 2), submission.KVCache(2, 2, 6, 4)
    with torch.no_grad():
        got = torch.cat([theirs(part, cache) for part in x.split(lengths, dim=1)], dim=1)
    assert_equal(len(cache), sum(lengths), label="len(cache)")
    assert_close(got, whole(state, 2, x))


def test_another_ending_after_truncating(submission, rng):
    """After going back to an earlier length, tokens see the kept ones and nothing of the rejected ending."""
    state = weights(rng, 4)
    x, other = torch.randn(2, 1, 5, 4, generator=rng)
    theirs, cache = layer(submission, state, 2), submission.KVCache(1, 2, 5, 2)
    with torch.no_grad():
        theirs(x, cache)
        cache.truncate(2)
        got = theirs(other[:, :2], cache)
    assert_close(got, whole(state, 2, torch.cat([x[:, :2], other[:, :2]], dim=1))[:, 2:])


def test_one_token_costs_one_token(submission, rng):
    """With a cache, project the new token only. Whoever keeps x and projects it all again has the right answer too late."""
    state = weights(rng, 16)
    theirs, cache = layer(submission, state, 2), submission.KVCache(1, 2, 40, 8)
    x = torch.randn(1, 33, 16, generator=rng)
    with torch.no_grad():
        theirs(x[:, :32], cache)
        with submission.counting() as counted:
            theirs(x[:, 32:], cache)
    least = 2 * 4 * 16 * 16 + 2 * 2 * 33 * 16
    assert counted.flops <= 1.5 * least, f"a step takes {counted.flops} operations; {least} are enough"


def test_gradients_without_a_cache(submission, reference, rng):
    """Training uses the layer without a cache: gradients reach x and all four weights."""
    state = weights(rng, 4, torch.float64)
    theirs, ours = layer(submission, state, 2), reference.CachedAttention(4, 2).double()
    ours.load_state_dict(state)
    x = torch.randn(3, 2, 4, generator=rng, dtype=torch.float64).transpose(0, 1)
    assert_gradients(theirs, ours, x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x).pow(2).sum().backward(), ours(x).pow(2).sum().backward()
    assert_close(theirs.gradients(), {name: p.grad for name, p in ours.named_parameters()}, label="the gradients")
