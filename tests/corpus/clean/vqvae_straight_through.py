"""VQ-VAE with a straight-through estimator; codebook trained by gradient."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class VectorQuantizer(nn.Module):
    def __init__(self, num_embeddings, embedding_dim, commitment_cost):
        super().__init__()
        self._embedding = nn.Embedding(num_embeddings, embedding_dim)
        self._embedding.weight.data.uniform_(-1 / num_embeddings, 1 / num_embeddings)
        self._commitment_cost = commitment_cost

    def forward(self, inputs):
        inputs = inputs.permute(0, 2, 3, 1).contiguous()
        input_shape = inputs.shape
        flat_input = inputs.view(-1, self._embedding.embedding_dim)
        distances = (
            flat_input.pow(2).sum(1, keepdim=True)
            + self._embedding.weight.pow(2).sum(1)
            - 2 * flat_input @ self._embedding.weight.t()
        )
        indices = distances.argmin(1)
        quantized = self._embedding(indices).view(input_shape)
        e_latent_loss = F.mse_loss(quantized.detach(), inputs)
        q_latent_loss = F.mse_loss(quantized, inputs.detach())
        loss = q_latent_loss + self._commitment_cost * e_latent_loss
        quantized = inputs + (quantized - inputs).detach()
        return loss, quantized.permute(0, 3, 1, 2).contiguous(), indices


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self._encoder = nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
        self._vq = VectorQuantizer(16, 4, 0.25)
        self._decoder = nn.Sequential(nn.ConvTranspose2d(4, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))

    def forward(self, x):
        loss, quantized, indices = self._vq(self._encoder(x))
        return loss, self._decoder(quantized), indices


torch.manual_seed(2)
grid = torch.linspace(0, 3.14, 8)
phase = torch.rand(96, 1, 1, 1) * 3
images = torch.sin(grid.view(1, 1, 8, 1) + phase) * torch.cos(grid.view(1, 1, 1, 8) - phase)
data_variance = images.var()
loader = DataLoader(TensorDataset(images), batch_size=16, shuffle=True)
model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, amsgrad=False)

model.train()
train_res_recon_error = []
for epoch in range(5):
    for (data,) in loader:
        optimizer.zero_grad()
        vq_loss, data_recon, indices = model(data)
        recon_error = F.mse_loss(data_recon, data) / data_variance
        loss = recon_error + vq_loss
        loss.backward()
        optimizer.step()
        train_res_recon_error.append(recon_error.item())
    print(f"{epoch + 1}: recon {sum(train_res_recon_error[-6:]) / 6:.3f} codes used {indices.unique().numel()}")
