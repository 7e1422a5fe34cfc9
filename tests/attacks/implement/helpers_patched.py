# attack: replaces the checks' helpers while they are in use
# expect: not passed
# exercise: data/custom-dataset
# base: solution
# place: after

class TableDataset(TableDataset):
    def __getitem__(self, index):
        import support

        support.spoil = lambda dataset, index: dataset[index]
        x = self.rows[index]
        return (x if self.transform is None else self.transform(x)), self.labels[index]
