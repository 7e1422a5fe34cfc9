"""Find bright blobs in noisy images, pixel by pixel: a tiny encoder-decoder in functional style."""

import torch
import torch.nn.functional as F
from torch import nn, optim

SIZE = 16


def draw(count):
    """Images (count, 1, 16, 16) and masks (count, 1, 16, 16), both float32."""
    rows = torch.arange(SIZE).view(1, SIZE, 1)
    columns = torch.arange(SIZE).view(1, 1, SIZE)
    centre = torch.randint(4, SIZE - 4, (2, count, 1, 1))
    radius = 2 + 2 * torch.rand(count, 1, 1)
    masks = ((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2).float().unsqueeze(1)
    return masks + 0.6 * torch.randn(count, 1, SIZE, SIZE), masks


def conv_block(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


class TinyUNet(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.down = conv_block(1, width)
        self.middle = conv_block(width, 2 * width)
        self.up = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.merge = conv_block(2 * width, width)
        self.out = nn.Conv2d(width, 1, 1)

    def forward(self, images):
        fine = self.down(images)
        coarse = self.middle(F.max_pool2d(fine, 2))
        return self.out(self.merge(torch.cat([fine, self.up(coarse)], dim=1)))


def soft_dice(logits, masks, eps=1.0):
    """One minus the Dice coefficient."""
    probabilities = logits.sigmoid().flatten(1)
    masks = masks.flatten(1)
    overlap = (probabilities * masks).sum(dim=1)
    return (1 - (2 * overlap + eps) / (probabilities.sum(dim=1) + masks.sum(dim=1) + eps)).mean()


def make_step(model, optimizer, device):
    def step(images, masks):
        images, masks = images.to(device), masks.to(device)
        logits = model(images)
        loss = F.binary_cross_entropy_with_logits(logits, masks) + soft_dice(logits, masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def intersection_over_union(model, images, masks, device):
    model.eval()
    with torch.no_grad():
        found = model(images.to(device)).cpu() > 0
    wanted = masks > 0.5
    union = (found | wanted).sum(dim=(1, 2, 3))
    return ((found & wanted).sum(dim=(1, 2, 3)) / union.clamp(min=1)).mean().item()


def main(epochs=4):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images, masks = draw(320)
    new_images, new_masks = draw(64)
    model = TinyUNet().to(device)
    step = make_step(model, optim.Adam(model.parameters(), lr=0.01), device)
    for epoch in range(epochs):
        model.train()
        losses = [step(images[rows], masks[rows]) for rows in torch.randperm(len(images)).split(20)]
        score = intersection_over_union(model, new_images, new_masks, device)
        print(f"epoch {epoch}  loss {sum(losses) / len(losses):.3f}  overlap {score:.3f}")


if __name__ == "__main__":
    main()
