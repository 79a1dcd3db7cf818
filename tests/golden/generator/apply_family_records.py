"""Makes apply_families.jsonl: calls of every family's own function that rotates, with random input.

    build/golden-venv/bin/python tests/golden/generator/apply_family_records.py > apply_families.jsonl

Set ATEN_CPU_CAPABILITY=avx2: torch's products of complex numbers depend on its vector code.
"""

import importlib
import json
import platform

import torch
import transformers

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

# Numbers at the ends of each format; they take the place of some random ones.
SPECIAL = {
    "float32": [0.0, -0.0, 1e-40, -3e-39, 3e38, float("inf")],
    "bfloat16": [0.0, -0.0, 1e-40, -3e-39, 3e38, float("inf")],
    "float16": [0.0, -0.0, 6e-8, -3e-6, 60000.0, float("inf")],
}

# How the model's rotary module makes a row of its table from one value for each frequency.
ROWS = {
    "half_split": lambda half: torch.cat((half, half), -1),
    "interleaved": lambda half: half.repeat_interleave(2, -1),
    "compact": lambda half: half,
}

HALF_SPLIT = """afmoe apertus arcee bitnet chameleon csm cwm dbrx diffllama doge dots1 dory emu3 eurobert
    exaone4 exaone_moe falcon falcon_h1 gemma gemma2 gemma3 granite granitemoe jamba jetmoe lfm2 llama
    minimax ministral ministral3 mistral mixtral nemotron olmoe persimmon phimoe qwen2 qwen3 seed_oss
    smollm3 stablelm starcoder2 vaultgemma zamba2 gpt_neox hunyuan_v1_dense phi3 minimax_m2 qwen3_next
    step3p7 laguna bamba zaya recurrent_gemma mimo_v2_flash esm evolla modernbert nanochat helium hy_v4
    minicpm3""".split()


def case(model_type, module=None, **differences):
    """One function. `style` says how it is called, `f32` that its tables are always float32."""
    defaults = {"style": "qk", "row": "half_split", "f32": False, "dim": 16, "h": 8, "seq": 2}
    return {
        "model_type": model_type,
        "module": module or model_type,
        "function": "apply_rotary_pos_emb",
        **defaults,
        **differences,
    }


def cases():
    yield from (case(name) for name in HALF_SPLIT)
    yield case("modernbert-decoder", "modernbert_decoder")
    yield case("hunyuan_vl_text", "hunyuan_vl")
    for name in "beam flex_olmo lfm3 olmo olmo2 olmo3 olmo_hybrid ernie4_5 ernie4_5_moe".split():
        yield case(name, f32=True)
    for name in ("cohere", "cohere2", "cohere2_moe"):
        yield case(name, row="interleaved")
    yield case("blt_patcher", "blt", row="interleaved")
    yield case("ernie4_5_vl_moe_text", "ernie4_5_vl_moe", row="interleaved", f32=True)
    yield case("hy_v4_vl_text", "hy_v4_vl")
    for name in ("glm", "glm4", "moonshine", "moonshine_streaming"):
        yield case(name, dim=24)
    for name in ("glm4v", "glm_ocr"):
        yield case(name + "_text", name, row="interleaved", dim=24)
    for name in ("glm4v_moe", "glm_image", "qwen3_5", "qwen4_exp"):
        yield case(name + "_text", name, dim=24)
    for name in ("qwen2_vl", "qwen3_vl", "paddleocr_vl"):
        yield case(name + "_text", name)
    interleave = {"function": "apply_rotary_pos_emb_interleave"}
    for name in """axk1 axk2 bailing_hybrid deepseek_v3 deepseek_v32 glm4_moe_lite glm_moe_dsa
            longcat_flash mistral4 youtu""".split():
        yield case(name, **interleave)
    for name in ("dots3_note", "mistral_large4"):
        yield case(name + "_text", name, **interleave)
    for name in ("gpt_oss", "openai_privacy_filter"):
        yield case(name, row="compact")
    for name in ("gemma3n", "gemma4", "diffusion_gemma"):
        yield case(name + "_text", name, style="single")
    yield case("deepseek_v4", style="single", row="compact", dim=24)
    yield case("gptj", style="gptj", row="compact")
    yield case("codegen", style="gptj", row="compact", f32=True)
    complex_numbers = {"function": "apply_rotary_emb", "row": "compact", "f32": True}
    for h, seq in ((8, 2), (4, 3), (3, 5), (1, 7), (5, 9), (1, 3), (7, 2)):
        shape = {"h": h, "dim": 2 * h, "seq": seq}
        yield case("deepseek_v2", style="complex_bhsd", **complex_numbers, **shape)
    yield case("llama4_text", "llama4", style="complex_bshd", **complex_numbers)


def rotate(function, style, q, k, cos, sin):
    """Calls the function as the model's attention does."""
    if style == "qk":
        return function(q, k, cos, sin)
    if style == "single":
        return function(q, cos, sin), function(k, cos, sin)
    if style == "gptj":
        return gptj(function, q, cos, sin), gptj(function, k, cos, sin)
    numbers = torch.complex(cos, sin)
    if style == "complex_bhsd":
        return function(q, k, numbers)
    rotated = function(q.transpose(1, 2), k.transpose(1, 2), numbers)
    return [tensor.transpose(1, 2) for tensor in rotated]


def gptj(function, tensor, cos, sin):
    """The caller takes the rotated channels out, and its tensors are [batch, seq, heads, dim]."""
    width = 2 * cos.shape[-1]
    rotated = function(tensor[..., :width].transpose(1, 2), sin, cos).transpose(1, 2)
    rest = tensor[..., width:].to(rotated.dtype)
    return torch.cat((rotated, rest), -1).to(tensor.dtype)


def recorded(tensor):
    tensor = tensor.detach().contiguous()
    integers, digits = (torch.int32, 8) if tensor.dtype == torch.float32 else (torch.int16, 4)
    mask = 16**digits - 1
    return {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "bits": [f"{v & mask:0{digits}x}" for v in tensor.view(integers).flatten().tolist()],
    }


def record_of(given, dtype_name, seed):
    module = f"modeling_{given['module']}"
    path = f"transformers.models.{given['module']}.{module}"
    function = getattr(importlib.import_module(path), given["function"])
    generator = torch.Generator().manual_seed(seed)
    dtype = DTYPES[dtype_name]
    q = torch.randn(1, 2, given["seq"], given["dim"], generator=generator).to(dtype)
    k = torch.randn(1, 1, given["seq"], given["dim"], generator=generator).to(dtype)
    if given["dim"] >= 16:
        q[0, 1, 1, 3:9] = torch.tensor(SPECIAL[dtype_name]).to(dtype)
    angles = 100 * torch.rand(1, given["seq"], given["h"], generator=generator)
    table_dtype = torch.float32 if given["f32"] else dtype
    row = ROWS[given["row"]]
    cos, sin = row(angles.cos()).to(table_dtype), row(angles.sin()).to(table_dtype)
    with torch.no_grad():
        q_out, k_out = rotate(function, given["style"], q, k, cos, sin)
    tensors = {"cos": cos, "sin": sin, "q": q, "k": k}
    tensors |= {"q_out": q_out.to(dtype), "k_out": k_out.to(dtype)}
    return {
        "id": f"{given['model_type']}-{given['seq']}x{given['h']}/{dtype_name}",
        "model_type": given["model_type"],
        "style": given["style"],
        "function": f"{module}.{given['function']}",
        **{name: recorded(tensor) for name, tensor in tensors.items()},
    }


def main():
    torch.set_num_threads(1)
    provenance = {
        "provenance": "apply_families",
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "aten_cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "omp_threads": torch.get_num_threads(),
        "generator": "apply_family_records.py",
    }
    print(json.dumps(provenance))
    for seed, given in enumerate(cases()):
        for dtype_name in DTYPES:
            print(json.dumps(record_of(given, dtype_name, seed), separators=(",", ":")))


if __name__ == "__main__":
    main()
