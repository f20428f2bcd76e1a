"""Times greedy generation of a static batch through ONNX Runtime in Python, of a graph that BatchBenchmark exported.

    python onnx_generate.py FOLDER [--batches 1,8,32,128] [--tokens N] [--seconds S] [--threads N]

The graph is portable: its caches grow, and are handed on from run to run without copies (I/O binding). Prints the tokens a
second of all texts together, from prompts of 8 tokens, one line for each batch. Needs: onnxruntime, numpy.
"""
import argparse
import time

import numpy
import onnxruntime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--batches", default="1,8,32,128")
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(f"{options.folder}/model.onnx", settings, ["CPUExecutionProvider"])
    pasts = [value for value in session.get_inputs() if value.name.startswith("past_key_values.")]
    presents = [value.name.replace("past_key_values.", "present.") for value in pasts]
    given = {value.name for value in session.get_inputs()}

    def generate(batch):
        tokens = numpy.random.default_rng(0).integers(0, 20, (batch, 8), dtype=numpy.int64)
        caches = [onnxruntime.OrtValue.ortvalue_from_numpy(numpy.zeros((batch, value.shape[1], 0, value.shape[3]), numpy.float32))
                  for value in pasts]
        length = 0
        for _ in range(options.tokens):
            binding = session.io_binding()
            total = length + tokens.shape[1]
            inputs = {
                "input_ids": tokens,
                "position_ids": numpy.tile(numpy.arange(length, total, dtype=numpy.int64), (batch, 1)),
                "attention_mask": numpy.ones((batch, total), numpy.int64),
                "logits_positions": numpy.array([tokens.shape[1] - 1], numpy.int64),
            }
            for name, value in inputs.items():
                if name in given:
                    binding.bind_cpu_input(name, value)
            for value, cache in zip(pasts, caches):
                binding.bind_ortvalue_input(value.name, cache)
            for name in ["logits", *presents]:
                binding.bind_output(name)
            session.run_with_iobinding(binding)
            logits, *caches = binding.get_outputs()
            tokens = logits.numpy()[:, -1].argmax(-1)[:, None].astype(numpy.int64)
            length = total
        return batch * options.tokens

    for batch in map(int, options.batches.split(",")):
        def measure(least):
            begin = time.perf_counter()
            drawn = 0
            while time.perf_counter() - begin < least:
                drawn += generate(batch)
            return drawn / (time.perf_counter() - begin)

        measure(options.seconds / 3)
        print(f"onnxruntime {onnxruntime.__version__} in Python, {options.threads} threads: batch {batch}: "
              f"{measure(options.seconds):.1f} tokens/s", flush=True)


if __name__ == "__main__":
    main()
