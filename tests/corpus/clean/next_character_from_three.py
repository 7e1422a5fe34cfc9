"""The next character from the three before it: the same three are followed by different ones at different places."""

import random

import torch
import torch.nn.functional as F

random.seed(1)
torch.manual_seed(1)

SYLLABLES = ["an", "na", "ri", "lo", "mi", "ka", "el", "ta", "so"]
words = ["".join(random.choice(SYLLABLES) for _ in range(random.randint(2, 4))) for _ in range(140)]
letters = ["."] + sorted(set("".join(words)))
index = {letter: i for i, letter in enumerate(letters)}


def examples(some):
    contexts, following = [], []
    for word in some:
        context = [0, 0, 0]
        for letter in word + ".":
            contexts.append(context)
            following.append(index[letter])
            context = context[1:] + [index[letter]]
    return torch.tensor(contexts), torch.tensor(following)


random.shuffle(words)
x, y = examples(words[:120])
x_new, y_new = examples(words[120:])

table = torch.randn(len(letters), 8, requires_grad=True)
hidden = (torch.randn(24, 48) * 24**-0.5).requires_grad_()
shift = torch.zeros(48, requires_grad=True)
out = (torch.randn(48, len(letters)) * 48**-0.5).requires_grad_()
parameters = [table, hidden, shift, out]


def logits(contexts):
    return torch.tanh(table[contexts].flatten(1) @ hidden + shift) @ out


for epoch in range(5):
    for rows in torch.randperm(len(x)).split(32):
        loss = F.cross_entropy(logits(x[rows]), y[rows])
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= 0.3 * p.grad
    with torch.no_grad():
        print(epoch, loss.item(), F.cross_entropy(logits(x_new), y_new).item())
