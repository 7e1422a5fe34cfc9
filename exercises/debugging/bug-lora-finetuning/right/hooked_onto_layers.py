# style: adapters in a list of their own, hooked onto the layers; batches from a loader
import math

import torch
from torch import nn

RANK, ALPHA = 4, 16.0
device = "cuda" if torch.cuda.is_available() else "cpu"


class Lora(nn.Module):
    def __init__(self, given: int, out: int) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(RANK, given) / math.sqrt(given))
        self.b = nn.Parameter(torch.zeros(out, RANK))
        self.drop = nn.Dropout(0.05)
        self.enabled = True

    def hook(self, layer, inputs, output):
        if self.enabled:
            return output + ALPHA / RANK * self.drop(inputs[0]) @ self.a.T @ self.b.T


class Sensor(nn.Module):
    def __init__(self, outputs: int) -> None:
        super().__init__()
        layers = []
        for given in (48, 64, 64):
            layers += [nn.Linear(given, 64), nn.ReLU()]
        self.encoder = nn.Sequential(*layers)
        self.head = nn.Linear(64, outputs)
        self.loras = nn.ModuleList()

    def adapt(self) -> None:
        self.encoder.requires_grad_(False)
        for layer in self.encoder[::2]:
            lora = Lora(layer.in_features, layer.out_features).to(layer.weight.device)
            layer.register_forward_hook(lora.hook)
            self.loras.append(lora)

    def forward(self, x):
        return self.head(self.encoder(x))


def sample(n, pear):
    c = torch.rand(n, 4)
    wave = torch.linspace(0, 1, 48)
    centre = torch.tensor([[0.2], [0.4], [0.55], [0.8]]) + 0.03 * pear
    s = torch.exp(-2 * c @ torch.exp(-(((wave - centre) / 0.12) ** 2)))
    if pear:
        s = s + 0.1 * torch.randn(n, 2) @ torch.stack([wave, torch.sin(2 * math.pi * wave)])
    s = s + 0.01 * torch.randn(n, 48)
    return 4 * (s - 0.4).to(device), 10 * (c[:, :2] if pear else c).to(device)


def learn(model, data, lr, epochs, size):
    params = list(filter(lambda p: p.requires_grad, model.parameters()))
    opt = torch.optim.Adam(params, lr)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*data), size, shuffle=True)
    for epoch in range(epochs):
        model.train()
        for x, y in loader:
            loss = (model(x) - y).pow(2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
        yield epoch


torch.manual_seed(7)
apples, apples_test = sample(2000, False), sample(400, False)
pears, pears_test = sample(96, True), sample(400, True)
shared = Sensor(4).to(device)
for _ in learn(shared, apples, 3e-3, 12, 50):
    pass
state = shared.state_dict()

sensor = Sensor(2).to(device)
wanted = sensor.state_dict()
wanted.update({k: v for k, v in state.items() if k.split(".")[0] == "encoder"})
sensor.load_state_dict(wanted)
sensor.adapt()


def on_apples():
    sensor.eval()
    for lora in sensor.loras:
        lora.enabled = False
    with torch.no_grad():
        out = sensor.encoder(apples_test[0]) @ state["head.weight"].T + state["head.bias"]
        result = (out - apples_test[1]).pow(2).mean().item()
    for lora in sensor.loras:
        lora.enabled = True
    return result


print("apples", on_apples())
for epoch in learn(sensor, pears, 4e-3, 20, 16):
    with torch.no_grad():
        sensor.eval()
        print(epoch, nn.functional.mse_loss(sensor(pears_test[0]), pears_test[1]).item())
print("apples", on_apples())
