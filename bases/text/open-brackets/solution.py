"""Does a string of brackets close everything it opens? A GRU reads it and tells."""

import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

PAD, OPEN, CLOSE = 0, 1, 2


def random_string(balanced):
    """A list of 4 to 12 ids; a balanced one never closes more than it has opened, and ends at zero."""
    half = random.randint(2, 6)
    if balanced:
        string, depth = [], 0
        while len(string) < 2 * half:
            must_close = depth == 2 * half - len(string)
            if depth and (must_close or random.random() < 0.5):
                string.append(CLOSE)
                depth -= 1
            else:
                string.append(OPEN)
                depth += 1
        return string
    string = [random.choice((OPEN, CLOSE)) for _ in range(2 * half)]
    return string if not is_balanced(string) else string[:-1] + [OPEN]


def is_balanced(string):
    depth = 0
    for bracket in string:
        depth += 1 if bracket == OPEN else -1
        if depth < 0:
            return False
    return depth == 0


def make_strings(count):
    labels = [i % 2 for i in range(count)]
    return [(torch.tensor(random_string(bool(label))), label) for label in labels]


def collate(samples):
    strings, labels = zip(*samples)
    lengths = torch.tensor([len(string) for string in strings])
    return pad_sequence(strings, batch_first=True, padding_value=PAD), lengths, torch.tensor(labels, dtype=torch.float32)


class Reader(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.embed = nn.Embedding(3, 8, padding_idx=PAD)
        self.gru = nn.GRU(8, width, batch_first=True)
        self.head = nn.Linear(width, 1)

    def forward(self, strings, lengths):
        packed = pack_padded_sequence(self.embed(strings), lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.head(last[-1]).squeeze(-1)


def run_epoch(model, loader, device, optimizer=None):
    """One pass, to train or to test. Returns the loss and the share of strings judged right."""
    model.train(optimizer is not None)
    total, right, count = 0.0, 0, 0
    for strings, lengths, labels in loader:
        strings, labels = strings.to(device), labels.to(device)
        with torch.set_grad_enabled(optimizer is not None):
            logits = model(strings, lengths)
            loss = F.binary_cross_entropy_with_logits(logits, labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        total += loss.item() * len(labels)
        right += ((logits > 0) == (labels > 0.5)).sum().item()
        count += len(labels)
    return total / count, right / count


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train = torch.utils.data.DataLoader(make_strings(640), batch_size=32, shuffle=True, collate_fn=collate)
    test = torch.utils.data.DataLoader(make_strings(200), batch_size=50, collate_fn=collate)
    model = Reader().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(5):
        loss, _ = run_epoch(model, train, device, optimizer)
        _, accuracy = run_epoch(model, test, device)
        print(f"epoch {epoch}  loss {loss:.3f}  test accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
