import pytest
import torch

import support
from torchdojo.checkers import assert_close, assert_registered_parameters


def fill(module, rng):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.4)
    return module


def pair(submission, rng, count, segments, width=3):
    """The learner's stack, and a plain sequence with the same weights."""
    plain = fill(support.plain(count, width), rng)
    stack = submission.CheckpointedStack(submission.support.blocks(count, width), segments)
    stack.load_state_dict({f"blocks.{name}": tensor for name, tensor in plain.state_dict().items()})
    return stack, plain


def gradients_of(plain):
    return {f"blocks.{name}": parameter.grad for name, parameter in plain.named_parameters()}


def runs(count, segments):
    """The blocks of each segment."""
    cuts = [len(part) for part in torch.arange(count).tensor_split(segments)]
    numbers = iter(range(count))
    return [[next(numbers) for _ in range(size)] for size in cuts]


CASES = pytest.mark.parametrize(
    ("count", "segments"),
    [(1, 1), (4, 2), (7, 3), (5, 1), (3, 3)],
    ids=["1 block", "4 in 2", "7 in 3", "5 in 1", "3 in 3"],
)


@CASES
def test_result_is_that_of_a_plain_sequence(submission, rng, count, segments):
    """Every block runs on what the one before gave, in order: none left out, none twice, also where the cut is uneven."""
    stack, plain = pair(submission, rng, count, segments)
    x = torch.randn(2, 3, generator=rng)
    assert_close(stack(x), plain(x))


def test_names_in_the_state_dict(submission):
    """The parameters are those of the blocks, under the names blocks.0, blocks.1, and so on: an nn.ModuleList called `blocks`."""
    names = {f"blocks.{name}": tuple(p.shape) for name, p in support.plain(3, 2).named_parameters()}
    assert_registered_parameters(submission.CheckpointedStack(submission.support.blocks(3, 2), 2), names)


@pytest.mark.parametrize(("count", "segments"), [(2, 2), (5, 3)], ids=["2 in 2", "5 in 3"])
def test_gradients_are_those_of_a_plain_sequence(submission, rng, count, segments):
    """The second computation has to be of the same segment: a function made in a loop looks the loop variable up when it runs."""
    stack, plain = pair(submission, rng, count, segments)
    x = torch.randn(2, 3, generator=rng, requires_grad=True)
    ours = x.detach().clone().requires_grad_()
    stack(x).pow(2).sum().backward()
    plain(ours).pow(2).sum().backward()
    assert_close(x.grad, ours.grad, label="the gradient of x")
    assert_close(stack.gradients(), gradients_of(plain))


def test_input_without_gradient(submission, rng):
    """The first segment's input is data and requires no gradient; its weights still need theirs. Look at use_reentrant."""
    stack, plain = pair(submission, rng, 4, 2)
    x = torch.randn(2, 3, generator=rng)
    stack(x).pow(2).sum().backward()
    plain(x).pow(2).sum().backward()
    assert_close(stack.gradients(), gradients_of(plain))


@CASES
def test_segments_are_computed_again(submission, rng, count, segments):
    """In the backward pass the last segment comes first, and each runs as a whole, in order. Longer segments lie in front."""
    stack, _ = pair(submission, rng, count, segments)
    y = stack(torch.randn(2, 3, generator=rng))
    forward = stack.blocks[0].diary
    assert forward == list(range(count))
    y.sum().backward()
    again = [number for run in reversed(runs(count, segments)) for number in run]
    backward = stack.blocks[0].diary[count:]
    assert backward == again


@pytest.mark.parametrize("segments", [1, 2, 4, 8])
def test_only_segment_inputs_are_kept(submission, rng, segments):
    """Between the passes there may be one tensor per segment: its input. Every segment is checkpointed, the last one too."""
    stack, _ = pair(submission, rng, 8, segments, width=32)
    x = torch.randn(64, 32, generator=rng)
    with submission.counting() as counted:
        y = stack(x)
    most = segments * (x.nbytes + 6000)
    assert counted.saved_bytes <= most, f"{counted.saved_bytes} bytes are kept, {segments} inputs are {segments * x.nbytes}"
    y.sum().backward()


def test_dropout_repeats_itself(submission, rng):
    """The second computation has to draw the random numbers of the first, whatever was drawn in between."""
    stack = submission.CheckpointedStack(submission.support.dropouts(4), 2)
    x = torch.rand(30, 20, generator=rng) + 0.5
    x.requires_grad_()
    y = stack(x)
    submission.support.draw_some()
    y.sum().backward()
    assert_close(x.grad, (y / x).detach(), label="the gradient, which is the product of the masks,")


def test_evaluation_computes_once(submission, rng):
    """In eval() nothing is computed again: run the blocks directly. The gradients are still right."""
    stack, plain = pair(submission, rng, 4, 2)
    stack.eval()
    x = torch.randn(2, 3, generator=rng)
    stack(x).sum().backward()
    plain(x).sum().backward()
    ran = stack.blocks[0].diary
    assert ran == [0, 1, 2, 3]
    assert_close(stack.gradients(), gradients_of(plain))


def test_without_gradients_it_computes_once(submission, rng):
    """Under no_grad there is no backward pass to prepare for."""
    stack, plain = pair(submission, rng, 3, 2)
    x = torch.randn(2, 3, generator=rng)
    with torch.no_grad():
        assert_close(stack(x), plain(x))
    ran = stack.blocks[0].diary
    assert ran == [0, 1, 2]


def test_two_calls_before_the_backward_pass(submission, rng):
    """Each call keeps its own segment inputs: what is stored on the module is overwritten by the second call."""
    stack, plain = pair(submission, rng, 4, 2)
    a, b = torch.randn(1, 3, generator=rng), torch.randn(5, 3, generator=rng)
    first, second = stack(a), stack(b)
    (first.pow(2).sum() + second.sum()).backward()
    (plain(a).pow(2).sum() + plain(b).sum()).backward()
    assert_close(stack.gradients(), gradients_of(plain))


def test_gradients_by_autograd_grad(submission, rng):
    """`torch.autograd.grad` has to work too: the reentrant kind of checkpoint refuses it."""
    stack, plain = pair(submission, rng, 4, 2)
    x = torch.randn(3, 2, generator=rng).t().requires_grad_()
    (got,) = torch.autograd.grad(stack(x).pow(2).sum(), x)
    (expected,) = torch.autograd.grad(plain(x).pow(2).sum(), x)
    assert_close(got, expected, label="the gradient of x")


@pytest.mark.parametrize("segments", [0, 4, -1])
def test_impossible_cuts_are_refused(submission, segments):
    """Three blocks make one, two or three segments. Raise a ValueError for anything else."""
    with pytest.raises(ValueError):
        submission.CheckpointedStack(submission.support.blocks(3, 2), segments)


def test_blocks_are_the_callers(submission, rng):
    """Register the given modules themselves: whoever holds one, an optimizer say, has to see its gradients."""
    blocks = submission.support.blocks(2, 3)
    stack = submission.CheckpointedStack(blocks, 2)
    assert submission.support.same_modules(stack.blocks, blocks), "stack.blocks has to hold the modules that were given"


@pytest.mark.parametrize("frozen", [0, 1], ids=["the first", "the last"])
def test_block_in_its_own_mode(submission, rng, frozen):
    """What decides is the mode of the stack; a single block may be in eval(), and has to stay there."""
    stack = submission.CheckpointedStack(submission.support.noted_modes(2), 2)
    stack.train()
    stack.blocks[frozen].eval()
    stack(torch.randn(2, 3, generator=rng)).sum().backward()
    for number in range(2):
        modes = stack.blocks[number].modes
        assert modes == [number != frozen] * 2, "the block's mode in each of its two runs"
