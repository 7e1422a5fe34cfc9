# style: strides from products, as_strided only where view fails, patches by slicing and by unfold
import math


def contiguous_strides(shape):
    return tuple(math.prod(max(s, 1) for s in shape[i + 1 :]) for i in range(len(shape)))


def is_contiguous(shape, stride):
    expected = 1
    for size, step in zip(reversed(shape), reversed(stride)):
        if size == 0:
            return True
        if size != 1:
            if step != expected and 0 not in shape:
                return False
            expected *= size
    return True


def as_rows(x):
    if not x.shape:
        raise ValueError("0-d")
    if x.dim() == 1:
        return x[None]
    return x.flatten(0, -2)


def patchify(images, p):
    h, w = images.shape[2:]
    if h % p or w % p:
        raise ValueError("p")
    return images.unfold(2, p, p).unfold(3, p, p).permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


def unpatchify(patches, p, channels, height, width):
    if height % p + width % p or list(patches.shape[1:]) != [height * width // p**2, channels * p**2]:
        raise ValueError("shape")
    out = patches.new_zeros(len(patches), channels, height, width)
    number = 0
    for top in range(0, height, p):
        for left in range(0, width, p):
            out[:, :, top : top + p, left : left + p] = patches[:, number].unflatten(1, (channels, p, p))
            number += 1
    return out
