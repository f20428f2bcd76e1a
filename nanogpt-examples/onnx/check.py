#!/usr/bin/env python3
"""Checks a folder that LanguageModel.exportOnnx wrote, from Python.

    check.py FOLDER [--tokens 24]

Runs the checker of the onnx package with shape inference, then decodes greedily with onnxruntime and compares the logits
after each token with those of the whole sequence at once. Prints the largest difference, and fails above 1e-4 of the
largest logit where activations are floats. Needs: onnx, onnxruntime, numpy.
"""
import argparse
import os
import sys

import numpy as np
import onnx
import onnxruntime


def initial_caches(session, context_length):
    caches = {}
    for tensor in session.get_inputs():
        if tensor.name.startswith("past_key_values."):
            sizes = {"batch": 1, "past": 0, "buffer": context_length}
            shape = [axis if isinstance(axis, int) else sizes[axis] for axis in tensor.shape]
            caches[tensor.name] = np.zeros(shape, np.int64 if tensor.type == "tensor(int64)" else np.float32)
    return caches


def run(session, tokens, past, caches):
    """The logits after each of the tokens, and the caches behind them."""
    end = past + len(tokens)
    inputs = {
        "input_ids": np.array([tokens], np.int64),
        "position_ids": np.arange(past, end, dtype=np.int64)[None],
        "attention_mask": np.ones((1, end), np.int64),
        "sequence_lengths": np.array([len(tokens)], np.int32),
        "seqlens_k": np.array([end - 1], np.int32),
        "total_sequence_length": np.array(end, np.int32),
        "logits_positions": np.arange(len(tokens), dtype=np.int64),
        **caches,
    }
    names = {tensor.name for tensor in session.get_inputs()}
    outputs = [tensor.name for tensor in session.get_outputs()]
    values = dict(zip(outputs, session.run(outputs, {k: v for k, v in inputs.items() if k in names})))
    logits = values.pop("logits")[0]
    return logits, {name.replace("present.", "past_key_values."): value for name, value in values.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--tokens", type=int, default=24)
    options = parser.parse_args()

    file = os.path.join(options.folder, "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    model = onnx.load(file, load_external_data=False)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    opsets = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
    print(f"checked: IR {model.ir_version}, {opsets}, {len(model.graph.node)} nodes, {metadata}")

    session = onnxruntime.InferenceSession(file)
    context = int(metadata["nanogpt.context_length"])
    count = min(options.tokens, context)
    caches = initial_caches(session, context)
    tokens, rows = [0], []
    for past in range(count):
        logits, caches = run(session, [tokens[past]], past, caches)
        rows.append(logits[-1])
        tokens.append(int(logits[-1].argmax()))
    whole, _ = run(session, tokens[:count], 0, initial_caches(session, context))
    difference = float(np.abs(whole - np.array(rows)).max() / np.abs(whole).max())
    print(f"onnxruntime {onnxruntime.__version__}: {count} tokens one by one differ by {difference:.1e} from all at once")
    exact = metadata["nanogpt.quantization"] in ("NONE", "FLOAT16")
    sys.exit(exact and difference > 1e-4)


if __name__ == "__main__":
    main()
