# attack: items from a list of tuples made at the start, behind properties
# expect: passed
# exercise: data/custom-dataset
# base: solution
# place: after

_Right = TableDataset


class TableDataset(_Right):
    @property
    def _items(self):
        return [(self.rows[i].clone(), self.labels[i].clone()) for i in range(len(self.rows))]

    def __getitem__(self, index):
        x, y = self._items[index]
        return (x if self.transform is None else self.transform(x)), y
