"""Writes the files of TorchFileTest and SafetensorsTypesTest beside itself. Needs torch and safetensors."""
import collections, pathlib, torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(1)


def state():
    """Views of many kinds, by the names that the tests use."""
    shared = torch.randn(6, 4)
    tensors = collections.OrderedDict(
        plain=torch.randn(3, 5),
        transposed=torch.randn(5, 3).t(),
        permuted=torch.randn(2, 3, 4).permute(2, 0, 1),
        shared=shared,
        rows=shared[2:5],
        column=shared[:, 1],
        corner=shared[1:3, 2:],
        every_other=shared[::2, ::3],
        scalar=torch.tensor(0.75),
        empty=torch.zeros(0, 3),
        ones_axes=torch.randn(1, 4, 1),
        half=torch.tensor([1.0, -0.5, 65504.0, 2**-14, 2**-24, float("inf"), -0.0], dtype=torch.float16),
        bfloat=torch.tensor([1.0, -0.5, 3e38, 1e-40, float("-inf"), -0.0], dtype=torch.bfloat16),
        double=torch.tensor([1.0, 1e-50, 1e300, 0.1, -7.25], dtype=torch.float64),
        parameter=torch.nn.Parameter(torch.randn(2, 2)),
        ids=torch.arange(4),
        flags=torch.tensor([True, False]),
    )
    tensors["expanded"] = torch.ones(1).expand(7)
    tensors._metadata = {"": {"version": 1}}      # as state_dict() sets it
    return tensors


content = state()
expected = {k: v.detach().float().contiguous() for k, v in content.items() if v.is_floating_point() and k != "expanded"}
save_file({k: v.clone() for k, v in expected.items()}, here / "expected.safetensors")
torch.save(content, here / "zip.pth")
torch.save(content, here / "legacy.pth", _use_new_zipfile_serialization=False)
torch.save(content, here / "protocol4.pth", pickle_protocol=4)

model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
optimizer = torch.optim.AdamW(model.parameters())
model(torch.randn(4, 3)).sum().backward(); optimizer.step()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "iter_num": 7, "best_val_loss": torch.tensor(1.5),
            "config": {"device": "cpu", "betas": (0.9, 0.95), "huge": 1 << 70, "none": None, "compile": True},
            "device": torch.device("cpu"), "shape": torch.Size([2, 3])}, here / "checkpoint.pt")

floats = torch.tensor([1.0, -0.5, 2**-9, 240.0, -0.0, 0.0])
save_file({"F64": floats.double(), "F32": floats, "F16": floats.half(), "BF16": floats.bfloat16(),
           "F8_E4M3": floats.to(torch.float8_e4m3fn), "F8_E5M2": floats.to(torch.float8_e5m2)}, here / "floats.safetensors")
whole = torch.tensor([0, 1, 100, 127])
save_file({"I64": whole - 2**40, "I32": (whole - 70000).int(), "I16": (whole - 300).short(), "I8": (-whole).to(torch.int8),
           "U64": whole.to(torch.uint64), "U32": (whole + 2**31).to(torch.uint32), "U16": (whole + 2**15).to(torch.uint16),
           "U8": (whole + 128).to(torch.uint8), "BOOL": whole > 50}, here / "integers.safetensors")
