# style: clears the gradients before every micro-batch
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
        samples = sum(len(x) for x, _ in group)

        for x, y in group:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y) * (len(x) / samples)
            loss.backward()
        optimizer.step()
        steps += 1
    return steps
