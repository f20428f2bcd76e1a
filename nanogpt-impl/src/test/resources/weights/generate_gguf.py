#!/usr/bin/env python3
"""Writes gguf/: files of the Python gguf writer, and what they must be read as. Needs: gguf, numpy, torch, transformers,
safetensors, sentencepiece, llama-cpp-python.

    types.gguf       a tensor of 4 x 64 elements in each type, and its source; metadata of every type
    types.safetensors  the same tensors as gguf's own functions dequantize them
    llama.gguf       a small Llama with byte-level BPE, Q8_0, with queries and keys permuted as llama.cpp's converter does
    llama.json       ids of a text, and the logits of transformers for the dequantized weights
    sentencepiece.gguf  a tiny Llama with a tokenizer that SentencePiece trained, as BPE with bytes
    sentencepiece.json  texts and their ids, the same in SentencePiece and llama.cpp
"""
import io
import json
import os

import gguf
import llama_cpp
import numpy as np
import sentencepiece
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file
from transformers import LlamaConfig, LlamaForCausalLM

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gguf")


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def types():
    writer = gguf.GGUFWriter(os.path.join(HERE, "types.gguf"), "types")
    for name, add, value in [
        ("u8", writer.add_uint8, 200), ("i8", writer.add_int8, -3), ("u16", writer.add_uint16, 60000),
        ("i16", writer.add_int16, -300), ("u32", writer.add_uint32, 4_000_000_000), ("i32", writer.add_int32, -70000),
        ("u64", writer.add_uint64, 2**63 + 1), ("i64", writer.add_int64, -(2**40)), ("f32", writer.add_float32, 0.5),
        ("f64", writer.add_float64, 0.1), ("flag", writer.add_bool, True), ("text", writer.add_string, "é😀\n"),
        ("texts", writer.add_array, ["a", "", "é"]), ("ints", writer.add_array, [1, -2, 3]),
        ("floats", writer.add_array, [0.5, -1.25]),
    ]:
        add("test." + name, value)
    source = np.random.default_rng(1).normal(0, 1, (4, 64)).astype(np.float32)
    source[1, :32] = 0
    source[2, 3] = -source[2].max() - 1
    source[3] *= 1e-6
    expected = {"source": source}
    writer.add_tensor("source", source)
    for kind in (Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0):
        stored = gguf.quants.quantize(source, kind)
        writer.add_tensor(kind.name, stored, raw_dtype=kind)
        expected[kind.name] = gguf.quants.dequantize(stored, kind)
    write(writer)
    save_file(expected, os.path.join(HERE, "types.safetensors"))


def alphabet():
    visible = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    others = [b for b in range(256) if b not in visible]
    return [chr(b) for b in visible] + [chr(256 + i) for i in range(len(others))]


def permute(weights, heads):
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weights.shape)


def llama():
    torch.manual_seed(2)
    config = LlamaConfig(
        vocab_size=260, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=32, rms_norm_eps=1e-5, initializer_range=0.3)
    model = LlamaForCausalLM(config).eval()
    writer = gguf.GGUFWriter(os.path.join(HERE, "llama.gguf"), "llama")
    writer.add_name("a small llama")
    writer.add_context_length(32)
    writer.add_embedding_length(32)
    writer.add_block_count(2)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(8)
    writer.add_rope_freq_base(10000.0)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    tokens = alphabet() + ["he", "Ġt", "Ġthe", "<|endoftext|>"]
    writer.add_token_list(tokens)
    writer.add_token_types([1] * 259 + [3])
    writer.add_token_merges(["h e", "Ġ t", "Ġt he"])
    writer.add_bos_token_id(259)
    writer.add_eos_token_id(259)
    writer.add_add_bos_token(True)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    state = model.state_dict()
    for name in state:
        heads = {"q_proj": 4, "k_proj": 2}.get(name.split(".")[-2])
        weights = state[name].numpy()
        stored = permute(weights, heads) if heads else weights
        kind = Type.F32 if stored.ndim == 1 else Type.Q8_0
        blocks = gguf.quants.quantize(np.ascontiguousarray(stored), kind)
        writer.add_tensor(names.get_name(name, (".weight",)), blocks, raw_dtype=kind)
        rounded = gguf.quants.dequantize(blocks, kind).reshape(stored.shape)
        if heads:
            inverse = np.argsort(permute(np.arange(stored.shape[0])[:, None], heads)[:, 0])
            rounded = rounded[inverse]
        state[name].copy_(torch.from_numpy(rounded.copy()))
    write(writer)
    ids = [259] + [tokens.index(token) for token in ["h", "i", "Ġthe", "Ġt", "o", "Ċ"]]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0, -1].tolist()
    with open(os.path.join(HERE, "llama.json"), "w") as out:
        json.dump({"text": "hi the to\n", "ids": ids, "logits": logits}, out)


WORDS = ["the cat sat on the mat", "and the dog sat on the log", "a café has 12 cups", "  two  spaces", "nothing\tnew"]
TEXTS = [
    "the cat sat on the log", " the  café costs 12,50 €", "", " ", "   ", "new\n\n\tlines\n", "你好 😀!", "catdog", "a <s",
    "▁the", "a▁b", "onthemat", "DOG", "\u0000 zero",
]


def sentences():
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(WORDS * 20), model_writer=trained, model_type="bpe", vocab_size=330, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, character_coverage=1.0,
        hard_vocab_limit=False, minloglevel=2)
    model = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    path = os.path.join(HERE, "sentencepiece.gguf")
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(32)
    writer.add_embedding_length(8)
    writer.add_block_count(1)
    writer.add_feed_forward_length(8)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(4)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    size = model.vocab_size()
    kind = gguf.TokenType
    writer.add_token_list([model.id_to_piece(i) for i in range(size)])
    writer.add_token_scores([model.get_score(i) for i in range(size)])
    writer.add_token_types([
        kind.UNKNOWN if model.is_unknown(i) else kind.CONTROL if model.is_control(i) else kind.BYTE if model.is_byte(i)
        else kind.NORMAL for i in range(size)])
    writer.add_bos_token_id(model.bos_id())
    writer.add_eos_token_id(model.eos_id())
    writer.add_unk_token_id(model.unk_id())
    random = np.random.default_rng(3)
    shapes = {"token_embd": (size, 8), "output_norm": (8,), "blk.0.attn_norm": (8,), "blk.0.ffn_norm": (8,)}
    shapes |= {"blk.0." + name: (8, 8) for name in
               ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]}
    for name, shape in shapes.items():
        writer.add_tensor(name + ".weight", random.normal(0, 1, shape).astype(np.float32))
    write(writer)
    llama = llama_cpp.Llama(path, vocab_only=True, verbose=False)
    ids = [[model.bos_id()] + model.encode(text) for text in TEXTS]
    for text, expected in zip(TEXTS, ids):
        found = llama.tokenize(text.encode(), add_bos=True, special=False)
        assert found == expected, (text, expected, found)
    with open(os.path.join(HERE, "sentencepiece.json"), "w") as out:
        json.dump({"texts": TEXTS, "ids": ids}, out)


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    types()
    llama()
    sentences()
