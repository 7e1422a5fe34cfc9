import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

torch.manual_seed(0)


def run(scaler, clip):
    net = nn.Linear(4, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.05)
    for _ in range(25):
        x = torch.randn(16, 4)
        opt.zero_grad()
        scaler.scale(nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))).backward()
        clip(scaler, net, opt)
        scaler.step(opt)
        scaler.update()


def by_hand(scaler, net, opt):
    for p in net.parameters():
        p.grad.div_(scaler.get_scale())
    clip_grad_norm_(net.parameters(), 1.0)
    for p in net.parameters():
        p.grad.mul_(scaler.get_scale())


run(torch.amp.GradScaler("cpu"), lambda scaler, net, opt: None)
run(torch.amp.GradScaler("cpu", enabled=False), lambda scaler, net, opt: clip_grad_norm_(net.parameters(), 1.0))
run(torch.amp.GradScaler("cpu"), lambda scaler, net, opt: clip_grad_norm_(net.parameters(), scaler.get_scale()))
run(torch.amp.GradScaler("cpu"), by_hand)
