# style: adds up the losses of a group and goes back once
# verdict: wrong_answer
# caught by: test_one_graph_at_a_time
from itertools import islice


def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    steps = 0
    source = iter(loader)
    while group := list(islice(source, accumulation_steps)):
        samples = sum(len(x) for x, _ in group)
        optimizer.zero_grad()
        total = 0
        for x, y in group:
            total = total + loss_fn(model(x), y) * (len(x) / samples)

        total.backward()
        optimizer.step()
        steps += 1
    return steps
