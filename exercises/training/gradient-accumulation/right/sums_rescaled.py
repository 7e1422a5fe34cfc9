# style: adds up the gradients of summed losses and divides every gradient by the samples before the step
def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError(accumulation_steps)
    model.train()
    model.zero_grad()
    steps = pending = samples = 0

    def flush():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.grad.div_(samples)
        optimizer.step()
        optimizer.zero_grad()

    for x, y in loader:
        loss = loss_fn(model(x), y) * x.shape[0]
        loss.backward()
        pending += 1
        samples += x.shape[0]
        if pending == accumulation_steps:
            flush()
            steps, pending, samples = steps + 1, 0, 0
    if pending:
        flush()
        steps += 1
    return steps
