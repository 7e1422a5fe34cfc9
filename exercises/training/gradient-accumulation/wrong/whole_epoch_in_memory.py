# style: reads the whole loader into a list first
# verdict: wrong_answer
# caught by: test_loader_is_read_group_by_group
from itertools import islice


def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    steps = 0
    loader = list(loader)
    source = iter(loader)
    while group := list(islice(source, accumulation_steps)):
        samples = sum(len(x) for x, _ in group)
        optimizer.zero_grad()
        for x, y in group:
            loss = loss_fn(model(x), y) * (len(x) / samples)
            loss.backward()
        optimizer.step()
        steps += 1
    return steps
