import math

import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_finite,
    assert_frequency,
    assert_no_alias,
    assert_shape,
)


def by_hand(logits, p, temperature=1.0):
    """Row by row with plain numbers."""
    rows = []
    for row in logits.double().reshape(-1, logits.shape[-1]).tolist():
        top = max(row)
        weights = [math.exp((value - top) / temperature) for value in row]
        likely = sorted(range(len(row)), key=lambda i: -weights[i])
        taken, kept = 0.0, []
        while taken < p * sum(weights) and len(kept) < len(row):
            kept.append(likely[len(kept)])
            taken += weights[kept[-1]]
        rows.append([weights[i] / taken if i in kept else 0.0 for i in range(len(row))])
    return torch.tensor(rows, dtype=torch.float64).reshape(logits.shape)


def table(next_of, size=6):
    """A model whose next token depends on the last one only. At earlier positions it says something else."""
    calls = []

    def model(ids):
        calls.append(ids.clone())
        logits = F.one_hot(torch.tensor([[size - 1 - next_of[i] for i in row] for row in ids.tolist()]), size).float()
        logits[:, -1] = F.one_hot(torch.tensor([next_of[row[-1]] for row in ids.tolist()]), size).float()
        return 50 * logits

    return model, calls


@pytest.mark.parametrize(
    ("p", "kept"), [(0.1, 1), (0.49, 1), (0.51, 2), (0.7, 2), (0.79, 2), (0.81, 3), (0.97, 4)], ids=str
)
def test_token_that_reaches_p_is_kept(submission, p, kept):
    """Tokens are taken until they add up to at least p: the one that reaches p belongs to the nucleus, and one is always kept."""
    probabilities = torch.tensor([0.05, 0.5, 0.15, 0.3])
    got = submission.nucleus(probabilities.log(), p)
    order = [1, 3, 2, 0][:kept]
    expected = torch.zeros(4)
    expected[order] = probabilities[order] / probabilities[order].sum()
    assert_close(got, expected, label="the probabilities")


@pytest.mark.parametrize("shape", [(1,), (5,), (1, 4), (3, 6), (2, 3, 5)], ids=str)
def test_each_row_has_its_own_nucleus(submission, rng, shape):
    """Sort, add up and divide along the last dimension, and put every probability back to its own token."""
    logits = 2 * torch.randn(shape, generator=rng)
    got = submission.nucleus(logits, 0.8)
    assert_shape(got, shape, "the probabilities")
    assert_close(got, by_hand(logits, 0.8).float(), label="the probabilities")


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_temperature_comes_before_the_nucleus(submission, rng, temperature):
    """Divide the logits by the temperature first: the nucleus is that of the tempered probabilities."""
    logits = 2 * torch.randn(4, 6, generator=rng)
    expected = by_hand(logits, 0.75, temperature).float()
    assert_close(submission.nucleus(logits, 0.75, temperature), expected, label="the probabilities")


@pytest.mark.parametrize(("p", "kept"), [(0.2, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.75, 3), (0.8, 4)], ids=str)
def test_equally_likely_tokens(submission, p, kept):
    """Of equals the lower index comes first, so cut by place and not by value. Two quarters are at least 0.5: no third."""
    got = submission.nucleus(torch.zeros(2, 4), p)
    expected = torch.tensor([1 / kept] * kept + [0.0] * (4 - kept)).expand(2, 4)
    assert_close(got, expected, label="the probabilities")


def test_many_equally_likely_tokens(submission):
    """sort() keeps the order of equals only with stable=True, which shows in long rows."""
    got = submission.nucleus(torch.zeros(1, 512), 0.25)
    expected = (torch.arange(512) < 128).float()[None] / 128
    assert_close(got, expected, label="the probabilities")


def test_p_of_one_keeps_everything(submission, rng):
    """Rounded sums reach 1 before the last token: with p = 1 nothing is to be cut."""
    logits = torch.cat([torch.randn(40, 300, generator=rng), torch.full((40, 3), -25.0)], dim=1)
    got = submission.nucleus(logits, 1.0)
    assert_close(got, logits.softmax(-1), label="the probabilities")
    assert bool((got > 0).all()), "p = 1 cuts tokens off"


def test_extreme_logits(submission):
    """Minus infinity is a token that never comes, and large logits must not overflow."""
    logits = torch.tensor([[1.0, -torch.inf, 2.0, -torch.inf], [9e4, 9e4 - 1, -9e4, 0.0]])
    for p in (0.5, 0.99, 1.0):
        got = submission.nucleus(logits, p)
        assert_finite(got, "the probabilities")
        assert_close(got, by_hand(logits, p).float(), label="the probabilities")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_dtype_of_the_probabilities(submission, rng, dtype):
    """Sums of many small numbers need float32: widen half precision before the softmax, and keep float64."""
    logits = torch.randn(4, 3, generator=rng).to(dtype).t()
    got = submission.nucleus(logits, 0.7, 0.8)
    assert_dtype(got, torch.promote_types(dtype, torch.float32), "the probabilities")
    assert_close(got.double(), by_hand(logits, 0.7, 0.8), label="the probabilities", rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("p", "temperature"), [(0.0, 1.0), (-0.1, 1.0), (1.1, 1.0), (0.5, 0.0), (0.5, -1.0)], ids=str)
def test_impossible_settings_are_refused(submission, p, temperature):
    """p is above 0 and at most 1, the temperature above 0: raise a ValueError otherwise."""
    with pytest.raises(ValueError):
        submission.nucleus(torch.zeros(3), p, temperature)


@pytest.mark.parametrize("shape", [(1, 5), (4, 7)], ids=str)
def test_greedy_choice(submission, rng, shape):
    """Without p it is the index of the largest logit of each row."""
    logits = torch.randn(shape, generator=rng)
    got = submission.choose(logits)
    assert_dtype(got, torch.int64, "the tokens")
    assert_equal(got, logits.max(dim=1).indices, label="the tokens")


@pytest.mark.parametrize("settings", [{"p": 0.85}, {"p": 0.6}, {"p": 0.9, "temperature": 2.0}], ids=str)
def test_draws_follow_the_nucleus(submission, settings):
    """Each row is a draw of its own with the probabilities of the nucleus, for that p and that temperature."""
    logits = torch.tensor([0.1, 0.4, 0.03, 0.27, 0.2]).log()
    wanted = by_hand(logits, **settings).tolist()
    got = submission.choose(logits.expand(4000, 5), **settings)
    assert_dtype(got, torch.int64, "the tokens")
    assert_shape(got, (4000,), "the tokens")
    counts = torch.bincount(got, minlength=5).tolist()
    for token, share in enumerate(wanted):
        if share == 0:
            assert counts[token] == 0, f"token {token} is outside of the nucleus and was drawn {counts[token]} times"
        else:
            assert_frequency(counts[token], 4000, share, label=f"token {token} is drawn")


def test_draws_differ_from_call_to_call(submission):
    """Whoever seeds inside gets the same text every time. Leave the generator alone."""
    first, second = (submission.choose(torch.zeros(200, 50), p=0.9) for _ in range(2))
    assert not torch.equal(first, second), "200 draws from 45 tokens came out the same twice"


@pytest.mark.parametrize("rows", [1, 3])
def test_greedy_text(submission, rows):
    """The logits at the last position say what comes next, and the model sees the whole text each time."""
    model, calls = table([2, 4, 1, 0, 3, 5])
    prompt = torch.tensor([[5, 0], [1, 3], [2, 2]])[:rows]
    got = submission.generate(model, prompt, 3)
    expected = torch.tensor([[5, 0, 2, 1, 4], [1, 3, 0, 2, 1], [2, 2, 1, 4, 3]])[:rows]
    assert_equal(got, expected, label="the text")
    assert_equal(len(calls), 3, label="the number of calls of the model")
    assert_equal(calls[-1], expected[:, :4], label="what the model saw in the last call")


def test_finished_rows_write_eos(submission):
    """Each row has a flag of its own. What a finished row would go on to write is replaced by eos."""
    model, calls = table([1, 2, 3, 4, 5, 0])
    prompt = torch.tensor([[2, 0], [4, 2], [0, 1]])
    got = submission.generate(model, prompt, 10, eos=4)
    expected = torch.tensor([[2, 0, 1, 2, 3, 4], [4, 2, 3, 4, 4, 4], [0, 1, 2, 3, 4, 4]])
    assert_equal(got, expected, label="the text")
    assert_equal(len(calls), 4, label="the number of calls of the model")


def test_eos_in_the_prompt_finishes_nothing(submission):
    """Only what is written counts: with padding or a separator as eos the prompt may well hold it."""
    model, _ = table([1, 2, 3, 4, 5, 0])
    got = submission.generate(model, torch.tensor([[3, 3]]), 3, eos=3)
    assert_equal(got, torch.tensor([[3, 3, 4, 5, 0]]), label="the text")
    model, _ = table([1, 0, 2, 3, 4, 5])
    got = submission.generate(model, torch.tensor([[1]]), 3, eos=0)
    assert_equal(got, torch.tensor([[1, 0]]), label="the text with 0 as eos")


@pytest.mark.parametrize("max_new", [0, 1, 4])
def test_text_without_eos_has_full_length(submission, max_new):
    """With eos=None the loop runs max_new times. The result is a new tensor, also without any new token."""
    model, calls = table([1, 2, 3, 4, 5, 0])
    prompt = torch.tensor([[0, 3], [2, 5]])
    got = submission.generate(model, prompt, max_new)
    assert_shape(got, (2, 2 + max_new), "the text")
    assert_equal(got[:, :2], prompt, label="the prompt in the text")
    assert_equal(len(calls), max_new, label="the number of calls of the model")
    assert_no_alias(got, prompt)


@pytest.mark.parametrize("settings", [{"p": 0.75, "temperature": 0.5}, {"p": 0.75}], ids=str)
def test_text_is_drawn_with_p_and_temperature(submission, settings):
    """Hand p and temperature on to choose."""
    logits = torch.tensor([0.5, 0.3, 0.2]).log()
    got = submission.generate(
        lambda ids: logits.expand(*ids.shape, 3), torch.zeros(3000, 1, dtype=torch.int64), 1, **settings
    )
    wanted = by_hand(logits, **settings).tolist()
    assert_frequency(int((got[:, 1] == 0).sum()), 3000, wanted[0], label="token 0 is drawn")
    assert not bool((got[:, 1] == 2).any()), "a token outside of the nucleus was drawn"


def test_no_gradients_are_recorded(submission):
    """Without torch.no_grad() every step keeps the graph of the whole model in memory."""
    model = submission.support.Probe()
    got = submission.generate(model, torch.tensor([[0]]), 3)
    assert_equal(got, torch.tensor([[0, 1, 2, 3]]), label="the text")
    assert not any(model.recording), "the model is called with gradients on"
