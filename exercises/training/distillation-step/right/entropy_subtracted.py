# style: soft cross-entropy minus the teacher's entropy
import torch
from torch.nn.functional import cross_entropy


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    if temperature <= 0.0:
        raise ValueError("temperature")
    if alpha > 1.0 or alpha < 0.0:
        raise ValueError("alpha")
    if tuple(student_logits.shape) != tuple(teacher_logits.shape):
        raise ValueError("shapes")
    scaled = teacher_logits.detach().div(temperature)
    p = scaled.softmax(1)
    entropy = -(p * scaled.log_softmax(1)).sum(1).mean()
    soft = cross_entropy(student_logits / temperature, p) - entropy
    hard = cross_entropy(student_logits, y)
    return torch.lerp(hard, soft * temperature**2, alpha)


def distillation_step(student, teacher, x, y, optimizer, temperature, alpha):
    mode = teacher.training
    with torch.no_grad():
        answers = teacher.train(False)(x)
    teacher.train(mode)
    optimizer.zero_grad(set_to_none=True)
    loss = distillation_loss(student.train(True)(x), answers, y, temperature, alpha)
    loss.backward()
    optimizer.step()
    return loss.item()
