"""Writes the folders of WeightsImportTest into huggingface/ beside itself. Needs torch and transformers (5.x)."""
import json, pathlib, torch
from transformers import (GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM,
                          Qwen2Config, Qwen2ForCausalLM)

out = pathlib.Path(__file__).parent / "huggingface"
torch.manual_seed(3)
V, T = 29, 12
ids = dict(bos_token_id=None, eos_token_id=None)
common = dict(vocab_size=V, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
              max_position_embeddings=T)
models = {
    "gpt2": GPT2LMHeadModel(GPT2Config(vocab_size=V, n_positions=T, n_embd=16, n_layer=2, n_head=4, **ids)),
    "llama": LlamaForCausalLM(LlamaConfig(num_key_value_heads=2, attention_bias=True, **common, **ids)),
    "mistral": MistralForCausalLM(MistralConfig(num_key_value_heads=1, sliding_window=5, **common, **ids)),
    "qwen2": Qwen2ForCausalLM(Qwen2Config(num_key_value_heads=2, tie_word_embeddings=True, **common,
                                          rope_parameters={"rope_type": "default", "rope_theta": 1e6})),
}
tokens = torch.randint(0, V, (1, T))
for name, model in models.items():
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.3) if p.ndim > 1 else p.data.add_(torch.randn_like(p) * 0.2)
    folder = out / name
    if name == "mistral":                       # rounded, then computed in float32 as everything here
        for p in model.parameters(): p.data = p.data.bfloat16().float()
    model.eval()
    with torch.no_grad():
        logits = model(tokens).logits[0, -1]
    if name == "mistral": model = model.bfloat16()
    model.save_pretrained(folder, max_shard_size="4KB" if name == "qwen2" else "1GB")
    (folder / "generation_config.json").unlink(missing_ok=True)
    if name == "gpt2":                          # as transformers saved it for years: a pickle with masks and the tied head
        (folder / "model.safetensors").unlink()
        state = model.state_dict()
        for i in range(2):
            state[f"transformer.h.{i}.attn.bias"] = torch.tril(torch.ones(T, T, dtype=torch.uint8))[None, None]
            state[f"transformer.h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
        torch.save(state, folder / "pytorch_model.bin")
    (folder / "expected.json").write_text(json.dumps({"tokens": tokens[0].tolist(), "logits": [round(x, 6) for x in logits.tolist()]}))
