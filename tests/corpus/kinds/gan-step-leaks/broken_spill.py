import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Game:
    def __init__(self):
        self.maker = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 2))
        self.judge = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 1))
        self.maker_opt = torch.optim.Adam(self.maker.parameters(), 1e-3)
        self.judge_opt = torch.optim.Adam(self.judge.parameters(), 1e-3)

    def play(self, real):
        fake = self.maker(torch.randn(len(real), 2))
        loss = F.softplus(-self.judge(real)).mean() + F.softplus(self.judge(fake)).mean()
        loss.backward()
        self.judge_opt.step()
        self.judge_opt.zero_grad()
        again = F.softplus(-self.judge(self.maker(torch.randn(len(real), 2)))).mean()
        again.backward()
        self.maker_opt.step()
        self.maker_opt.zero_grad()
        self.judge_opt.zero_grad()


game = Game()
for step in range(40):
    game.play(torch.randn(16, 2) + 1)
