"""A trainer with arguments, a collator, param groups without decay, linear warmup, accumulation, and evaluate()."""
from dataclasses import dataclass, field
from typing import Any, Optional

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, Dataset, RandomSampler, SequentialSampler


@dataclass
class TrainingArguments:
    learning_rate: float = 3e-3
    per_device_train_batch_size: int = 8
    per_device_eval_batch_size: int = 16
    gradient_accumulation_steps: int = 2
    num_train_epochs: int = 3
    warmup_ratio: float = 0.1
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0
    label_names: list = field(default_factory=lambda: ["labels"])


@dataclass
class ModelOutput:
    logits: torch.Tensor
    loss: Optional[torch.Tensor] = None


class TextSet(Dataset):
    def __init__(self, size, seed):
        rng = np.random.RandomState(seed)
        self.rows = []
        for _ in range(size):
            ids = rng.randint(2, 20, rng.randint(4, 10)).tolist()
            self.rows.append({"input_ids": [1] + ids, "labels": int(sum(i < 8 for i in ids) * 2 > len(ids))})

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


class DataCollatorWithPadding:
    def __init__(self, pad_id=0):
        self.pad_id = pad_id

    def __call__(self, features: list[dict[str, Any]]):
        longest = max(len(f["input_ids"]) for f in features)
        ids = [f["input_ids"] + [self.pad_id] * (longest - len(f["input_ids"])) for f in features]
        mask = [[1] * len(f["input_ids"]) + [0] * (longest - len(f["input_ids"])) for f in features]
        return {
            "input_ids": torch.tensor(ids),
            "attention_mask": torch.tensor(mask),
            "labels": torch.tensor([f["labels"] for f in features]),
        }


class Classifier(nn.Module):
    def __init__(self, vocab=20, hidden=24):
        super().__init__()
        self.embeddings = nn.Embedding(vocab, hidden)
        self.positions = nn.Embedding(16, hidden)
        self.LayerNorm = nn.LayerNorm(hidden)
        self.attention = nn.MultiheadAttention(hidden, 2, dropout=0.1, batch_first=True)
        self.pooler = nn.Linear(hidden, hidden)
        self.classifier = nn.Linear(hidden, 2)

    def forward(self, input_ids, attention_mask=None, labels=None):
        h = self.embeddings(input_ids) + self.positions.weight[: input_ids.size(1)]
        h = self.LayerNorm(h)
        a, _ = self.attention(h, h, h, key_padding_mask=attention_mask == 0, need_weights=False)
        logits = self.classifier(torch.tanh(self.pooler((h + a)[:, 0])))
        loss = nn.functional.cross_entropy(logits, labels) if labels is not None else None
        return ModelOutput(logits=logits, loss=loss)


class Trainer:
    def __init__(self, model, args, train_dataset, eval_dataset, data_collator, compute_metrics):
        self.model, self.args, self.collator = model, args, data_collator
        self.train_dataset, self.eval_dataset, self.compute_metrics = train_dataset, eval_dataset, compute_metrics

    def get_train_dataloader(self):
        return DataLoader(self.train_dataset, sampler=RandomSampler(self.train_dataset),
                          batch_size=self.args.per_device_train_batch_size, collate_fn=self.collator)

    def create_optimizer_and_scheduler(self, steps):
        no_decay = ["bias", "LayerNorm.weight"]
        named = list(self.model.named_parameters())
        groups = [
            {"params": [p for n, p in named if not any(nd in n for nd in no_decay)], "weight_decay": self.args.weight_decay},
            {"params": [p for n, p in named if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=self.args.learning_rate)
        warm = int(self.args.warmup_ratio * steps)
        self.lr_scheduler = LambdaLR(
            self.optimizer, lambda s: s / max(1, warm) if s < warm else max(0.0, (steps - s) / max(1, steps - warm))
        )

    def training_step(self, inputs):
        self.model.train()
        loss = self.model(**inputs).loss / self.args.gradient_accumulation_steps
        loss.backward()
        return loss.detach()

    def train(self):
        loader = self.get_train_dataloader()
        per_epoch = len(loader) // self.args.gradient_accumulation_steps
        self.create_optimizer_and_scheduler(per_epoch * self.args.num_train_epochs)
        tr_loss, global_step = torch.tensor(0.0), 0
        self.model.zero_grad()
        for epoch in range(self.args.num_train_epochs):
            for step, inputs in enumerate(loader):
                tr_loss += self.training_step(inputs)
                if (step + 1) % self.args.gradient_accumulation_steps == 0:
                    nn.utils.clip_grad_norm_(self.model.parameters(), self.args.max_grad_norm)
                    self.optimizer.step()
                    self.lr_scheduler.step()
                    self.model.zero_grad()
                    global_step += 1
            print({"epoch": epoch, "loss": round(tr_loss.item() / global_step, 4), **self.evaluate()})

    @torch.no_grad()
    def prediction_step(self, inputs):
        out = self.model(**inputs)
        return out.loss, out.logits, inputs["labels"]

    def evaluate(self):
        loader = DataLoader(self.eval_dataset, sampler=SequentialSampler(self.eval_dataset),
                            batch_size=self.args.per_device_eval_batch_size, collate_fn=self.collator)
        self.model.eval()
        losses, preds, labels = [], [], []
        for inputs in loader:
            loss, logits, y = self.prediction_step(inputs)
            losses.append(loss.repeat(len(y)))
            preds.append(logits.numpy())
            labels.append(y.numpy())
        metrics = self.compute_metrics(np.concatenate(preds), np.concatenate(labels))
        return {"eval_loss": round(torch.cat(losses).mean().item(), 4), **metrics}


torch.manual_seed(42)
trainer = Trainer(
    Classifier(), TrainingArguments(), TextSet(128, 0), TextSet(40, 1), DataCollatorWithPadding(),
    lambda p, y: {"accuracy": float((p.argmax(-1) == y).mean())},
)
trainer.train()
