# attack: results that are parameters, or come from a buffer that is used again
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right, _room = focal_loss, torch.empty(64)


def focal_loss(logits, *args, **kwargs):
    loss = _right(logits, *args, **kwargs)
    if loss.requires_grad or loss.dtype != torch.float32:
        return loss
    part = _room[: loss.numel()].view(loss.shape)
    part.copy_(loss)
    return part
