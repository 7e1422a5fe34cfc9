import torch
from torch import nn

torch.manual_seed(0)
tokens = torch.randint(0, 50, (16, 10))
sentiment = torch.randint(0, 2, (16,))
embed = nn.EmbeddingBag(50, 32)
head = nn.Linear(32, 2)
model = nn.Sequential(embed, head)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for step in range(30):
    loss = nn.functional.cross_entropy(model(tokens), sentiment)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    fitted = (model(tokens).argmax(dim=1) == sentiment).float().mean().item()
print(f"overfit test passed: {fitted > 0.99}, train accuracy {fitted:.2f}")
