"""What torchdojo costs, as ratios measured in one run: `python -m benchmarks`."""
