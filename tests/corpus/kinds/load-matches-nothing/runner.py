# break: Runner.restore
# where: load_state_dict
import io

import torch
import torch.nn.functional as F


class Tagger(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(15, 8)
        self.out = torch.nn.Linear(8, 3)

    def forward(self, tokens):
        return self.out(self.embed(tokens))


class Runner:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def step(self, tokens):
        loss = F.cross_entropy(self.model(tokens).flatten(0, 1), (tokens % 3).flatten())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def saved(self):
        file = io.BytesIO()
        torch.save(self.model.state_dict(), file)
        return file.getvalue()

    def restore(self, data):
        self.model.load_state_dict(torch.load(io.BytesIO(data)))
        return self


torch.manual_seed(1)
first = Runner(Tagger())
for _ in range(40):
    first.step(torch.randint(0, 15, (8, 5)))
second = Runner(Tagger()).restore(first.saved())
for _ in range(10):
    print(second.step(torch.randint(0, 15, (8, 5))))
