"""Times transformers.generate with a static batch, of GPT-2 models of the sizes that BatchBenchmark generates with.

    python torch_generate.py [--preset captions|algopath|gpt2] [--batches 1,8,32,128] [--tokens N] [--seconds S] [--threads N]

Prints the tokens a second of all texts together, greedy, from prompts of 8 tokens, one line for each batch. Weights are
random: speed does not depend on them. Needs: torch, transformers.
"""
import argparse
import os
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from transformers import GPT2Config, GPT2LMHeadModel

# layers, heads, width, context, vocabulary
SIZES = {"captions": (4, 4, 128, 64, 109), "algopath": (6, 6, 384, 256, 65), "gpt2": (12, 12, 768, 256, 50257)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", choices=SIZES, default="captions")
    parser.add_argument("--batches", default="1,8,32,128")
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    layers, heads, width, context, vocabulary = SIZES[options.preset]
    config = GPT2Config(n_layer=layers, n_head=heads, n_embd=width, n_positions=context, vocab_size=vocabulary,
                        bos_token_id=None, eos_token_id=None)
    model = GPT2LMHeadModel(config).eval()
    for batch in map(int, options.batches.split(",")):
        prompts = torch.randint(vocabulary, (batch, 8))
        mask = torch.ones_like(prompts)

        def measure(least):
            begin = time.perf_counter()
            drawn = 0
            while time.perf_counter() - begin < least:
                out = model.generate(prompts, attention_mask=mask, max_new_tokens=options.tokens, do_sample=False,
                                     use_cache=True, pad_token_id=0)
                drawn += out.shape[0] * (out.shape[1] - 8)
            return drawn / (time.perf_counter() - begin)

        measure(options.seconds / 3)
        print(f"transformers {transformers.__version__}, torch {torch.__version__}, {options.preset}, "
              f"{options.threads} threads: batch {batch}: {measure(options.seconds):.1f} tokens/s", flush=True)


if __name__ == "__main__":
    main()
