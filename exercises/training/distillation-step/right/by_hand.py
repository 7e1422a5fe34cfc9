# style: the divergence written out, the cross-entropy by gather, inference mode for the teacher
import torch


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    if not temperature > 0 or alpha < 0 or alpha > 1 or student_logits.size() != teacher_logits.size():
        raise ValueError("bad arguments")
    with torch.no_grad():
        log_p = (teacher_logits / temperature).log_softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    kl = (log_p.exp() * (log_p - log_q)).sum(-1)
    ce = -student_logits.log_softmax(-1).gather(1, y[:, None])[:, 0]
    return (alpha * temperature * temperature * kl + (1 - alpha) * ce).mean()


def distillation_step(student, teacher, x, y, optimizer, temperature, alpha):
    modes = {module: module.training for module in teacher.modules()}
    teacher.eval()
    with torch.inference_mode():
        target = teacher(x)
    for module, mode in modes.items():
        module.training = mode
    student.train()
    loss = distillation_loss(student(x), target.clone(), y, temperature, alpha)
    student.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss)
