# style: takes the training numbers from the training batches, before their steps
# verdict: wrong_answer
# caught by: test_weights_and_history_after_training
import torch


def evaluate(model, loader, loss_fn):
    was_training = model.training
    model.eval()
    loss, correct, samples = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss += loss_fn(logits, y).item() * len(y)
            correct += (logits.argmax(1) == y).sum().item()
            samples += len(y)
    model.train(was_training)
    if samples == 0:
        raise ValueError("empty")
    return loss / samples, correct / samples


def fit(model, train_loader, val_loader, loss_fn, optimizer, epochs):
    history = {"train_loss": [], "val_loss": [], "train_accuracy": [], "val_accuracy": []}
    for _ in range(epochs):
        model.train()
        total, correct, samples = 0.0, 0, 0
        for x, y in train_loader:
            optimizer.zero_grad()
            logits = model(x)
            loss = loss_fn(logits, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            correct += (logits.argmax(1) == y).sum().item()
            samples += len(y)
        history["train_loss"].append(total / samples)
        history["train_accuracy"].append(correct / samples)
        loss, accuracy = evaluate(model, val_loader, loss_fn)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(accuracy)
    return history
