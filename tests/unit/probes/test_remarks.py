"""What may be meant is pointed out as a matter of style, not called a bug."""

from __future__ import annotations

from tests.unit.probes.observing import edited, watched

from torchdojo.domain.finding import Severity

NUMBERS = """
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 32))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(40):
    v = torch.rand(32)
    optimizer.zero_grad()
    nn.functional.mse_loss(net(v), v.sin()).backward()
    optimizer.step()
"""


def test_numbers_that_go_in_as_one_row_are_pointed_out():
    (finding,) = watched(NUMBERS, "input-missing-feature-dim")
    assert "unsqueeze(1)" in finding.message
    assert finding.severity is Severity.STYLE


TAGGED = """
import torch
from torch import nn

torch.manual_seed(0)
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.out = nn.Embedding(20, 8, padding_idx=0), nn.Linear(8, 4)
    def forward(self, ids):
        return self.out(self.words(ids))
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for step in range(20):
    ids = torch.randint(1, 20, (8, 12))
    ids[torch.arange(12) >= torch.randint(5, 12, (8, 1))] = 0
    tags = torch.where(ids > 0, ids % 4, 0)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(ids).transpose(1, 2), tags, ignore_index=0).backward()
    optimizer.step()
"""


def test_a_class_that_shares_its_number_with_the_padding_is_pointed_out():
    (finding,) = watched(TAGGED, "label-encoding")
    assert "tokens that are no padding" in finding.message
    assert finding.severity is Severity.STYLE
    assert not watched(edited(TAGGED, ("ids % 4", "1 + ids % 3")), "label-encoding")


DISTILLED = """
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(240, 4)
teacher, student = nn.Linear(4, 3).requires_grad_(False), nn.Linear(4, 3)
optimizer = torch.optim.Adam(student.parameters(), lr=0.02)
for epoch in range(4):
    for rows in torch.randperm(240).split(30):
        wanted, mine = teacher(x[rows]).softmax(1), student(x[rows]).log_softmax(1)
        optimizer.zero_grad()
        F.kl_div(mine, wanted, reduction="batchmean").backward()
        optimizer.step()
"""


def test_a_divergence_the_other_way_round_is_pointed_out():
    reversed_ = edited(DISTILLED, ("kl_div(mine, wanted,", "kl_div(wanted.log(), mine.exp(),"))
    (finding,) = watched(reversed_, "kl-div-arguments")
    assert "reverse divergence" in finding.message
    assert finding.severity is Severity.STYLE
    assert not watched(DISTILLED, "kl-div-arguments")
