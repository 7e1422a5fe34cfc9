# style: adds up the mean losses and never divides
# verdict: wrong_answer
# caught by: test_equal_micro_batches_act_as_one_batch
from itertools import islice


def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    steps = 0
    source = iter(loader)
    while group := list(islice(source, accumulation_steps)):
        optimizer.zero_grad()
        for x, y in group:
            loss = loss_fn(model(x), y)
            loss.backward()
        optimizer.step()
        steps += 1
    return steps
