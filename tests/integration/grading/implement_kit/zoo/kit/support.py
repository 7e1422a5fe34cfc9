import torch
class TinyNet(torch.nn.Module):
    def __init__(self):
        super().__init__(); self.fc = torch.nn.Linear(3, 2)
    def forward(self, x): return self.fc(x)
def loader(x, y, batch): return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=batch)
def gradients(model): return [p.grad for p in model.parameters()]
def named_parameters(): return "ours"
