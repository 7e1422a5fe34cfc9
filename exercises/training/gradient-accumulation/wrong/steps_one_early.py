# style: counts from zero, so the first micro-batch steps alone
# verdict: wrong_answer
# caught by: test_equal_micro_batches_act_as_one_batch
def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    optimizer.zero_grad()
    steps = 0
    for i, (x, y) in enumerate(loader):
        (loss_fn(model(x), y) / accumulation_steps).backward()
        if i % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
            steps += 1
    return steps
