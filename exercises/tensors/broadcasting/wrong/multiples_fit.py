# style: accepts sizes that divide each other
# verdict: wrong_answer
# caught by: test_shapes_that_do_not_fit
def broadcast_shape(*shapes):
    rank = max((len(s) for s in shapes), default=0)
    result = []
    for column in zip(*[(1,) * (rank - len(s)) + tuple(s) for s in shapes], strict=False):
        top = 0 if 0 in column else max(column)
        if any(s and top % s for s in column):
            raise ValueError(column)
        result.append(top)
    return tuple(result)


def scale_channels(images, weights):
    return images * weights[..., None, None]


def squared_distances(a, b):
    return (a.unsqueeze(-2) - b.unsqueeze(-3)).square().sum(-1)
