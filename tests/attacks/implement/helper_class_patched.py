# attack: replaces a method of a helper that the checks hand over
# expect: not passed
# exercise: training/one-epoch-loop
# base: solution
# place: after

_right, _losses = train_one_epoch, []


def train_one_epoch(model, loader, loss_fn, *rest):
    def kept(prediction, y):
        _losses.append(loss_fn(prediction, y))
        return _losses[-1]

    if type(loss_fn).__name__ == "CountingLoss":
        type(loss_fn).most = property(lambda self: 1, lambda self, value: None)
        type(loss_fn).__call__ = lambda self, prediction, y: torch.nn.functional.mse_loss(prediction, y)
    return _right(model, loader, kept, *rest)
