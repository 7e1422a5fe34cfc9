# style: torch.where for the flip, unfold for all windows, nn.ZeroPad2d, statistics in the image's dtype
import torch
from torch import nn


class RandomFlip:
    def __init__(self, p=0.5):
        if not (p >= 0 and p <= 1):
            raise ValueError("p")
        self.p = p

    def __call__(self, image, generator):
        flip = torch.rand(1, generator=generator) < self.p
        return torch.where(flip, image.flip([2]), image)


class RandomCrop:
    def __init__(self, size, padding=0):
        self.size, self.pad = size, nn.ZeroPad2d(padding)

    def __call__(self, image, generator):
        big = self.pad(image)
        if min(big.shape[1:]) < self.size:
            raise ValueError("size")
        windows = big.unfold(1, self.size, 1).unfold(2, self.size, 1)
        index = int(torch.randint(windows.shape[1] * windows.shape[2], (1,), generator=generator))
        row, column = divmod(index, windows.shape[2])
        return windows[:, row, column].contiguous().clone()


class Normalize:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, image, generator):
        if {len(self.mean), len(self.std)} != {image.size(0)}:
            raise ValueError("mean and std")
        mean, std = image.new_tensor(self.mean), image.new_tensor(self.std)
        return image.sub(mean[:, None, None]).div_(std[:, None, None])


class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, image, generator):
        result = torch.empty_like(image).copy_(image)
        for t in self.transforms:
            result = t(result, generator)
        return result
