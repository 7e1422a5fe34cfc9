"""A picture is optimised under a frozen net that was trained a moment ago."""
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
# a small "pretrained" feature extractor, really trained here on orientation of stripes
t = torch.arange(16.)
def stripes(n):
    y = torch.randint(0, 2, (n,)); ph = torch.rand(n, 1, 1) * 6
    row = torch.sin(t[None, :, None] + ph).expand(n, 16, 16); col = torch.sin(t[None, None] + ph).expand(n, 16, 16)
    return torch.where(y[:, None, None].bool(), row, col)[:, None] + .1 * torch.randn(n, 1, 16, 16), y
cnn = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(inplace=False), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(inplace=False))
head = nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(16, 2))
opt = torch.optim.Adam([*cnn.parameters(), *head.parameters()], 5e-3)
for _ in range(60):
    x, y = stripes(32)
    loss = F.cross_entropy(head(cnn(x)), y)
    opt.zero_grad(); loss.backward(); opt.step()
print('pretrained', loss.item())
cnn.requires_grad_(False).eval()

def gram(f):
    b, c, h, w = f.shape
    m = f.view(b * c, h * w)
    return (m @ m.t()) / (b * c * h * w)

content_img, style_img = stripes(1)[0], stripes(1)[0]
with torch.no_grad():
    content_t, style_t = cnn[:2](content_img), gram(cnn(style_img))
input_img = content_img.clone().requires_grad_(True)
optimizer = torch.optim.LBFGS([input_img])
run = [0]
while run[0] <= 60:
    def closure():
        with torch.no_grad():
            input_img.clamp_(-1, 1)
        optimizer.zero_grad()
        style_score = 1e3 * F.mse_loss(gram(cnn(input_img)), style_t)
        content_score = F.mse_loss(cnn[:2](input_img), content_t)
        loss = style_score + content_score
        loss.backward()
        run[0] += 1
        if run[0] % 20 == 0: print(run, style_score.item(), content_score.item())
        return loss
    optimizer.step(closure)
# an adversarial example while we are at it: sign gradient on the input, never a step
x, y = stripes(8)
x.requires_grad_()
F.cross_entropy(head(cnn(x)), y).backward()
adv = (x + 0.3 * x.grad.sign()).detach()
print((head(cnn(adv)).argmax(1) == y).float().mean().item())
