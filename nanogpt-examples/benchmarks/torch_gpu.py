"""The GPTs of gpu.sh trained by PyTorch, timed.

    python torch_gpu.py [--preset captions-gpu|gpt2-small] [--device cuda] [--precision f32|tf32|bf16] [--steps N]

Prints the median milliseconds of a step after 10 steps of warm-up.
"""
import argparse
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

PRESETS = {  # layers, heads, width, context, batch, vocabulary, dropout, biases, tied, form of GELU
    "captions-gpu": (4, 4, 256, 256, 64, 109, 0.2, False, False, "none"),
    "gpt2-small": (12, 12, 768, 1024, 4, 50257, 0.0, True, True, "tanh"),
}

options = argparse.ArgumentParser()
options.add_argument("--preset", choices=PRESETS, default="captions-gpu")
options.add_argument("--device", default="cuda")
options.add_argument("--precision", choices=["f32", "tf32", "bf16"], default="f32")
options.add_argument("--steps", type=int, default=100)
options = options.parse_args()
layers, heads, width, context, batch, vocabulary, rate, biases, tied, form = PRESETS[options.preset]
device = torch.device(options.device)
torch.backends.cuda.matmul.allow_tf32 = options.precision == "tf32"


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.packed = nn.Linear(width, 3 * width, bias=biases)
        self.projection = nn.Linear(width, width, bias=biases)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x):
        parts = self.packed(self.norms[0](x)).split(width, 2)
        q, k, v = (part.view(*x.shape[:2], heads, width // heads).transpose(1, 2) for part in parts)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
        x = x + F.dropout(self.projection(y), rate)
        return x + F.dropout(self.narrow(F.gelu(self.wide(self.norms[1](x)), approximate=form)), rate)


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block() for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        if tied:
            self.head.weight = self.tokens.weight
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, 0, 0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight
        logits = self.head(self.norm(self.blocks(F.dropout(x, rate))))
        return F.cross_entropy(logits.view(-1, vocabulary), targets.view(-1))


model = Gpt().to(device)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1, fused=True)
ids = torch.randint(vocabulary, (batch, context + 1), device=device)
times = []
for _ in range(options.steps + 10):
    begin = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=options.precision == "bf16"):
        loss = model(ids[:, :-1], ids[:, 1:])
    loss.backward()
    optimizer.step()
    loss.item()  # waits for the device
    times.append(time.perf_counter() - begin)
median = statistics.median(times[10:]) * 1e3
print(f"torch {torch.__version__} {options.preset} on {device}, {options.precision}: {median:.2f} ms/step median,"
      f" {batch * context / median * 1e3:.0f} tokens/s")
