# break: Namer.forward.packed
# break: Namer.forward.last
# where: net(names, lengths)
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

torch.manual_seed(0)


class Namer(nn.Module):
    """Tells the language of a name from its letters."""

    def __init__(self, letters=27, width=12, languages=3):
        super().__init__()
        self.letters = nn.Embedding(letters, width, padding_idx=0)
        self.rnn = nn.GRU(width, 16, batch_first=True)
        self.endings = nn.LSTM(width, 8, batch_first=True)
        self.out = nn.Linear(24, languages)

    def forward(self, names, lengths):
        x = self.letters(names)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, state = self.rnn(packed)
        steps, _ = self.endings(x)
        last = steps[torch.arange(len(names)), lengths - 1]
        return self.out(torch.cat([state[-1], last], dim=1))


lengths = torch.randint(2, 10, (180,))
names = torch.randint(1, 27, (180, 9))
names[torch.arange(9) >= lengths[:, None]] = 0
languages = names[torch.arange(180), lengths - 1] % 3

net = Namer()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
dataset = torch.utils.data.TensorDataset(names, lengths, languages)
for epoch in range(5):
    for names, lengths, languages in torch.utils.data.DataLoader(dataset, batch_size=30, shuffle=True):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(names, lengths), languages)
        loss.backward()
        optimizer.step()
print(f"loss {loss.item():.3f}")
