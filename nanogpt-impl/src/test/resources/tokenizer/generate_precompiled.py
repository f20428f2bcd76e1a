"""Writes precompiled.json: Unigram tokenizers with the normalizer Precompiled, a table of replacements as SentencePiece compiles it, and what
Hugging Face tokenizers makes of random texts with them.   python generate_precompiled.py   Needs tokenizers 0.23, sentencepiece 0.2."""
import base64
import io
import json
import random
import tempfile
import unicodedata
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer

HERE = Path(__file__).parent
R = random.Random(20)
COMPATIBLE = "\uff21\uff41\uff11\ufb01\ufb03\u212b\u2460\u00bd\u3000\u00a0\u2026\u3392\ufdfa\uff76\uff9e\u0130\u00aa"
SEQUENCES = {"e\u0301": "\u00e9", "e\u0301\u0323": "E", "\r\n": " ", "\r": "\n", "\t": " ", "\uff76\uff9e": "\u30ac", "\u200b": "", "\u0000": "", "ab": "x", "\u00e9": "e",
             "\U0001F600": ":)", "\u0e33": "\u0e4d\u0e32", "a\u0308": "\u00e4"}
PARTS = list(COMPATIBLE) + list(SEQUENCES) + [
    " ", "  ", "a", "b", "abc", "e", "o\u0301", "e\u0301\u0301", "\u0301", "\u0e01\u0e33", "\u200d", "\U0001F468\u200d\U0001F469", "\ud55c", "\u1112\u1161", "\n", "\n\r", "<s>",
    "\U0001F1E6\U0001F1E7\U0001F1E8", "\u0915\u094d\u0937", "x\u0323e\u0301", "z\u0308"]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def field(message, number):
    """The last field of a number, of a message of protocol buffers."""
    at, found = 0, b""
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 == 2:
            size, at = varint(message, at)
            found = message[at:at + size] if key >> 3 == number else found
            at += size
        elif key & 7 == 0:
            _, at = varint(message, at)
        else:
            at += 4 if key & 7 == 5 else 8
    return found


def charsmap(rules):
    """The table of some rules, of the normalizer_spec of a model."""
    hexes = lambda text: " ".join("%X" % ord(c) for c in text)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as tsv:
        tsv.write("".join(f"{hexes(a)}\t{hexes(b)}\n" for a, b in rules.items()))
        tsv.flush()
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["some text", "more text"] * 9), model_writer=model, vocab_size=30, hard_vocab_limit=False, normalization_rule_tsv=tsv.name, minloglevel=2)
    return field(field(model.getvalue(), 3), 2)


def tokenizer(rules):
    table = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap(rules)).decode()}
    # Sums of these scores are exact, so that equal ways stay equal whatever a JSON parser rounds.
    letters = sorted(set("".join(PARTS) + "".join(rules.values()) + "\u2581"))
    vocabulary = [["<unk>", 0.0], ["<s>", 0.0]] + [[c, -3 - R.randrange(64) / 64] for c in letters] + [["ab", -2.5], ["\u2581a", -2.25], ["\n\n", -2.125]]
    spaces = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": 1, "content": "<s>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}],
            "normalizer": R.choice([table, {"type": "Sequence", "normalizers": [table, spaces]}]),
            "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": R.choice(["always", "first", "never"]), "split": True},
            "post_processor": None, "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
            "model": {"type": "Unigram", "unk_id": 0, "vocab": vocabulary, "byte_fallback": False}}


def rules():
    """Some compatible characters, and sequences, some of which begin others."""
    chosen = {c: unicodedata.normalize("NFKC", c) for c in COMPATIBLE if R.random() < 0.7 and unicodedata.normalize("NFKC", c) != c}
    chosen.update({a: b for a, b in SEQUENCES.items() if R.random() < 0.7 and a != "\u0000"})
    return chosen


def case(j):
    t = Tokenizer.from_str(json.dumps(j))
    texts = ["".join(R.choice(PARTS) for _ in range(R.randrange(1, 14))) for _ in range(40)]
    encoded = [t.encode(s, add_special_tokens=False).ids for s in texts]
    return {"tokenizer": j, "texts": [
        {"text": s, "ids": e, "special": t.encode(s).ids, "decoded": t.decode(e, skip_special_tokens=False)} for s, e in zip(texts, encoded)], "random": []}


lines = ",\n".join(json.dumps(case(tokenizer(rules())), separators=(",", ":")) for _ in range(8))
(HERE / "precompiled.json").write_text("[\n" + lines + "\n]\n", encoding="utf8")
