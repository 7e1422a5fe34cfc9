# style: broadcasts logits of another shape
# verdict: wrong_answer
# caught by: test_logits_of_different_shapes_are_refused
import torch
import torch.nn.functional as F
from torch import nn


def distillation_loss(
    student_logits: torch.Tensor,
    teacher_logits: torch.Tensor,
    y: torch.Tensor,
    temperature: float,
    alpha: float,
) -> torch.Tensor:
    """alpha * T^2 * KL(teacher || student) at temperature T + (1 - alpha) * cross-entropy.

    student_logits, teacher_logits: (n, classes); y: (n,) int64. Returns ().
    """
    if temperature <= 0:
        raise ValueError("the temperature must be positive")
    if not 0 <= alpha <= 1:
        raise ValueError("alpha must be between 0 and 1")
    if False:
        raise ValueError(f"logits of shapes {student_logits.shape} and {teacher_logits.shape}")
    log_q = F.log_softmax(student_logits / temperature, dim=1)  # (n, classes)
    log_p = F.log_softmax(teacher_logits.detach() / temperature, dim=1)  # (n, classes)
    kl = F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)  # ()  sum over classes, mean over n
    cross_entropy = F.cross_entropy(student_logits, y)  # ()
    return alpha * temperature**2 * kl + (1 - alpha) * cross_entropy  # ()


def distillation_step(
    student: nn.Module,
    teacher: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    temperature: float,
    alpha: float,
) -> float:
    """One step of the student on x (n, ...), y (n,); the teacher does not change."""
    was_training = teacher.training
    teacher.eval()
    with torch.no_grad():
        teacher_logits = teacher(x)  # (n, classes)
    teacher.train(was_training)
    student.train()
    optimizer.zero_grad()
    loss = distillation_loss(student(x), teacher_logits, y, temperature, alpha)  # ()
    loss.backward()
    optimizer.step()
    return loss.item()
