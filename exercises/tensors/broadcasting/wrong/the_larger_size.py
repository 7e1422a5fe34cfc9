# style: takes the larger size of each column, which is wrong for 0
# verdict: wrong_answer
# caught by: test_a_size_of_zero
def broadcast_shape(*shapes):
    rank = max((len(s) for s in shapes), default=0)
    result = []
    for column in zip(*[(1,) * (rank - len(s)) + tuple(s) for s in shapes], strict=False):
        if len({s for s in column if s != 1}) > 1:
            raise ValueError(column)
        result.append(max(column))
    return tuple(result)


def scale_channels(images, weights):
    return images * weights[..., None, None]


def squared_distances(a, b):
    return (a.unsqueeze(-2) - b.unsqueeze(-3)).square().sum(-1)
