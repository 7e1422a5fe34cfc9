# style: writes the parts into one table, NaN found by comparing with itself
import torch
from torch import nn


class MultiInputModel(nn.Module):
    def __init__(self, image_encoder, image_features, numeric_features, categories, hidden, classes):
        super().__init__()
        self.image_encoder = image_encoder
        self.register_parameter("missing_image", nn.Parameter(torch.empty(image_features).normal_()))
        self.number_encoder = nn.Linear(numeric_features, hidden)
        self.category_encoder = nn.Embedding(categories, hidden)
        self.head = nn.Linear(image_features + 2 * hidden, classes)

    def forward(self, image, numbers, category):
        if numbers.shape[0] != category.shape[0]:
            raise ValueError("numbers and category")
        if image is not None and image.shape[0] != numbers.shape[0]:
            raise ValueError("image")
        a = self.missing_image.numel()
        b = self.number_encoder.out_features
        table = numbers.new_zeros(numbers.shape[0], self.head.in_features)
        table[:, :a] = self.missing_image if image is None else self.image_encoder(image)
        numbers = numbers.clone()
        numbers[numbers != numbers] = 0
        table[:, a : a + b] = self.number_encoder(numbers).clamp(min=0)
        table[:, a + b :] = self.category_encoder(category.to(torch.int64))
        return self.head(table)
