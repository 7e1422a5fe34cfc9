# style: calls the ready-made function
# verdict: forbidden
# caught by: test_returned_norm_is_the_one_before_clipping
import torch
from torch.nn.utils import clip_grad_norm_


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite=True)


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()
