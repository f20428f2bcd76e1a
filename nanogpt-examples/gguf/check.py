#!/usr/bin/env python3
"""Checks files that LanguageModel.exportGguf wrote, from Python.

    check.py FOLDER FILE... [--prompt TEXT] [--tokens 40]

FOLDER is the same model as LanguageModel.save wrote it. Reads each FILE with the gguf package and runs it with llama.cpp
on the CPU; the ids of a text, the logits after the prompt and the greedy continuation are compared with those of
transformers, which reads FOLDER. Prints the largest difference of the logits relative to the largest logit. Fails where
ids differ, or where the greedy tokens of a file that is not Q4_0 differ. Needs: gguf, llama-cpp-python, transformers, torch.
"""
import argparse
import collections
import sys

import gguf
import llama_cpp.llama
import numpy as np
import torch
from llama_cpp import Llama
from transformers import AutoModelForCausalLM, AutoTokenizer

TEXT = "It's 3 o'clock,\n\n  and  a café naïvely costs €12.50\tfor 你好 😀!"


def greedy(step, ids, count):
    """Ids that follow, each the most likely by the logits of step(ids)."""
    ids = list(ids)
    for _ in range(count):
        ids.append(int(np.argmax(step(ids))))
    return ids


def open_file(file, context):
    # Without the products of AMX, which some virtual machines announce and do not allow.
    defaults = llama_cpp.llama_model_default_params

    def plain():
        parameters = defaults()
        parameters.use_extra_bufts = False
        return parameters

    llama_cpp.llama.llama_cpp.llama_model_default_params = plain
    try:
        llama = Llama(file, n_ctx=context, logits_all=True, verbose=False, n_threads=1)
    finally:
        llama_cpp.llama.llama_cpp.llama_model_default_params = defaults

    def step(ids):
        llama.reset()
        llama.eval(ids)
        return np.array(llama.scores[len(ids) - 1])

    return llama, step


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--prompt", default="First Citizen:\nBefore we")
    parser.add_argument("--tokens", type=int, default=40)
    options = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(options.folder)
    model = AutoModelForCausalLM.from_pretrained(options.folder, dtype=torch.float32).eval()
    context = model.config.max_position_embeddings
    prompt = tokenizer(options.prompt)["input_ids"]
    count = min(options.tokens, context - len(prompt))

    def reference(ids):
        with torch.no_grad():
            return model(torch.tensor([ids])).logits[0, -1].numpy()

    expected = reference(prompt)
    continued = greedy(reference, prompt, count)
    failed = False
    for file in options.files:
        reader = gguf.GGUFReader(file)
        types = collections.Counter(tensor.tensor_type.name for tensor in reader.tensors)
        llama, step = open_file(file, context)
        same_ids = all(
            llama.tokenize(text.encode(), add_bos=True, special=True) == tokenizer(text)["input_ids"]
            for text in (TEXT, options.prompt)
        )
        logits = step(prompt)
        difference = np.abs(logits - expected).max() / np.abs(expected).max()
        tokens = greedy(step, prompt, count)
        same = tokens == continued
        text = llama.detokenize(tokens[len(prompt):]).decode(errors="replace")
        same_text = text.strip() == tokenizer.decode(tokens[len(prompt):]).strip()
        exact = "Q4_0" not in types
        failed |= not same_ids or (exact and not (same and same_text))
        print(f"{file}: {dict(types)}, ids {'equal' if same_ids else 'DIFFER'}, logits differ by {difference:.1e},"
              f" {'the same' if same else 'OTHER'} {count} greedy tokens, text {'equal' if same_text else 'DIFFERS'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
