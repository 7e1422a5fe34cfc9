# attack: an epoch written with iter, next and a walrus
# expect: passed
# exercise: training/one-epoch-loop
# base: solution
# place: after

def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train(True)
    batches, seen = iter(loader), []
    while (batch := next(batches, None)) is not None:
        x, y = (part.to(device) for part in batch)
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad = None
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        seen.append((float(loss.detach()), x.shape[0]))
        del loss
    if not seen:
        raise ValueError("nothing")
    return sum(a * n for a, n in seen) / sum(n for _, n in seen)
