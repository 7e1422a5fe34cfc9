# style: lines the shapes up from the left
# verdict: wrong_answer
# caught by: test_shapes_line_up_from_the_right
from itertools import zip_longest


def broadcast_shape(*shapes):
    result = []
    for column in zip_longest(*shapes, fillvalue=1):
        sizes = set(column) - {1}
        if len(sizes) > 1:
            return ()
        result.append(sizes.pop() if sizes else 1)
    return tuple(result)


def scale_channels(images, weights):
    return images * weights[..., None, None]


def squared_distances(a, b):
    return (a.unsqueeze(-2) - b.unsqueeze(-3)).square().sum(-1)
