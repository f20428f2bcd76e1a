"""Times greedy generation of many texts at once through llama.cpp, of a GGUF file that BatchBenchmark --gguf wrote.

    python llama_generate.py FILE [--batches 1,8,32,128] [--tokens N] [--seconds S] [--threads N]

Each text is a sequence of one context, and a call of llama_decode computes a token of all. The ids of every text must be
those of FILE.ids, which BatchBenchmark wrote for as many tokens; otherwise it fails before anything is timed. Prints the tokens a second of
all texts together, from prompts of 8 tokens, one line for each batch. Without llama-cpp-python it says so and ends.
Needs: llama-cpp-python, numpy.
"""
import argparse
import sys
import time

try:
    import llama_cpp
except ImportError as missing:
    print(f"llama.cpp is skipped: {missing}; pip install llama-cpp-python", flush=True)
    sys.exit(0)
import numpy

PROMPT = 8


class Feed:
    """A call's tokens, as many for each sequence; all but ids and positions stays from call to call."""

    def __init__(self, sequences, count):
        size = sequences * count
        self.batch = llama_cpp.llama_batch_init(size, 0, 1)
        self.batch.n_tokens = size
        for i in range(size):
            self.batch.n_seq_id[i] = 1
            self.batch.seq_id[i][0] = i // count
            self.batch.logits[i] = i % count == count - 1
        shape = (sequences, count)
        self.ids = numpy.ctypeslib.as_array(self.batch.token, shape)
        self.positions = numpy.ctypeslib.as_array(self.batch.pos, shape)


class Sequences:
    """A context with room for a number of texts."""

    def __init__(self, model, texts, length, threads):
        self.texts = texts
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_seq_max = texts
        # llama.cpp divides the context among the sequences, in units of 256 tokens.
        parameters.n_ctx = texts * ((length + 255) // 256 * 256)
        parameters.n_batch = parameters.n_ubatch = PROMPT * texts
        parameters.n_threads = parameters.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(model, parameters)
        if not self.context:
            raise SystemExit(f"llama.cpp has no context for {texts} texts")
        self.prompts = Feed(texts, PROMPT)
        self.steps = Feed(texts, 1)

    def decode(self, feed, ids, position):
        """Feeds tokens to each sequence; returns the best next ids."""
        feed.ids[:] = ids
        feed.positions[:] = numpy.arange(position, position + feed.ids.shape[1])
        if llama_cpp.llama_decode(self.context, feed.batch) != 0:
            raise SystemExit("llama_decode failed")
        logits = llama_cpp.llama_get_logits(self.context)
        return numpy.ctypeslib.as_array(logits, (self.texts, self.vocabulary)).argmax(-1)

    def generate(self, prompt, count):
        """The ids that follow a prompt, of each text."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), False)
        drawn = [self.decode(self.prompts, prompt, 0)]
        for position in range(PROMPT, PROMPT + count - 1):
            drawn.append(self.decode(self.steps, drawn[-1][:, None], position))
        return numpy.stack(drawn, 1)

    def close(self):
        llama_cpp.llama_batch_free(self.prompts.batch)
        llama_cpp.llama_batch_free(self.steps.batch)
        llama_cpp.llama_free(self.context)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--batches", default="1,8,32,128")
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with open(options.file + ".ids", encoding="utf-8") as file:
        prompt, expected = [[int(token) for token in line.split()] for line in file.read().splitlines()]
    llama_cpp.llama_backend_init()
    quiet = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(quiet, None)
    parameters = llama_cpp.llama_model_default_params()
    # Without the products of AMX, which some virtual machines announce and do not allow.
    parameters.use_extra_bufts = False
    model = llama_cpp.llama_model_load_from_file(options.file.encode(), parameters)
    if not model:
        raise SystemExit(f"llama.cpp cannot load {options.file}")
    for batch in map(int, options.batches.split(",")):
        many = Sequences(model, batch, PROMPT + options.tokens, options.threads)
        for ids in many.generate(prompt, options.tokens).tolist():
            if ids != expected:
                raise SystemExit(f"llama.cpp continues {prompt} with {ids}, but nanogpt with {expected}")

        def measure(least):
            begin = time.perf_counter()
            drawn = 0
            while time.perf_counter() - begin < least:
                drawn += many.generate(prompt, options.tokens).size
            return drawn / (time.perf_counter() - begin)

        measure(options.seconds / 3)
        print(f"llama.cpp, llama-cpp-python {llama_cpp.__version__}, {options.threads} threads: batch {batch}: "
              f"{measure(options.seconds):.1f} tokens/s, greedy ids equal", flush=True)
        many.close()


if __name__ == "__main__":
    main()
