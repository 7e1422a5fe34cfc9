# style: joins each group into one big batch
# verdict: wrong_answer
# caught by: test_model_sees_one_micro_batch_at_a_time
from itertools import islice

import torch


def train_with_accumulation(model, loader, loss_fn, optimizer, accumulation_steps):
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps")
    model.train()
    steps = 0
    source = iter(loader)
    while group := list(islice(source, accumulation_steps)):
        x = torch.cat([x for x, _ in group])
        y = torch.cat([y for _, y in group])
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        steps += 1
    return steps
