# style: the head's weight in three pieces whose products are added
import torch
import torch.nn.functional as F
from torch import nn


class MultiInputModel(nn.Module):
    def __init__(self, image_encoder, image_features, numeric_features, categories, hidden, classes):
        super().__init__()
        self.head = nn.Linear(image_features + hidden + hidden, classes)
        self.missing_image = nn.Parameter(torch.randn(image_features) * 0.02)
        self.category_encoder = nn.Embedding(categories, hidden)
        self.number_encoder = nn.Linear(numeric_features, hidden)
        self.image_encoder = image_encoder
        self.widths = [image_features, hidden, hidden]

    def forward(self, image, numbers, category):
        rows = {len(part) for part in (image, numbers, category) if part is not None}
        if len(rows) > 1:
            raise ValueError(f"rows: {rows}")
        for_image, for_numbers, for_category = self.head.weight.split(self.widths, dim=1)
        features = self.image_encoder(image) if image is not None else self.missing_image[None]
        numbers = numbers.masked_fill(torch.isnan(numbers), 0)
        out = self.head.bias + F.relu(self.number_encoder(numbers)) @ for_numbers.T
        out = out + F.embedding(category, self.category_encoder.weight @ for_category.T)
        return out + features @ for_image.T
