# attack: calls the judge's own function from a thread, on a view
# expect: passed
# exercise: data/custom-dataset
# base: solution
# place: after

import concurrent.futures

_Right, _pool = TableDataset, concurrent.futures.ThreadPoolExecutor(1)


class TableDataset(_Right):
    def __init__(self, features, labels, mean=None, std=None, transform=None):
        call = None if transform is None else lambda x: _pool.submit(transform, x.expand(1, -1)[0]).result()
        super().__init__(features, labels, mean, std, call)
