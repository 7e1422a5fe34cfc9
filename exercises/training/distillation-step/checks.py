import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_equal, assert_finite, assert_gradients, assert_same_state, assert_shape, assert_type


def logits_and_labels(rng, n, classes, dtype=torch.float32):
    student = 2 * torch.randn(n, classes, generator=rng, dtype=dtype)
    teacher = 2 * torch.randn(n, classes, generator=rng, dtype=dtype)
    return student, teacher, torch.randint(classes, (n,), generator=rng)


def by_definition(student, teacher, y, t, alpha):
    """The formula, sample by sample."""
    total = 0.0
    for s, z, label in zip(student.double(), teacher.double(), y, strict=True):
        p, q = (z / t).softmax(0), (s / t).softmax(0)
        total = total + alpha * t**2 * (p * (p / q).log()).sum() - (1 - alpha) * s.log_softmax(0)[label]
    return total / len(student)


@pytest.mark.parametrize("n", [1, 4], ids=["one sample", "four samples"])
def test_labels_alone(submission, rng, n):
    """With alpha=0 nothing is left but the cross-entropy of the raw student logits: the temperature has no part in it."""
    student, teacher, y = logits_and_labels(rng, n, 5)
    got = submission.distillation_loss(student, teacher, y, 4.0, 0.0)
    assert_shape(got, (), "the loss")
    assert_close(got, F.cross_entropy(student, y), label="the loss")


@pytest.mark.parametrize(("n", "classes"), [(1, 2), (3, 5), (6, 4)], ids=["1x2", "3x5", "6x4"])
def test_teacher_alone_at_temperature_one(submission, rng, n, classes):
    """With alpha=1 and T=1 it is the KL divergence from the teacher to the student: summed over classes, averaged over samples."""
    student, teacher, y = logits_and_labels(rng, n, classes)
    expected = by_definition(student, teacher, y, 1.0, 1.0).float()
    assert_close(submission.distillation_loss(student, teacher, y, 1.0, 1.0), expected, label="the loss")


@pytest.mark.parametrize("temperature", [0.5, 3.0, 10.0])
def test_temperature(submission, rng, temperature):
    """Both softmaxes are taken at logits / T, and the divergence is multiplied by T squared."""
    student, teacher, y = logits_and_labels(rng, 3, 5)
    expected = by_definition(student, teacher, y, temperature, 1.0).float()
    assert_close(submission.distillation_loss(student, teacher, y, temperature, 1.0), expected, label="the loss", rtol=1e-3)


@pytest.mark.parametrize("alpha", [0.3, 0.9])
def test_alpha_blends_the_two_parts(submission, rng, alpha):
    """alpha is the share of the teacher, 1 - alpha that of the labels."""
    student, teacher, y = logits_and_labels(rng, 4, 3)
    expected = by_definition(student, teacher, y, 2.0, alpha).float()
    assert_close(submission.distillation_loss(student, teacher, y, 2.0, alpha), expected, label="the loss")


def test_a_perfect_student(submission, rng):
    """Where the student answers as the teacher does, the divergence is 0: a cross-entropy with soft targets would leave the teacher's entropy."""
    student, _, y = logits_and_labels(rng, 4, 3)
    got = submission.distillation_loss(student, student + 5.0, y, 2.0, 1.0)
    assert_close(got, torch.tensor(0.0), label="the loss", atol=1e-5)


def test_gradients_reach_the_student(submission, reference, rng):
    """Both parts send gradients to the student's logits."""
    student, teacher, y = logits_and_labels(rng, 3, 4, torch.float64)
    assert_gradients(
        lambda s: submission.distillation_loss(s, teacher, y, 2.5, 0.6),
        lambda s: reference.distillation_loss(s, teacher, y, 2.5, 0.6),
        student,
    )


def test_teacher_logits_are_constants(submission, rng):
    """Nothing may flow back into the teacher: detach its logits, whoever hands them in."""
    student, teacher, y = logits_and_labels(rng, 3, 4)
    student.requires_grad_()
    teacher.requires_grad_()
    submission.distillation_loss(student, teacher, y, 2.0, 0.5).backward()
    assert student.grad is not None, "no gradient reached the student's logits"
    assert teacher.grad is None or not teacher.grad.any(), "a gradient reached the teacher's logits"


def test_large_logits(submission):
    """The logarithm of a probability that was rounded to 0 is infinite, and 0 times it is NaN: stay with log_softmax."""
    student = torch.tensor([[1000.0, -1000.0, 0.0], [0.0, 1000.0, -1000.0]], requires_grad=True)
    teacher = torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, 0.0, 1000.0]])
    y = torch.tensor([0, 1])
    for alpha in (1.0, 0.5, 0.0):
        loss = submission.distillation_loss(student, teacher, y, 1.0, alpha)
        assert_finite(loss, "the loss")
        assert_close(loss, torch.tensor(alpha * 1000.0), label="the loss", atol=1e-3)
        (gradient,) = torch.autograd.grad(loss, student)
        assert_finite(gradient, "the gradient")


@pytest.mark.parametrize(("temperature", "alpha"), [(0.0, 0.5), (-1.0, 0.5), (2.0, -0.1), (2.0, 1.1)])
def test_impossible_settings_are_refused(submission, rng, temperature, alpha):
    """A temperature must be positive, and alpha is a share: raise a ValueError."""
    student, teacher, y = logits_and_labels(rng, 2, 3)
    with pytest.raises(ValueError):
        submission.distillation_loss(student, teacher, y, temperature, alpha)


@pytest.mark.parametrize("shape", [(1, 3), (2, 1), (2, 4)], ids=str)
def test_logits_of_different_shapes_are_refused(submission, rng, shape):
    """A teacher's answer of shape (1, 3) would be broadcast over the batch without a word: compare the shapes."""
    student, _, y = logits_and_labels(rng, 2, 3)
    with pytest.raises(ValueError):
        submission.distillation_loss(student, torch.randn(shape, generator=rng), y, 2.0, 0.5)


def models(submission, rng):
    result = []
    for width in (4, 7):
        ours = support.Net(width)
        with torch.no_grad():
            for parameter in ours.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=rng))
            ours.norm.running_mean.copy_(torch.randn(width, generator=rng))
        theirs = submission.support.Net(width)
        theirs.load_state_dict(ours.state_dict())
        result.append((theirs, ours))
    return result


@pytest.mark.parametrize("lr", [0.05, 0.5])
def test_step_moves_the_student(submission, rng, lr):
    """Clear old gradients, train the student in training mode on the teacher's answers in evaluation mode, and step once."""
    (student, ours), (teacher, our_teacher) = models(submission, rng)
    student.eval()
    submission.support.fill_gradients(student, 2.0)
    x, y = torch.randn(6, 4, generator=rng), torch.randint(3, (6,), generator=rng)
    optimizer = submission.torch.optim.SGD(student.parameters(), lr=lr)
    got = submission.distillation_step(student, teacher, x, y, optimizer, 2.0, 0.7)
    our_teacher.eval()
    plain = torch.optim.SGD(ours.parameters(), lr=lr)
    loss = by_definition(ours(x), our_teacher(x).detach(), y, 2.0, 0.7)
    loss.backward()
    plain.step()
    assert_type(got, float, "the loss")
    assert_close(got, loss.item(), label="the loss", rtol=1e-4)
    for name, value in ours.state_dict().items():
        assert_close(student.state_dict()[name], value, label=f"{name} of the student", rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("training", [True, False], ids=["from train()", "from eval()"])
def test_teacher_does_not_change(submission, rng, training):
    """The teacher answers in eval() without gradients, and is given back as it came: weights, statistics, gradients, mode."""
    (student, _), (teacher, our_teacher) = models(submission, rng)
    teacher.train(training)
    submission.support.fill_gradients(teacher, 0.5)
    x, y = torch.randn(6, 4, generator=rng), torch.randint(3, (6,), generator=rng)
    optimizer = submission.torch.optim.SGD(student.parameters(), lr=0.1)
    submission.distillation_step(student, teacher, x, y, optimizer, 2.0, 0.5)
    assert_same_state(teacher.state_dict(), our_teacher.state_dict(), label="the teacher")
    assert teacher.diary == [(False, False)], "the teacher's calls: in training mode, with autograd recording"
    assert teacher.modes() == [training] * 4, "the modes of the teacher's modules afterwards"
    for name, gradient in teacher.gradients().items():
        assert gradient is not None, f"the teacher's gradient of {name} was removed"
        assert_equal(gradient, torch.full_like(gradient, 0.5), label=f"the teacher's gradient of {name}")
