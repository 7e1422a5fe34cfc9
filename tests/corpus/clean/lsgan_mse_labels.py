# LSGAN with nn.MSELoss and constant labels (as in the well-known image translation code)
import torch
import torch.nn as nn


class GANLoss(nn.Module):
    def __init__(self, real=1.0, fake=0.0):
        super().__init__()
        self.register_buffer("real_label", torch.tensor(real))
        self.register_buffer("fake_label", torch.tensor(fake))
        self.loss = nn.MSELoss()

    def get_target_tensor(self, prediction, is_real):
        target = self.real_label if is_real else self.fake_label
        return target.expand_as(prediction)

    def __call__(self, prediction, is_real):
        return self.loss(prediction, self.get_target_tensor(prediction, is_real))


class Translator(nn.Module):
    def __init__(self, ch=1, width=6):
        super().__init__()
        self.model = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(ch, width, 3), nn.InstanceNorm2d(width), nn.ReLU(True),
            nn.ReflectionPad2d(1), nn.Conv2d(width, ch, 3), nn.Tanh(),
        )

    def forward(self, x):
        return self.model(x)


class PatchD(nn.Module):
    def __init__(self, ch=1, width=6):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(ch, width, 4, 2, 1), nn.LeakyReLU(0.2, True), nn.Conv2d(width, 1, 4, 1, 1)
        )

    def forward(self, x):
        return self.model(x)


def set_requires_grad(nets, flag):
    for net in nets:
        for p in net.parameters():
            p.requires_grad = flag


torch.manual_seed(0)
netG_A, netG_B = Translator(), Translator()
netD_A, netD_B = PatchD(), PatchD()
criterionGAN, criterionCycle = GANLoss(), nn.L1Loss()
optimizer_G = torch.optim.Adam([*netG_A.parameters(), *netG_B.parameters()], lr=2e-4, betas=(0.5, 0.999))
optimizer_D = torch.optim.Adam([*netD_A.parameters(), *netD_B.parameters()], lr=2e-4, betas=(0.5, 0.999))


def backward_D(netD, real, fake):
    loss = 0.5 * (criterionGAN(netD(real), True) + criterionGAN(netD(fake.detach()), False))
    loss.backward()
    return loss


for i in range(25):
    real_A = torch.rand(2, 1, 12, 12) * 2 - 1
    real_B = (torch.rand(2, 1, 12, 12) > 0.5).float() * 2 - 1
    fake_B = netG_A(real_A)
    rec_A = netG_B(fake_B)
    fake_A = netG_B(real_B)
    rec_B = netG_A(fake_A)

    set_requires_grad([netD_A, netD_B], False)
    optimizer_G.zero_grad()
    loss_G = criterionGAN(netD_A(fake_B), True) + criterionGAN(netD_B(fake_A), True)
    loss_G = loss_G + 10.0 * (criterionCycle(rec_A, real_A) + criterionCycle(rec_B, real_B))
    loss_G.backward()
    optimizer_G.step()

    set_requires_grad([netD_A, netD_B], True)
    optimizer_D.zero_grad()
    loss_D = backward_D(netD_A, real_B, fake_B) + backward_D(netD_B, real_A, fake_A)
    optimizer_D.step()
print(f"G {loss_G.item():.3f}  D {loss_D.item():.3f}")
