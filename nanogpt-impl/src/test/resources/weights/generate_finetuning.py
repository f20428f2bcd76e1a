"""Writes finetuning/ beside itself: the losses of ten steps of AdamW from the weights of families/, of all weights in PyTorch and of
adapters with PEFT. NAME.json has the text, the losses and, with an adapter, the logits after the last step; NAME/initial and
NAME/trained are the adapters as PEFT saves them. Needs torch, transformers (5.x), peft (0.21) and safetensors.

`python generate_finetuning.py check OURS` instead loads each OURS/NAME, an adapter that this library saved, with PEFT onto families/NAME,
and prints the largest difference of its logits from those in OURS/NAME.json."""
import json, pathlib, sys, torch, transformers as t, peft

here = pathlib.Path(__file__).parent
out = here / "finetuning"
V, T, B, STEPS = 23, 14, 2, 10

full = ["gpt2-gelu", "llama-llama3", "qwen3", "gpt-neox"]
adapters = {
    "gpt2-gelu": dict(r=8, lora_alpha=16, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True),
    "llama-llama3": dict(r=8, lora_alpha=16, use_rslora=True, target_modules=["q_proj", "v_proj", "down_proj"]),
    "gpt-neox": dict(r=8, lora_alpha=8, target_modules="all-linear"),
}


def model(name):
    return t.AutoModelForCausalLM.from_pretrained(here / "families" / name, attn_implementation="eager").train()


def text():
    torch.manual_seed(7)
    return torch.randint(2, V, (B * STEPS * T + 1,))


def steps(net):
    stream, losses = text(), []
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=3e-3, betas=(0.9, 0.999), weight_decay=0.1)
    for step in range(STEPS):
        at = step * B * T
        inputs = stream[at:at + B * T].view(B, T)
        targets = stream[at + 1:at + B * T + 1].view(B, T)
        loss = torch.nn.functional.cross_entropy(net(input_ids=inputs).logits.view(-1, V), targets.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def logits(net):
    with torch.no_grad():
        return [round(x, 7) for x in net.eval()(input_ids=text()[None, :T]).logits[0, -1].tolist()]


def save(net, folder):
    net.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    (folder / "adapter_model.safetensors").chmod(0o644)
    config = folder / "adapter_config.json"
    values = json.loads(config.read_text())
    config.write_text(json.dumps({**values, "base_model_name_or_path": folder.parent.name,
                                  "target_modules": sorted(values["target_modules"])}, indent=2))


def write():
    out.mkdir(exist_ok=True)
    for name in full:
        (out / f"{name}.full.json").write_text(json.dumps({"tokens": text().tolist(), "losses": steps(model(name))}))
    for name, options in adapters.items():
        torch.manual_seed(3)
        # Random matrices, both of which have gradients from the first step on.
        net = peft.get_peft_model(model(name), peft.LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, **options))
        save(net, out / name / "initial")
        before = logits(net)
        losses = steps(net.train())
        save(net, out / name / "trained")
        (out / f"{name}.lora.json").write_text(
            json.dumps({"tokens": text().tolist(), "losses": losses, "initialLogits": before, "logits": logits(net)}))


def check(ours):
    for name in adapters:
        net = peft.PeftModel.from_pretrained(model(name), ours / name)
        expected = torch.tensor(json.loads((ours / f"{name}.json").read_text()))
        print(f"{name}: {(torch.tensor(logits(net)) - expected).abs().max().item():.1e}")


if len(sys.argv) > 1: check(pathlib.Path(sys.argv[2]))
else: write()
