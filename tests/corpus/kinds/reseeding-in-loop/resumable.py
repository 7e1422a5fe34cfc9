import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(5)
images = torch.rand(120, 1, 8, 8)
labels = (images.mean(dim=(1, 2, 3)) > 0.5).long()
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
generator = torch.Generator()
loader = DataLoader(TensorDataset(images, labels), batch_size=20, shuffle=True, generator=generator)
first_epoch = 0
for epoch in range(first_epoch, 5):
    torch.manual_seed(1000 + epoch)
    generator.manual_seed(2000 + epoch)
    for batch, target in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch), target).backward()
        optimizer.step()
