# break: agree.log_target
# where: F.kl_div(
import torch
import torch.nn.functional as F

torch.manual_seed(3)
images = torch.rand(96, 1, 6, 6)
kernel = (torch.randn(8, 1, 3, 3) * 0.3).requires_grad_()
head = (torch.randn(3, 8) * 0.3).requires_grad_()


def scores(batch):
    return F.relu(F.conv2d(batch, kernel)).mean((2, 3)) @ head.T


def agree(weak, strong):
    goal = weak.detach().log_softmax(1)
    return F.kl_div(strong.log_softmax(1), goal, reduction="batchmean", log_target=True)


labels = (images.mean((1, 2, 3)) * 10).long() % 3
optimizer = torch.optim.SGD([kernel, head], lr=0.1)
for _ in range(30):
    rows = torch.randperm(96)[:24]
    noisy = images[rows] + 0.2 * torch.randn(24, 1, 6, 6)
    clear = scores(images[rows])
    loss = F.cross_entropy(clear, labels[rows]) + agree(clear, scores(noisy))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
