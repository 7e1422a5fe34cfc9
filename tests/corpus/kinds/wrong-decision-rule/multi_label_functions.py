# break: exact_matches.sigmoid
# where: > 0.5
import torch
import torch.nn as nn


def make_songs(count):
    sound = torch.randn(count, 10)
    tags = (sound @ torch.linspace(-1, 1, 40).reshape(10, 4) > 0.5).float()
    return sound, tags


def exact_matches(model, sound, tags):
    model.eval()
    with torch.no_grad():
        chosen = (torch.sigmoid(model(sound)) > 0.5).float()
    return (chosen == tags).all(dim=1).float().mean().item()


def main():
    torch.manual_seed(0)
    sound, tags = make_songs(400)
    model = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 4))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for epoch in range(4):
        model.train()
        for rows in torch.randperm(320).split(40):
            loss = criterion(model(sound[rows]), tags[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, exact_matches(model, sound[320:], tags[320:]))


main()
