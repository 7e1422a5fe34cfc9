# break: Shapes.__init__.test_images
# where: self.model(images)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Shapes:
    def __init__(self, count, test_count):
        raw, self.train_labels = self.draw(count)
        raw_test, self.test_labels = self.draw(test_count)
        self.train_images = raw.float() / 255
        self.test_images = raw_test.float() / 255

    @staticmethod
    def draw(count):
        labels = torch.randint(0, 2, (count,))
        images = torch.randint(0, 120, (count, 1, 8, 8))
        images[labels == 1, :, 3:5, :] += 120
        return images.to(torch.uint8), labels


class Learner:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def epoch(self, loader):
        self.model.train()
        for images, labels in loader:
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(images), labels).backward()
            self.optimizer.step()

    @torch.no_grad()
    def test(self, loader):
        self.model.eval()
        loss = sum(
            nn.functional.cross_entropy(self.model(images), labels, reduction="sum").item() for images, labels in loader
        )
        return loss / len(loader.dataset)


torch.manual_seed(0)
shapes = Shapes(160, 60)
train = DataLoader(TensorDataset(shapes.train_images, shapes.train_labels), batch_size=20, shuffle=True)
test = DataLoader(TensorDataset(shapes.test_images, shapes.test_labels), batch_size=30)
learner = Learner(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)))
for epoch in range(4):
    learner.epoch(train)
    print(epoch, learner.test(test))
