# break: Rainfall.forward.end
# where: self.model(
import torch
from torch import nn


class Rainfall(nn.Module):
    def __init__(self, sensors, hidden):
        super().__init__()
        self.lstm = nn.LSTM(sensors, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, series, days):
        states, _ = self.lstm(series)
        index = (days - 1).view(-1, 1, 1).expand(-1, 1, states.size(2))
        end = states.gather(1, index).squeeze(1)
        return self.out(end)


class Experiment:
    def __init__(self, sensors=3):
        self.model = Rainfall(sensors, 12)
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=0.01)
        self.history = []

    def training_step(self, batch):
        series, days, rain = batch
        return nn.functional.mse_loss(self.model(series, days), rain)

    def fit(self, loader, epochs):
        for _ in range(epochs):
            for batch in loader:
                self.optimizer.zero_grad()
                loss = self.training_step(batch)
                loss.backward()
                self.optimizer.step()
                self.history.append(loss.item())


def stations(n=160, longest=10, sensors=3):
    days = torch.randint(3, longest + 1, (n,))
    series = torch.randn(n, longest, sensors)
    series[torch.arange(longest) >= days[:, None]] = 0.0
    rain = series[torch.arange(n), days - 1].sum(1, keepdim=True)
    return torch.utils.data.TensorDataset(series, days, rain)


torch.manual_seed(4)
experiment = Experiment()
experiment.fit(torch.utils.data.DataLoader(stations(), batch_size=20, shuffle=True), epochs=6)
print(sum(experiment.history[-8:]) / 8)
