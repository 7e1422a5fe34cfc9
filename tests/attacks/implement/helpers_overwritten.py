# attack: replaces the file of the checks' helpers before they are loaded
# expect: not passed
# exercise: data/custom-dataset
# base: solution
# place: after

import pathlib

for place in (".", pathlib.Path(__file__).parent):
    pathlib.Path(place, "support.py").write_text(
        "def count_by_for(dataset): return len(dataset)\ndef spoil(dataset, index): dataset[index]\n"
    )


class TableDataset(TableDataset):
    def __getitem__(self, index):
        x = self.rows[index]
        return (x if self.transform is None else self.transform(x)), self.labels[index]
