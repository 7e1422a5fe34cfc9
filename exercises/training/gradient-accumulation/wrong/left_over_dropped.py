# style: steps on every k-th micro-batch and forgets the ones left at the end
# verdict: wrong_answer
# caught by: test_what_is_left_makes_a_step
def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    optimizer.zero_grad()
    steps = 0
    for i, (x, y) in enumerate(loader):
        (loss_fn(model(x), y) / accumulation_steps).backward()
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
            steps += 1
    return steps
