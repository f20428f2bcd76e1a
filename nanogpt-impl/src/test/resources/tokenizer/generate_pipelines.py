"""Writes pipelines.json: small tokenizers of every kind with random stages, and what Hugging Face tokenizers makes of random texts and of
random ids with them.   python generate_pipelines.py   Needs tokenizers 0.23."""
import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
R = random.Random(20)
TOKENIZERS = 70
UNKNOWN = "<unk>"
BYTES = ["<0x%02X>" % i for i in range(256)]
CORPUS = ["The quick fox, it's 2024.", "Z\u00fcrich caf\u00e9", "\u0434\u0435\u043d\u044c \u4f60\u597d", "x=10;\n\treturn x+y\n", "getJSON fooBar", "Hello, hello!"]
PARTS = [" ", "  ", "\n", "\r\n", "\t", "'s", "'ll", "/", "!", "a", "the", "Hello", "hello", "42", "12345", "\u00a0", "\u3000", "\u0085", "\u0301", "e\u0301",
         "\u0434\u0435\u043d\u044c", "\u01c5", "\u4f60\u597d", "\u0661", "\u00bd", "\U0001F600", "\U0001F468\u200d\U0001F469", "\U00010400", "\ufeff", "\x00", "<mask>", "<s>",
         "[CLS]", "<x>", " <x> ", "<0x0A>", "\u2581", "_", "-", "\ufb01", "\u212b", "\u0130", "\u03a3", "\ud55c\uae00", "\u2460", "\u24b6", "fooBar", "x=10;", "aa", "##a"]
PATTERNS = [r"\p{N}{1,3}", r"\s+", r"[^\s\p{L}]+", r"(?=\p{Lu})", r"\w+", r"(?<=a)b|(?<=\p{L})-", r"[a-z]*", r"^.", r"[[:punct:]]", r"[[:^space:]]+", r"\b",
            r"[\p{Lu}\p{Lt}&&[^A-F]]", r"(?<!\d)(?=(\d{3})+(?!\d))", r"(?i:'s|'ll)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+"]
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
SCHEMES = ["always", "first", "never"]


def some(*makers):
    return R.choice(makers)()


def coin():
    return R.random() < 0.5


def normalizer(nested=False):
    n = normalizers
    return some(n.NFC, n.NFD, n.NFKC, n.NFKD, n.Lowercase, n.StripAccents, lambda: n.Strip(coin(), coin()),
                lambda: n.Replace(R.choice([" ", "  ", "a"]), R.choice(["", "\u2581", "b"])),
                lambda: n.Replace(Regex(R.choice([r"\s+", r"\d", "a*"])), R.choice(["", "#"])),
                lambda: n.Prepend(R.choice(["\u2581", "x"])),
                lambda: n.BertNormalizer(coin(), coin(), R.choice([None, True, False]), coin()),
                lambda: n.NFC() if nested else n.Sequence([normalizer(True) for _ in range(R.randrange(4))]))


def pre_tokenizer(nested=False):
    p = pre_tokenizers
    return some(lambda: p.ByteLevel(add_prefix_space=coin(), use_regex=coin()),
                lambda: p.Split(Regex(R.choice(PATTERNS)), R.choice(BEHAVIORS), invert=coin()),
                lambda: p.Split(Regex(R.choice(PATTERNS)), R.choice(BEHAVIORS), invert=False),
                lambda: p.Split(R.choice([" ", "a", "\n"]), R.choice(BEHAVIORS), invert=coin()),
                lambda: p.Digits(coin()), p.Whitespace, p.WhitespaceSplit, lambda: p.Punctuation(R.choice(BEHAVIORS)),
                lambda: p.Metaspace("\u2581", R.choice(SCHEMES), coin()), p.BertPreTokenizer,
                lambda: p.Digits(True) if nested else p.Sequence([pre_tokenizer(True) for _ in range(R.randrange(4))]))


def decoder():
    d = decoders
    llama = lambda: d.Sequence([d.Replace("\u2581", " "), d.ByteFallback(), d.Fuse(), d.Strip(" ", 1, 0)])
    return some(d.ByteLevel, lambda: d.Metaspace("\u2581", R.choice(SCHEMES)), d.ByteFallback, d.Fuse, llama, lambda: d.Replace(R.choice(["\u2581", "a"]), "b"),
                lambda: d.Strip("a", R.randrange(3), 0), lambda: d.WordPiece("##", coin()), lambda: d.BPEDecoder("</w>"))


def model():
    """A model and its trainer."""
    kind = R.choice(["bpe", "bpe", "bpe", "words", "pieces", "unigram"])
    bytes_too = R.random() < 0.3
    special = [UNKNOWN] + (BYTES if bytes_too else [])
    size = len(special) + 90
    if kind == "bpe":
        affixes = R.choice([{}, {}, {"continuing_subword_prefix": "##"}, {"end_of_word_suffix": "</w>"}])
        return kind, bytes_too, models.BPE(unk_token=UNKNOWN) if coin() else models.BPE(), trainers.BpeTrainer(
            vocab_size=size, special_tokens=special, limit_alphabet=40, show_progress=False, **affixes)
    if kind == "words":
        return kind, False, models.WordLevel(unk_token=UNKNOWN), trainers.WordLevelTrainer(vocab_size=40, special_tokens=[UNKNOWN], show_progress=False)
    if kind == "pieces":
        return kind, False, models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=R.choice([5, 100])), trainers.WordPieceTrainer(
            vocab_size=90, special_tokens=[UNKNOWN], limit_alphabet=40, show_progress=False)
    return kind, bytes_too, models.Unigram(), trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token=UNKNOWN, show_progress=False)


def post_processor(j):
    first, last = j["added_tokens"][0], j["added_tokens"][-1]
    template = json.loads(processors.TemplateProcessing(
        single=R.choice(["<unk> $A", "<unk> $A <unk>", "$A <unk>"]), special_tokens=[(UNKNOWN, first["id"])]).__getstate__())
    byte_level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
    bert = {"type": "BertProcessing", "sep": [UNKNOWN, first["id"]], "cls": [last["content"], last["id"]]}
    return R.choice([None, template, {"type": "Sequence", "processors": [byte_level, template]}, bert])


def tokenizer():
    kind, bytes_too, made, trainer = model()
    t = Tokenizer(made)
    if coin():
        t.normalizer = normalizer()
    if R.random() < 0.85:
        t.pre_tokenizer = pre_tokenizer()
    t.train_from_iterator(CORPUS * 3, trainer)
    j = json.loads(t.to_str())
    if kind == "bpe":
        j["model"].update(byte_fallback=bytes_too, fuse_unk=coin(), ignore_merges=R.random() < 0.3)
        if R.random() < 0.2:
            del j["model"]["type"]
    elif kind == "unigram":
        j["model"]["byte_fallback"] = bytes_too
    j["added_tokens"] = j["added_tokens"][:1]
    known = [entry[0] for entry in j["model"]["vocab"]] if kind == "unigram" else j["model"]["vocab"]
    for text in R.sample(["<mask>", "<s>", "[CLS]", "<x>", "foo", "hello", "\u00e9"], R.randrange(5)):
        if text not in known:
            j["added_tokens"].append({"id": len(known) + len(j["added_tokens"]) - 1, "content": text, "single_word": R.random() < 0.3, "lstrip": R.random() < 0.3,
                                      "rstrip": R.random() < 0.3, "normalized": R.random() < 0.4, "special": coin()})
    if R.random() < 0.8:
        j["decoder"] = json.loads(decoder().__getstate__())
    j["post_processor"] = post_processor(j)
    return j


def text():
    return "".join(R.choice(PARTS) for _ in range(R.randrange(1, 10))) + (R.choice(CORPUS) if R.random() < 0.4 else "")


def case(j):
    t = Tokenizer.from_str(json.dumps(j))
    texts, ids = [text() for _ in range(10)], [[R.randrange(t.get_vocab_size()) for _ in range(6)] for _ in range(3)]
    encoded = [t.encode(s, add_special_tokens=False).ids for s in texts]
    return {"tokenizer": j, "texts": [
        {"text": s, "ids": e, "special": t.encode(s).ids, "decoded": t.decode(e, skip_special_tokens=False)} for s, e in zip(texts, encoded)],
        "random": [{"ids": i, "decoded": t.decode(i, skip_special_tokens=False)} for i in ids]}


def main():
    cases = []
    while len(cases) < TOKENIZERS:
        try:
            cases.append(case(tokenizer()))
        except BaseException as e:  # What its trainers cannot learn from so little text, and panics of its own.
            if isinstance(e, KeyboardInterrupt):
                raise
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    (HERE / "pipelines.json").write_text("[\n" + lines + "\n]\n", encoding="utf8")


main()
