# attack: results that are views into larger tensors
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss


def focal_loss(*args, **kwargs):
    loss = _right(*args, **kwargs)
    room = torch.cat([loss.reshape(-1, 1), torch.full((loss.numel(), 3), 9.0, dtype=loss.dtype)], dim=1)
    return room[:, 0].reshape(loss.shape)
