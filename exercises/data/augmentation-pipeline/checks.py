import pytest
import torch

import support
from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_no_alias,
    assert_shape,
    assert_shares,
    unchanged,
)


def numbered(c, h, w):
    """Every pixel has a value of its own, from 1 up."""
    return torch.arange(1.0, c * h * w + 1).reshape(c, h, w)


def fresh(rng):
    return int(torch.randint(1 << 30, (), generator=rng))


@pytest.mark.parametrize("shape", [(1, 1, 2), (3, 2, 3), (2, 4, 4)], ids=str)
def test_flip_mirrors_left_and_right(submission, shape):
    """The width is the last dimension; with p=1 it is always turned round, with p=0 never."""
    image = numbered(*shape)
    draw = submission.support.draw
    for seed in range(6):
        assert_equal(draw(submission.RandomFlip(1.0), image, seed), image.flip(2), label="the image with p=1")
        assert_equal(draw(submission.RandomFlip(0.0), image, seed), image, label="the image with p=0")


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_flip_happens_with_its_probability(submission, rng, p):
    """One draw for the whole image decides, and p is the chance of a flip."""
    image = numbered(2, 2, 2)
    flip = submission.RandomFlip(p) if p != 0.5 else submission.RandomFlip()

    def outcomes(times):
        got = submission.support.many(flip, image, times, fresh(rng))
        flipped = (got == image.flip(2)).flatten(1).all(1)
        kept = (got == image).flatten(1).all(1)
        assert bool((flipped | kept).all()), "an image came back that is neither the one given nor its mirror image"
        return [int(flipped.sum()), int(kept.sum())]

    assert_shares(outcomes, [p, 1 - p], label="the image is flipped")


@pytest.mark.parametrize("p", [-0.1, 1.5])
def test_impossible_probabilities_are_refused(submission, p):
    """A probability lies between 0 and 1: raise a ValueError in the constructor."""
    with pytest.raises(ValueError):
        submission.RandomFlip(p)


@pytest.mark.parametrize(("shape", "size", "padding"), [((2, 3, 3), 3, 0), ((1, 2, 3), 2, 0), ((2, 2, 3), 3, 1)], ids=str)
def test_crop_is_a_window_of_the_padded_image(submission, shape, size, padding):
    """The same window for every channel, cut out of the image with zeros all round it."""
    image = numbered(*shape)
    padded = torch.zeros(shape[0], shape[1] + 2 * padding, shape[2] + 2 * padding)
    padded[:, padding : padding + shape[1], padding : padding + shape[2]] = image
    windows = padded.unfold(1, size, 1).unfold(2, size, 1)
    windows = windows.permute(1, 2, 0, 3, 4).reshape(-1, shape[0], size, size)
    for seed in range(12):
        got = submission.support.draw(submission.RandomCrop(size, padding), image, seed)
        assert_shape(got, (shape[0], size, size), "the crop")
        assert any(torch.equal(got, window) for window in windows), f"{got.tolist()} is no window of {padded.tolist()}"


@pytest.mark.parametrize(("shape", "size", "padding"), [((1, 3, 4), 2, 0), ((1, 2, 2), 2, 1)], ids=["no padding", "padding"])
def test_every_window_is_equally_likely(submission, rng, shape, size, padding):
    """Count the places of the window with the last one included: randint never gives its upper end. Draw row and column apart."""
    image = numbered(*shape)
    padded = torch.nn.functional.pad(image, [padding] * 4)
    windows = padded.unfold(1, size, 1).unfold(2, size, 1).permute(1, 2, 0, 3, 4).reshape(-1, 1, size, size)
    crop = submission.RandomCrop(size, padding)

    def outcomes(times):
        got = submission.support.many(crop, image, times, fresh(rng))
        return [int((got == window).flatten(1).all(1).sum()) for window in windows]

    assert_shares(outcomes, [1 / len(windows)] * len(windows), few=600, many=1800, label="a certain window is cut out")


def test_windows_that_do_not_fit_are_refused(submission):
    """A slice beyond the edge is silently shorter: compare the sizes and raise a ValueError."""
    draw = submission.support.draw
    for shape, size, padding in [((1, 2, 4), 3, 0), ((1, 4, 2), 3, 0), ((3, 2, 2), 5, 1)]:
        with pytest.raises(ValueError):
            draw(submission.RandomCrop(size, padding), torch.zeros(shape))
    with pytest.raises(ValueError):
        draw(submission.RandomCrop(3), torch.zeros(1, 2, 2))
    for size in ((2, 3), (3, 2), (2, 2)):
        image = torch.zeros(3, *size)
        assert_shape(draw(submission.RandomCrop(4, 1), image), (3, 4, 4), "the crop that just fits")


@pytest.mark.parametrize("shape", [(3, 2, 4), (3, 3, 3), (1, 2, 3)], ids=str)
def test_normalize_works_by_channel(submission, rng, shape):
    """The numbers belong to the channels, the first dimension. Broadcasting lines up with the width unless you reshape."""
    image = torch.rand(shape, generator=rng)
    mean, std = [0.5, 0.25, 0.75][: shape[0]], [0.5, 2.0, 0.1][: shape[0]]
    got = submission.support.draw(submission.Normalize(mean, std), image)
    expected = torch.stack([(image[c] - mean[c]) / std[c] for c in range(shape[0])])
    assert_close(got, expected, label="the image")


def test_normalize_counts_channels(submission):
    """One number would be broadcast over three channels without a word: compare the lengths and raise a ValueError."""
    for mean, std in [([0.5], [0.5]), ([0.5, 0.5], [0.5, 0.5]), ([0.5] * 3, [0.5]), ([0.5], [0.5] * 3)]:
        with pytest.raises(ValueError):
            submission.support.draw(submission.Normalize(mean, std), torch.zeros(3, 2, 2))


def test_compose_keeps_the_order(submission, rng):
    """Apply the first transform first, and hand each result to the next one."""
    image = torch.rand(2, 3, 3, generator=rng)
    draw, chain = submission.support.draw, submission.support.chain
    assert_close(draw(chain(submission.Compose, "double", "add_one"), image), image * 2 + 1, label="double, then add")
    assert_close(draw(chain(submission.Compose, "add_one", "double"), image), (image + 1) * 2, label="add, then double")
    assert_equal(draw(submission.Compose([]), image), image, label="the image without transforms")


def test_chain_draws_from_one_generator(submission, rng):
    """Hand the same generator on: with a new one, or a new seed, for each transform all would draw the same numbers."""
    image = torch.rand(2, 3, 3, generator=rng)
    got = submission.support.draw(submission.support.chain(submission.Compose, "noise", "noise"), image, 5)
    generator = torch.Generator().manual_seed(5)
    expected = support.noise(support.noise(image, generator), generator)
    assert_close(got, expected, label="the image after two noises")


def whole(submission):
    return submission.Compose(
        [submission.RandomFlip(0.5), submission.RandomCrop(3, 1), submission.Normalize([0.5, 0.1], [0.5, 2.0])]
    )


def test_randomness_comes_from_the_generator_alone(submission, rng):
    """Same seed, same image. The global generator has no part in it and is not moved."""
    image, pipeline = torch.rand(2, 4, 4, generator=rng), whole(submission)
    many = submission.support.many
    submission.torch.manual_seed(1)
    first = many(pipeline, image, 10, 3)
    submission.torch.manual_seed(2)
    assert_equal(many(pipeline, image, 10, 3), first, label="ten images with the same seed")
    assert not torch.equal(many(pipeline, image, 10, 4), first), "seeds 3 and 4 give the same ten images"
    assert submission.support.global_state_kept(pipeline, image), "the global generator was changed"


def test_images_stay_as_they_are(submission, rng):
    """Return new memory also where nothing changes: a later transform in place would alter the stored image."""
    image = torch.rand(2, 4, 4, generator=rng)
    normalize = submission.Normalize([0.0, 0.0], [1.0, 1.0])
    transforms = [submission.RandomFlip(0.0), submission.RandomFlip(1.0), submission.RandomCrop(4), submission.RandomCrop(2)]
    transforms += [normalize, submission.Compose([]), submission.support.chain(submission.Compose, "itself")]
    transforms += [submission.support.chain(submission.Compose, "add_one"), whole(submission)]
    for transform in transforms:
        with unchanged(image):
            got = submission.support.draw(transform, image)
        assert_no_alias(got, image)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16], ids=["float64", "float16"])
def test_dtype_is_kept(submission, rng, dtype):
    """Statistics are float32: the result still has the dtype of the image."""
    image = torch.rand(2, 4, 4, generator=rng).to(dtype)
    for transform in (submission.RandomFlip(1.0), submission.RandomCrop(2, 1), submission.Normalize([0.5, 0.5], [0.5, 0.25])):
        assert_dtype(submission.support.draw(transform, image), dtype, "the image")
