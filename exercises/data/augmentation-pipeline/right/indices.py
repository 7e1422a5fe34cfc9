# style: index tensors for flip and crop, a loop over channels, functools.reduce for the chain
import functools

import torch


class RandomFlip:
    def __init__(self, p=0.5):
        if p < 0 or p > 1:
            raise ValueError(p)
        self.p = p

    def __call__(self, image, generator):
        w = image.size(2)
        columns = torch.arange(w)
        if torch.bernoulli(torch.tensor(float(self.p)), generator=generator):
            columns = w - 1 - columns
        return image[:, :, columns]


class RandomCrop:
    def __init__(self, size, padding=0):
        self.size, self.padding = size, padding

    def __call__(self, image, generator):
        c, h, w = image.shape
        p, s = self.padding, self.size
        if s > h + 2 * p or s > w + 2 * p:
            raise ValueError("too large")
        y = torch.randint(0, h + 2 * p - s + 1, (1,), generator=generator).item() - p
        x = torch.randint(0, w + 2 * p - s + 1, (1,), generator=generator).item() - p
        out = image.new_zeros(c, s, s)
        y0, y1, x0, x1 = max(y, 0), min(y + s, h), max(x, 0), min(x + s, w)
        if y1 > y0 and x1 > x0:
            out[:, y0 - y : y1 - y, x0 - x : x1 - x] = image[:, y0:y1, x0:x1]
        return out


class Normalize:
    def __init__(self, mean, std):
        self.mean, self.std = list(mean), list(std)

    def __call__(self, image, generator):
        if len(self.mean) != image.shape[0] or len(self.std) != image.shape[0]:
            raise ValueError("channels")
        return torch.stack([(channel - m) / s for channel, m, s in zip(image, self.mean, self.std)])


class Compose:
    def __init__(self, transforms):
        self.transforms = tuple(transforms)

    def __call__(self, image, generator):
        return functools.reduce(lambda x, t: t(x, generator), self.transforms, image.clone())
