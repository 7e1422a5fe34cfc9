import pytest
import support
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_no_alias, assert_shape

BOS, EOS, PAD = 1, 2, 0


def decode(submission, model, first, max_length=6):
    """Decode sources that begin with `first`; the second of their three tokens is padding."""
    source = torch.stack([torch.tensor(first), torch.full((len(first),), 7), torch.full((len(first),), 5)], 1)
    keep = torch.tensor([[True, False, True]]).expand(len(first), 3)
    return submission.greedy_decode(model, source, keep, BOS, EOS, PAD, max_length)


@pytest.mark.parametrize(
    "target", [[[2]], [[5, 6, 2]], [[5, 6, 2, 0], [7, 2, 0, 0], [2, 0, 0, 0]]], ids=["1", "3", "padded"]
)
def test_input_and_labels_differ_by_one_place(submission, target):
    """The decoder gets bos and all but the last, and is asked for the target: each position predicts the token that comes next."""
    target = torch.tensor(target)
    decoder_input, _, labels = submission.teacher_forcing(target, BOS, PAD)
    expected = torch.tensor([[BOS, *row[:-1]] for row in target.tolist()])
    assert_equal(decoder_input, expected, label="the decoder input")
    expected = torch.tensor([[-100 if i == PAD else i for i in row] for row in target.tolist()])
    assert_equal(labels, expected, label="the labels")
    assert_no_alias(labels, target)


@pytest.mark.parametrize("pad", [0, 3])
def test_mask_hides_the_future_and_the_padding(submission, pad):
    """Row t looks at positions up to t, itself included, that are not pad: columns of padding are closed, rows are not."""
    target = torch.tensor([[5, 6, 2, pad], [7, 2, pad, pad], [4, 5, 6, 2]])
    _, allowed, labels = submission.teacher_forcing(target, BOS, pad)
    assert_dtype(allowed, torch.bool, "the mask")
    real = [4, 3, 4]
    expected = torch.tensor([[[s <= t and s < n for s in range(4)] for t in range(4)] for n in real])
    assert_equal(allowed, expected, label="the mask")
    assert_equal(labels[1], torch.tensor([7, 2, -100, -100]), label="the labels")


def test_equal_bos_and_pad_are_refused(submission):
    """The first position would be taken for padding: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.teacher_forcing(torch.tensor([[5, 2]]), 0, 0)


@pytest.mark.parametrize("first", [[3], [4], [3, 4, 5]], ids=str)
def test_each_sentence_stops_at_its_own_eos(submission, first):
    """After eos a row holds pad. The result is as long as its longest sentence, and lengths count the eos."""
    script = {3: [7, 6, EOS], 4: [EOS], 5: [6, 5, 4, 3, EOS]}
    model = submission.support.Script(script)
    ids, lengths = decode(submission, model, first)
    longest = max(len(script[i]) for i in first)
    expected = [script[i] + [PAD] * (longest - len(script[i])) for i in first]
    assert_equal(ids, torch.tensor(expected), label="the ids")
    assert_equal(lengths, torch.tensor([len(script[i]) for i in first]), label="the lengths")
    assert_equal(len(model.seen), longest, label="the number of calls of the decoder")


@pytest.mark.parametrize("max_length", [1, 2, 4])
def test_sentences_without_eos_are_cut(submission, max_length):
    """At most max_length tokens are written; a sentence cut off has that length, and no eos is added."""
    ids, lengths = decode(submission, submission.support.Script({3: [7], 4: [5, EOS]}), [3, 4], max_length)
    rows = [[7] * max_length, ([5, EOS] + [PAD] * max_length)[:max_length]]
    assert_equal(ids, torch.tensor(rows), label="the ids")
    assert_equal(lengths, torch.tensor([max_length, min(2, max_length)]), label="the lengths")


def test_decoder_sees_what_was_written(submission):
    """The input of step t is bos and the t tokens so far, of every row."""
    model = submission.support.Script({3: [7, 6, EOS], 4: [5, 4, 6, EOS]})
    decode(submission, model, [3, 4])
    seen = model.seen
    assert_equal(seen[0], torch.tensor([[BOS], [BOS]]), label="the input of the first step")
    assert_equal(seen[2], torch.tensor([[BOS, 7, 6], [BOS, 5, 4]]), label="the input of the third step")


def test_source_is_encoded_once(submission):
    """The memory does not depend on what is written: encode in front of the loop."""
    model = submission.support.Script({3: [7, 6, 5, EOS]})
    decode(submission, model, [3])
    assert_equal(model.encoded, 1, label="the number of calls of the encoder")


def test_pad_and_bos_are_never_written(submission):
    """A model may score them highest. Take the best of the other tokens, and leave the model's logits as they are."""
    model = submission.support.Script({3: [(PAD, BOS, 7), (BOS, 6), (BOS, PAD, EOS)]})
    ids, lengths = decode(submission, model, [3])
    assert_equal(ids, torch.tensor([[7, 6, EOS]]), label="the ids")
    assert_equal(lengths, torch.tensor([3]), label="the lengths")
    assert submission.support.logits_untouched(model), "the logits of the model were written to"


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("fails", [False, True], ids=["all goes well", "the encoder fails"])
def test_mode_of_the_model_is_restored(submission, training, fails):
    """eval() while decoding, the former mode afterwards: use try and finally, for an error must not leave it in eval mode."""
    model = submission.support.Script({3: [7, EOS]}, fails)
    model.train(training)
    if fails:
        with pytest.raises(ArithmeticError):
            decode(submission, model, [3])
    else:
        decode(submission, model, [3])
    assert not any(model.modes), "the model is called in training mode"
    assert_equal(model.training, training, label="model.training afterwards")


def test_no_gradients_are_recorded(submission):
    """Decoding needs no graph: without torch.no_grad() each step keeps its own."""
    model = submission.support.Script({3: [7, 6, EOS]})
    decode(submission, model, [3])
    assert not any(model.recording), "the model is called with gradients on"


@pytest.mark.parametrize("max_length", [0, -1])
def test_impossible_lengths_are_refused(submission, max_length):
    """There is nothing to write: raise a ValueError before the model is called."""
    model = submission.support.Script({3: [7, EOS]})
    with pytest.raises(ValueError):
        decode(submission, model, [3], max_length)
    assert_equal(model.encoded, 0, label="the number of calls of the encoder")


@pytest.mark.parametrize("words", [1, 3])
@pytest.mark.parametrize("batch", [1, 4])
def test_sentences_of_a_batch_do_not_meet(submission, rng, batch, words):
    """Each row gets what it would get alone: take the argmax over the vocabulary, row by row."""
    weights = [torch.randn(shape, generator=rng) for shape in ((9, 6), (6, 6), (6, 9))]
    model, ours = submission.support.Chain(*weights), support.Chain(*weights).eval()
    source = torch.randint(3, 9, (words, batch), generator=rng).t()
    keep = torch.ones(batch, words, dtype=torch.bool)
    keep[0, 1:2] = False
    ids, lengths = submission.greedy_decode(model, source, keep, BOS, EOS, PAD, 6)
    assert_dtype(ids, torch.int64, "the ids"), assert_dtype(lengths, torch.int64, "the lengths")
    for row in range(batch):
        written = []
        memory = ours.encode(source[row : row + 1], keep[row : row + 1])
        while len(written) < 6 and EOS not in written:
            scores = ours.decode(torch.tensor([[BOS, *written]]), memory, keep[row : row + 1])[0, -1].tolist()
            written.append(max((i for i in range(9) if i not in (BOS, PAD)), key=scores.__getitem__))
        assert_equal(lengths[row].item(), len(written), label=f"the length of sentence {row}")
        padded = written + [PAD] * (ids.shape[1] - len(written))
        assert_equal(ids[row].tolist(), padded, label=f"sentence {row}")
