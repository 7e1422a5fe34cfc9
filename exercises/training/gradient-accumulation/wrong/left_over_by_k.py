# style: divides the last, shorter group by k as well
# verdict: wrong_answer
# caught by: test_what_is_left_makes_a_step
def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    optimizer.zero_grad()
    steps = i = 0
    for i, (x, y) in enumerate(loader, 1):
        (loss_fn(model(x), y) / accumulation_steps).backward()
        if i % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
            steps += 1
    if i % accumulation_steps:
        optimizer.step()
        steps += 1
    return steps
