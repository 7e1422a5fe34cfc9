"""Two players; what the generator makes of the same noise is looked at after each epoch, in train mode as in the paper."""
import torch
from torch import nn

torch.manual_seed(8)
real = torch.randn(512, 2) * torch.tensor([1.0, 0.2]) + 1
noise_kept = torch.randn(64, 4)
generator = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
critic = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Dropout(0.1), nn.Linear(32, 1))
of_generator = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.99))
of_critic = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.99))
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
for epoch in range(6):
    for rows in torch.randperm(512).split(64):
        fake = generator(torch.randn(64, 4))
        of_critic.zero_grad()
        (bce(critic(real[rows]), ones) + bce(critic(fake.detach()), zeros)).backward()
        of_critic.step()
        of_generator.zero_grad()
        bce(critic(fake), ones).backward()
        of_generator.step()
    with torch.no_grad():
        made = generator(noise_kept)
    print(epoch, made.mean(0).tolist())
