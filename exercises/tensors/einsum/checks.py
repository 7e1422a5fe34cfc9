import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_gradients, assert_shape

SIZES = dict(zip("abcdijklmnXY", (2, 3, 4, 2, 3, 4, 5, 2, 3, 2, 3, 4)))


def operands_for(rng, equation, dtype=torch.float32):
    groups = equation.replace(" ", "").split("->")[0].split(",")
    return [torch.randn([SIZES[letter] for letter in group], generator=rng, dtype=dtype) for group in groups]


def compare(submission, rng, equation):
    operands = operands_for(rng, equation)
    expected = torch.einsum(equation, *operands)
    got = submission.einsum(equation, *operands)
    assert_shape(got, expected.shape, f"the result of {equation}")
    assert_close(got, expected, label=f"the result of {equation}")


@pytest.mark.parametrize("equation", ["i->i", "ij->ji", "ijk->kij", "abcd->cadb"])
def test_letters_are_put_in_the_order_of_the_output(submission, rng, equation):
    """permute takes, for each new place, the old dimension. Its inverse differs from three dimensions on."""
    compare(submission, rng, equation)


@pytest.mark.parametrize("equation", ["i->", "ij->i", "ij->j", "ijk->k", "ijk->ki", "ijk->"])
def test_letters_missing_on_the_right_are_summed(submission, rng, equation):
    """Sum over each letter that does not stand on the right, even if only one operand has it."""
    compare(submission, rng, equation)


@pytest.mark.parametrize("equation", ["ij,ij->ij", "i,j->ij", "ij,j->ij", "ij,i->ji", "i,->i", ",->"])
def test_products_without_a_sum(submission, rng, equation):
    """Line the operands up by letter, with a size of 1 for each letter that one of them lacks, and multiply."""
    compare(submission, rng, equation)


@pytest.mark.parametrize("equation", ["i,i->", "ij,jk->ik", "ij,kj->ik", "bij,bjk->bik", "aij,akj->kia", "ij,kl->"])
def test_products_and_sums(submission, rng, equation):
    """A letter on the left only is summed after the product, whichever operands it stands in."""
    compare(submission, rng, equation)


@pytest.mark.parametrize("equation", ["ni,kij,nj->nk", "i,j,k->kji", "ab,bc,cd->ad", "i,i,i->i", "a,b,ab,c->c"])
def test_three_operands_and_more(submission, rng, equation):
    """Nothing changes with more operands: one product of all, then one sum."""
    compare(submission, rng, equation)


@pytest.mark.parametrize(
    "equation", ["ii->i", "ii->", "iij->ji", "iji->ij", "jii->ij", "iii->i", "ii,ij->j", "iijj->", "ijij->ji"]
)
def test_a_letter_twice_in_one_operand(submission, rng, equation):
    """It means the diagonal over these dimensions. Mind which numbers the other dimensions have afterwards."""
    compare(submission, rng, equation)


@pytest.mark.parametrize("equation", [" i j , jk -> i k", "Xi,Yi -> YX", "aX,Xb->ab"])
def test_blanks_and_capitals(submission, rng, equation):
    """Blanks mean nothing, and A is another letter than a."""
    compare(submission, rng, equation)


def test_a_capital_is_a_letter_of_its_own(submission, rng):
    """In "aA->a" the two letters have nothing to do with each other."""
    x = torch.randn(3, 3, generator=rng)
    assert_close(submission.einsum("aA->a", x), x.sum(1))


@pytest.mark.parametrize("equation", ["ij,jk->ik", "iij,jk->ki", "ni,kij,nj->nk"])
def test_gradients_reach_every_operand(submission, rng, equation):
    """Stay with tensor operations: numbers taken out by .item() or .tolist() are cut from the graph."""
    operands = operands_for(rng, equation, torch.float64)
    assert_gradients(lambda *t: submission.einsum(equation, *t), lambda *t: torch.einsum(equation, *t), *operands)


@pytest.mark.parametrize("size", [0, 1])
def test_sizes_of_zero_and_one(submission, size):
    """A size of 0 or 1 is a size like any other: a sum over no entries is 0."""
    a, b = torch.ones(2, size, dtype=torch.float64), torch.ones(size, 3, dtype=torch.float64)
    got = submission.einsum("ij,jk->ik", a, b)
    assert_dtype(got, torch.float64)
    assert_close(got, torch.full((2, 3), float(size), dtype=torch.float64))


def test_transposed_inputs(submission, rng):
    """Operands may be views with strides of their own."""
    a, b = torch.randn(4, 3, generator=rng).t(), torch.randn(5, 4, 2, generator=rng).permute(1, 2, 0)
    assert_close(submission.einsum("ij,jkl->lik", a, b), torch.einsum("ij,jkl->lik", a, b))


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk", [(2, 3), (3, 2)]),
        ("ij->i", [(2, 3), (3, 2)]),
        ("ij,jk->ik", [(2, 3)]),
        ("ijk->i", [(2, 3)]),
        ("i->i", [(2, 3)]),
        ("ij,jk->ik", [(2, 3), (4, 2)]),
        ("ij,ij->i", [(2, 3), (2, 1)]),
        ("ij,jk->ik", [(2, 1), (3, 2)]),
        ("ii->i", [(2, 3)]),
        ("ii->i", [(1, 3)]),
        ("ij->ik", [(2, 3)]),
        ("ij->ii", [(2, 2)]),
    ],
    ids=str,
)
def test_equations_that_do_not_fit(submission, equation, shapes):
    """Compare letters with dimensions and sizes with each other before computing, and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.einsum(equation, *(torch.ones(shape) for shape in shapes))
