# attack: a tensor subclass inside, plain tensors outside
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

class Tagged(torch.Tensor):
    pass


_right = focal_loss


def focal_loss(logits, *args, **kwargs):
    return _right(logits.as_subclass(Tagged), *args, **kwargs).as_subclass(torch.Tensor)
