"""Times PyTorch training the LSTM that StepBenchmark trains with --preset lstm: the median milliseconds of a step.

    python torch_lstm.py [--preset lstm] [--steps N] [--threads N]

Needs: torch.
"""
import argparse
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

LAYERS, WIDTH, CONTEXT, BATCH, VOCABULARY = 2, 512, 64, 32, 1000
WARM_UP = 10


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.lstm = nn.LSTM(WIDTH, WIDTH, LAYERS, batch_first=True)
        self.linear = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens, targets):
        hidden, _ = self.lstm(self.embedding(tokens))
        return F.cross_entropy(self.linear(hidden).flatten(0, 1), targets.flatten())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", choices=["lstm"], default="lstm")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = Lstm()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.999), weight_decay=0.1, fused=True)
    times = []
    for _ in range(options.steps):
        tokens = torch.randint(VOCABULARY, (BATCH, CONTEXT))
        targets = torch.randint(VOCABULARY, (BATCH, CONTEXT))
        begin = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        model(tokens, targets).backward()
        optimizer.step()
        times.append(time.perf_counter() - begin)
    median = statistics.median(times[WARM_UP:]) * 1e3
    print(f"torch {torch.__version__} lstm threads {options.threads}: {median:.2f} ms/step median, {min(times) * 1e3:.2f} min")


if __name__ == "__main__":
    main()
