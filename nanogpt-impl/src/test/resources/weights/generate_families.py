"""Writes the folders of FamiliesTest into families/ beside itself: small random models of each family of transformers, with the
logits, the loss and the weights after one step of SGD at a learning rate of 1. Needs torch, transformers (5.x) and safetensors.

`python generate_families.py check OURS` instead compares models that this library saved, OURS/NAME, with families/NAME in
transformers, and prints the largest difference of the logits of each."""
import json, pathlib, sys, torch, transformers as t
from safetensors.torch import save_file

out = pathlib.Path(__file__).parent / "families"
V, T, D = 23, 14, 8
ids = dict(bos_token_id=None, eos_token_id=None, pad_token_id=None)
base = dict(vocab_size=V, hidden_size=D, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=T, **ids)
mlp = dict(intermediate_size=12)
kv = dict(num_key_value_heads=1)
original = dict(original_max_position_embeddings=6)


def rope(kind, theta=100.0, **more):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=theta, **more))


def gpt2(**more):
    return t.GPT2LMHeadModel(t.GPT2Config(vocab_size=V, n_positions=T, n_embd=D, n_layer=2, n_head=2, attn_pdrop=0,
                                          resid_pdrop=0, embd_pdrop=0, **ids, **more))


def llama(**more):
    return t.LlamaForCausalLM(t.LlamaConfig(**base, **mlp, **kv, **more))


models = {
    "gpt2-relu": lambda: gpt2(activation_function="relu", scale_attn_by_inverse_layer_idx=True),
    "gpt2-silu": lambda: gpt2(activation_function="silu", scale_attn_weights=False),
    "gpt2-gelu": lambda: gpt2(activation_function="gelu", n_inner=12),
    "gpt2-tanh": lambda: gpt2(activation_function="tanh", tie_word_embeddings=False),
    "gpt2-quick-gelu": lambda: gpt2(activation_function="quick_gelu"),
    "gpt2-leaky-relu": lambda: gpt2(activation_function="leaky_relu"),
    "gpt2-relu2": lambda: gpt2(activation_function="relu2"),
    "gpt2-linear": lambda: gpt2(activation_function="linear"),
    "llama-linear": lambda: llama(head_dim=6, mlp_bias=True, attention_bias=True, **rope("linear", factor=4.0)),
    "llama-dynamic": lambda: llama(tie_word_embeddings=True, **rope("dynamic", factor=4.0)),
    "llama-yarn": lambda: llama(hidden_act="gelu", **rope("yarn", factor=4.0, **original)),
    "llama-llama3": lambda: llama(**rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, **original)),
    "mistral-head-dim": lambda: t.MistralForCausalLM(t.MistralConfig(head_dim=6, sliding_window=5, **base, **mlp, **kv)),
    "qwen2-windows": lambda: t.Qwen2ForCausalLM(t.Qwen2Config(
        use_sliding_window=True, sliding_window=4, max_window_layers=1, **base, **mlp, **kv)),
    "qwen3": lambda: t.Qwen3ForCausalLM(t.Qwen3Config(head_dim=6, **base, **mlp, **kv)),
    "qwen3-windows": lambda: t.Qwen3ForCausalLM(t.Qwen3Config(
        head_dim=4, use_sliding_window=True, sliding_window=4, attention_bias=True,
        layer_types=["sliding_attention", "full_attention"], **base, **mlp, **kv)),
    "smollm3": lambda: t.SmolLM3ForCausalLM(t.SmolLM3Config(no_rope_layers=[1, 0], **base, **mlp, **kv)),
    "gemma": lambda: t.GemmaForCausalLM(t.GemmaConfig(head_dim=6, **base, **mlp, **kv)),
    "gemma2": lambda: t.Gemma2ForCausalLM(t.Gemma2Config(
        head_dim=6, sliding_window=4, query_pre_attn_scalar=3, attn_logit_softcapping=2.0, final_logit_softcapping=3.0,
        **base, **mlp, **kv)),
    "gemma3-text": lambda: t.Gemma3ForCausalLM(t.Gemma3TextConfig(
        head_dim=6, sliding_window=4, query_pre_attn_scalar=6, layer_types=["sliding_attention", "full_attention"],
        rope_parameters={"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000.0},
                         "sliding_attention": {"rope_type": "default", "rope_theta": 10.0}}, **base, **mlp, **kv)),
    "gpt-neo": lambda: t.GPTNeoForCausalLM(t.GPTNeoConfig(
        vocab_size=V, max_position_embeddings=T, hidden_size=D, num_layers=2, num_heads=2, window_size=4,
        attention_types=[[["global", "local"], 1]], **ids)),
    "gpt-neox": lambda: t.GPTNeoXForCausalLM(t.GPTNeoXConfig(**base, **mlp, **rope("default", partial_rotary_factor=0.5))),
    "gpt-neox-sequential": lambda: t.GPTNeoXForCausalLM(t.GPTNeoXConfig(
        use_parallel_residual=False, attention_bias=False, **base, **mlp, **rope("default", partial_rotary_factor=1.0))),
    "phi": lambda: t.PhiForCausalLM(t.PhiConfig(**base, **mlp, **kv)),
    "opt": lambda: t.OPTForCausalLM(t.OPTConfig(
        ffn_dim=12, dropout=0.0, word_embed_proj_dim=D, **{**base, "pad_token_id": 1})),
    "opt-post-norm": lambda: t.OPTForCausalLM(t.OPTConfig(
        ffn_dim=12, dropout=0.0, word_embed_proj_dim=D, do_layer_norm_before=False, **{**base, "pad_token_id": 1})),
    "olmo2": lambda: t.Olmo2ForCausalLM(t.Olmo2Config(**base, **mlp, **kv)),
    "stablelm": lambda: t.StableLmForCausalLM(t.StableLmConfig(
        use_qkv_bias=True, partial_rotary_factor=0.5, **base, **mlp, **kv)),
    "stablelm-parallel": lambda: t.StableLmForCausalLM(t.StableLmConfig(
        use_parallel_residual=True, partial_rotary_factor=0.5, **base, **mlp, **kv)),
    "llama-longrope": lambda: llama(**rope("longrope", short_factor=[1.0, 1.5], long_factor=[2.0, 5.0], **original)),
    "llama-longrope-short": lambda: llama(**rope(
        "longrope", short_factor=[1.0, 1.5], long_factor=[2.0, 5.0], attention_factor=1.2, original_max_position_embeddings=T)),
}


def write():
    for number, (name, make) in enumerate(models.items()):
        torch.manual_seed(number)
        model = make()
        model.config._attn_implementation = "eager"
        for p in model.parameters():
            torch.nn.init.normal_(p, std=0.3) if p.ndim > 1 else p.data.add_(torch.randn_like(p) * 0.2)
        model.tie_weights()
        model.eval()
        folder = out / name
        model.save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        # The padding id of OPT is left out: PyTorch gives its embedding no gradient.
        tokens = torch.randint(2, V, (1, T))
        targets = torch.randint(2, V, (1, T))
        logits = model(tokens).logits
        loss = torch.nn.functional.cross_entropy(logits[0], targets[0])
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None: p -= p.grad
        # Under the names in memory, which are those of the file but for the head of GPT-NeoX.
        kept = {k: v.contiguous() for k, v in model.state_dict().items()}
        if model.config.tie_word_embeddings: kept.pop("lm_head.weight", None); kept.pop("embed_out.weight", None)
        save_file(kept, folder / "stepped.safetensors", metadata={"format": "pt"})
        (folder / "expected.json").write_text(json.dumps({
            "tokens": tokens[0].tolist(), "targets": targets[0].tolist(), "loss": loss.item(),
            "logits": [round(x, 7) for x in logits[0].flatten().tolist()]}))


def check(ours):
    for name in models:
        folder = pathlib.Path(ours) / name
        if not folder.exists(): print(f"{name}: not saved"); continue
        theirs = t.AutoModelForCausalLM.from_pretrained(out / name, attn_implementation="eager").eval()
        model, info = t.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", output_loading_info=True)
        problems = {k: v for k, v in info.items() if v}
        tokens = torch.tensor([json.loads((out / name / "expected.json").read_text())["tokens"]])
        with torch.no_grad():
            difference = (model.eval()(tokens).logits - theirs(tokens).logits).abs().max().item()
        print(f"{name}: {model.config.model_type}, {difference:.1e}", problems or "")


if len(sys.argv) > 1: check(sys.argv[2])
else: write()
