# break: ChurnTrainer.accuracy.leaves
# where: leaves ==
import torch
from torch import nn


class ChurnTrainer:
    def __init__(self, features, churned):
        self.features, self.churned = features, churned
        self.model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
        self.criterion = nn.BCEWithLogitsLoss()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=0.02)

    def epoch(self, rows):
        self.model.train()
        for part in rows[torch.randperm(len(rows))].split(40):
            loss = self.criterion(self.model(self.features[part]).squeeze(1), self.churned[part])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    @torch.inference_mode()
    def accuracy(self, rows):
        self.model.eval()
        leaves = self.model(self.features[rows]).squeeze(1) > 0
        return (leaves == self.churned[rows].bool()).float().mean().item()


torch.manual_seed(3)
features = torch.randn(300, 5)
churned = (features[:, 0] - features[:, 2] > 0).float()
trainer = ChurnTrainer(features, churned)
order = torch.randperm(300)
for number in range(6):
    trainer.epoch(order[:240])
    print(number, trainer.accuracy(order[240:]))
