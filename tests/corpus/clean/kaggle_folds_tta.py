# ====================================================
# Library
# ====================================================
import math
import os
import random
import tempfile
import time

import numpy as np
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
from torch.utils.data import DataLoader, Dataset


# ====================================================
# CFG
# ====================================================
class CFG:
    print_freq = 100
    epochs = 2
    batch_size = 16
    lr = 1e-3
    min_lr = 1e-5
    T_0 = 2
    n_fold = 3
    trn_fold = [0, 1]
    target_size = 3
    seed = 42
    gradient_accumulation_steps = 1
    max_grad_norm = 1000


OUTPUT_DIR = tempfile.mkdtemp()


def seed_torch(seed=42):
    random.seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


seed_torch(CFG.seed)
images = np.random.randint(0, 60, (144, 8, 8, 1)).astype(np.uint8)
labels = np.random.randint(0, CFG.target_size, 144)
for i, l in enumerate(labels):
    images[i, 2 * l : 2 * l + 3] += 120
fold_of = np.random.permutation(144) % CFG.n_fold


class TrainDataset(Dataset):
    def __init__(self, idx, flip=False):
        self.idx, self.flip = idx, flip

    def __len__(self):
        return len(self.idx)

    def __getitem__(self, i):
        image = images[self.idx[i]]
        if self.flip and random.random() < 0.5:
            image = image[:, ::-1].copy()
        image = (image.astype(np.float32) / 255.0 - 0.25) / 0.25
        return torch.from_numpy(image.transpose(2, 0, 1)), torch.tensor(labels[self.idx[i]]).long()


class CustomModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.SiLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(8 * 16, CFG.target_size)

    def forward(self, x):
        return self.fc(nn.functional.dropout(self.features(x).flatten(1), 0.2, self.training))


class AverageMeter:
    def __init__(self):
        self.sum = self.count = 0

    def update(self, val, n=1):
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def train_fn(train_loader, model, criterion, optimizer):
    losses = AverageMeter()
    model.train()
    for step, (x, y) in enumerate(train_loader):
        loss = criterion(model(x), y)
        losses.update(loss.item(), y.size(0))
        if CFG.gradient_accumulation_steps > 1:
            loss = loss / CFG.gradient_accumulation_steps
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CFG.max_grad_norm)
        if (step + 1) % CFG.gradient_accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    return losses.avg


def valid_fn(valid_loader, model, criterion):
    losses = AverageMeter()
    model.eval()
    preds = []
    for x, y in valid_loader:
        with torch.no_grad():
            y_preds = model(x)
        losses.update(criterion(y_preds, y).item(), y.size(0))
        preds.append(y_preds.softmax(1).numpy())
    return losses.avg, np.concatenate(preds)


oof = np.zeros((144, CFG.target_size))
for fold in range(CFG.n_fold):
    if fold not in CFG.trn_fold:
        continue
    trn_idx, val_idx = np.where(fold_of != fold)[0], np.where(fold_of == fold)[0]
    train_loader = DataLoader(TrainDataset(trn_idx, True), batch_size=CFG.batch_size, shuffle=True, drop_last=True)
    valid_loader = DataLoader(TrainDataset(val_idx), batch_size=CFG.batch_size, shuffle=False)
    model = CustomModel()
    optimizer = torch.optim.Adam(model.parameters(), lr=CFG.lr, weight_decay=1e-6, amsgrad=False)
    scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=CFG.T_0, T_mult=1, eta_min=CFG.min_lr)
    criterion, best_loss = nn.CrossEntropyLoss(), math.inf
    path = os.path.join(OUTPUT_DIR, f"fold{fold}_best.pth")
    for epoch in range(CFG.epochs):
        start = time.time()
        avg_loss = train_fn(train_loader, model, criterion, optimizer)
        avg_val_loss, preds = valid_fn(valid_loader, model, criterion)
        scheduler.step()
        print(f"Epoch {epoch + 1} - avg_train_loss: {avg_loss:.4f}  avg_val_loss: {avg_val_loss:.4f}")
        if avg_val_loss < best_loss:
            best_loss = avg_val_loss
            torch.save({"model": model.state_dict(), "preds": preds}, path)
    oof[val_idx] = torch.load(path, weights_only=False)["preds"]
done = np.isin(fold_of, CFG.trn_fold)
print("CV", (oof[done].argmax(1) == labels[done]).mean().round(3))

# Inference with test-time augmentation
test = torch.from_numpy(((images[:20] / 255.0 - 0.25) / 0.25).astype(np.float32).transpose(0, 3, 1, 2))
states = [torch.load(os.path.join(OUTPUT_DIR, f"fold{f}_best.pth"), weights_only=False)["model"] for f in CFG.trn_fold]
probs = []
for state in states:
    model.load_state_dict(state)
    model.eval()
    with torch.no_grad():
        for view in (test, test.flip(3)):
            probs.append(model(view).softmax(1))
print("TTA", torch.stack(probs).mean(0).argmax(1)[:6].tolist())
