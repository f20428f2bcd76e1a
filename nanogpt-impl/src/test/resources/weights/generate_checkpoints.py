"""Writes the checkpoints of CheckpointsTest into checkpoints/ beside itself, with the logits that the models give as GPT-2 or
Llama in transformers. Needs torch, numpy and transformers (5.x)."""
import argparse, collections, enum, json, pathlib, numpy, torch, transformers as t

out = pathlib.Path(__file__).parent / "checkpoints"
out.mkdir(exist_ok=True)
V, T, D, H = 23, 14, 8, 2
ids = dict(bos_token_id=None, eos_token_id=None, pad_token_id=None)
tokens = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6, 5, 3]])
expected = {}


def filled(model, number):
    torch.manual_seed(number)
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.3) if p.ndim > 1 else p.data.add_(torch.randn_like(p) * 0.2)
    model.tie_weights()
    return model.eval()


def gpt2(number, **more):
    return filled(t.GPT2LMHeadModel(t.GPT2Config(vocab_size=V, n_positions=T, n_embd=D, n_layer=2, n_head=H, **ids, **more)), number)


def llama(number, **more):
    return filled(t.LlamaForCausalLM(t.LlamaConfig(
        vocab_size=V, hidden_size=D, intermediate_size=12, num_hidden_layers=2, num_attention_heads=H, num_key_value_heads=1,
        max_position_embeddings=T, **ids, **more)), number)


def save(name, model, content):
    torch.save(content, out / name)
    with torch.no_grad(): expected[name] = [round(x, 7) for x in model(tokens).logits[0, -1].tolist()]


def linear(model):
    """The state of nanoGPT: GPT-2's names with linear layers."""
    state = collections.OrderedDict()
    for name, value in model.state_dict().items():
        conv = name.endswith("weight") and any(part in name for part in ("c_attn", "c_proj", "c_fc"))
        state[name] = value.t().contiguous() if conv else value
    return state


def prefixed(state, prefix):
    return collections.OrderedDict((prefix + name, value) for name, value in state.items())


class Stage(enum.Enum):
    LAST = 3


model = gpt2(1)
args = dict(n_layer=2, n_head=H, n_embd=D, block_size=T, bias=True, vocab_size=V, dropout=0.0)
# Everything that people keep beside the weights.
save("objects.pt", model, {
    "model": linear(model), "args": argparse.Namespace(lr=1e-3, name="run"), "model_args": args,
    "best": numpy.float64(1.25), "history": collections.defaultdict(list, {"loss": [3.0, 2.5]}), "stage": Stage.LAST,
    "times": {0.5: "half", (1, 2): "pair", None: 0}, "dtype": torch.bfloat16, "folder": pathlib.PurePosixPath("runs/1"),
    "rng": numpy.random.get_state(), "seen": {1, 2, 3}, "frozen": frozenset("ab"), "raw": b"\0\1", "slow": complex(1, 2),
    "angles": torch.ones(2, dtype=torch.complex64), "counter": collections.Counter("aab")})
save("nested-prefixes.ckpt", model, {"state_dict": prefixed(linear(model), "module._orig_mod.model.module."), "hyper_parameters": args})
save("other-attribute.ckpt", model, {"state_dict": prefixed(linear(model), "net."), "hyper_parameters": args})
save("wrapped-twice.pth", model, {"model_state_dict": prefixed(linear(model), "_forward_module._orig_mod.transformer."), "config": args})

other = gpt2(2, activation_function="gelu", tie_word_embeddings=False)
state = linear(other)
renamed = collections.OrderedDict()
for name, value in state.items():
    for theirs, ours in (("transformer.wte", "tok_emb"), ("transformer.h.", "blocks."), (".ln_1", ".ln1"), (".ln_2", ".ln2"),
                         ("transformer.ln_f", "ln_f"), ("attn.c_proj", "attn.proj"), ("mlp.c_fc", "mlp.0"), ("mlp.c_proj", "mlp.2"),
                         ("lm_head", "head")):
        name = name.replace(theirs, ours)
    if name == "transformer.wpe.weight":
        renamed["pos_emb"] = value[None]
    elif "c_attn" in name:
        for part, piece in zip(("query", "key", "value"), value.chunk(3)):
            renamed[name.replace("c_attn", part)] = piece.clone()
    else:
        renamed[name] = value
for layer in range(2): renamed[f"blocks.{layer}.attn.mask"] = torch.tril(torch.ones(T, T))[None, None]
save("min-gpt.pt", other, renamed)

relative = llama(3, rms_norm_eps=1e-5)
renamed = collections.OrderedDict()
parts = {}
for name, value in relative.state_dict().items():
    for theirs, ours in (("model.embed_tokens", "transformer.wte"), ("model.layers.", "transformer.h."), ("model.norm", "transformer.ln_f"),
                         ("input_layernorm", "norm_1"), ("post_attention_layernorm", "norm_2"), ("self_attn.o_proj", "attn.proj"),
                         ("mlp.gate_proj", "mlp.fc_1"), ("mlp.up_proj", "mlp.fc_2"), ("mlp.down_proj", "mlp.proj")):
        name = name.replace(theirs, ours)
    if "self_attn." in name:
        parts[name] = value
    else:
        renamed[name] = value
for layer in range(2):
    packed = [parts[f"transformer.h.{layer}.self_attn.{x}_proj.weight"] for x in "qkv"]
    renamed[f"transformer.h.{layer}.attn.qkv.weight"] = torch.cat(packed)
save("lit-gpt.pth", relative, {"model": renamed})

# transformers keeps a head that differs from the embedding, whatever the configuration says.
tied = llama(4, tie_word_embeddings=False)
folder = out / "tied-config-own-head"
tied.save_pretrained(folder)
(folder / "generation_config.json").unlink(missing_ok=True)
config = json.loads((folder / "config.json").read_text())
config["tie_word_embeddings"] = True
(folder / "config.json").write_text(json.dumps(config, indent=2))
with torch.no_grad(): expected["tied-config-own-head"] = [round(x, 7) for x in tied(tokens).logits[0, -1].tolist()]

torch.save(torch.nn.Linear(2, 2), out / "whole-module.pt")
numpy.savez(out / "arrays.npz", weight=numpy.ones((2, 2)))
(out / "expected.json").write_text(json.dumps({"tokens": tokens[0].tolist(), "logits": expected}))
