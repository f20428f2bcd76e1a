"""Writes the other files of this folder: tokenizers that Hugging Face tokenizers trained on text.txt, and what it, tiktoken and a plain
implementation of CS336's rule for ties make of it.   python generate.py   Needs tokenizers, tiktoken, regex."""
import collections
import json
import random
from pathlib import Path

import regex
import tiktoken
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).parent
END = "<|endoftext|>"
VOCABULARY = 420
CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
PATTERNS = {
    "gpt2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "llama3": CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + CONTRACTION + "?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + CONTRACTION + "?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}
PARTS = [" ", "  ", "\n", "\r\n", "\t", "'s", "'S", "'ll", "'\u017f", "'", "/", "!", "...", "a", "Z", "the", " the", "HTTPServer", "42",
         "\u00a0", "\u3000", "\u2028", "\u0301", "\u00e9", "\u0416", "\u01c5", "\u4e2d\u6587", "\u0661", "\u00bd", "\U0001F600",
         "\U0001F468\u200d\U0001F469", "\U00010428", "\x00", "\ufffd", "\ufeff", END, " cells", " tumour", "\u0939\u093f\u0928", "=="]


def strings():
    random.seed(5)
    return ["".join(random.choice(PARTS) for _ in range(random.randrange(1, 14))) for _ in range(300)]


def pre_tokenizer(name):
    if name == "gpt2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(PATTERNS[name]), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def train(name, text):
    # Hugging Face's trainer does not take special tokens out of the text by itself.
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer(name)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(text.split(END), trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return tokenizer


def alphabet():
    shown = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    hidden = [b for b in range(256) if b not in shown]
    return {b: chr(b) for b in shown} | {b: chr(256 + i) for i, b in enumerate(hidden)}


def cs336_merges(text):
    """Most frequent pair first, of equals the greater pair of byte strings."""
    letters = alphabet()
    words = collections.Counter(
        tuple(bytes([b]) for b in piece.encode()) for part in text.split(END) for piece in regex.findall(PATTERNS["gpt2"], part))
    merges = []
    while len(merges) < VOCABULARY - 257:
        counts = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                counts[pair] += count
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        merged = collections.Counter()
        for word, count in words.items():
            parts, i = [], 0
            while i < len(word):
                joined = i + 1 < len(word) and (word[i], word[i + 1]) == best
                parts.append(word[i] + word[i + 1] if joined else word[i])
                i += 2 if joined else 1
            merged[tuple(parts)] += count
        words = merged
    return [" ".join("".join(letters[b] for b in token) for token in pair) for pair in merges]


def main():
    text = (HERE / "text.txt").read_bytes().decode("utf8")
    expected = {"strings": strings(), "cs336Merges": cs336_merges(text)}
    for name in ("gpt2", "llama3", "o200k"):
        tokenizer = train(name, text)
        tokenizer.save(str(HERE / f"{name}.json"))
        expected[name] = [e.ids for e in tokenizer.encode_batch(expected["strings"])]
    gpt2 = train("gpt2", text)
    byte = {c: b for b, c in alphabet().items()}
    ranks = {bytes(byte[c] for c in token): i for token, i in gpt2.get_vocab().items() if token != END}
    for name in ("gpt2", "cl100k", "o200k"):
        encoding = tiktoken.Encoding(name, pat_str=PATTERNS[name], mergeable_ranks=ranks, special_tokens={END: 0})
        expected["tiktoken-" + name] = [encoding.encode(s, allowed_special="all") for s in expected["strings"]]
    (HERE / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n", encoding="utf8")


main()
