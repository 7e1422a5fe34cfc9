# attack: a dataset of nearly endless length whose items never run out
# expect: not passed
# exercise: data/custom-dataset
# base: solution
# place: after

class TableDataset(TableDataset):
    def __len__(self):
        return 2**62

    def __getitem__(self, index):
        return super().__getitem__(index % len(self.rows))
