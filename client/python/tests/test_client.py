"""The client against the real server. What is expected comes from ropectl or from the files."""

import json
import multiprocessing
import pathlib
import threading

import numpy as np
import pytest
from conftest import ROOT, ropectl, start

import rope_service

EXAMPLES = ROOT / "client/examples"


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("layout", ["half_split", "interleaved", "compact", "packed", "pairs"])
def test_tables_are_those_of_ropectl(client, tmp_path, dtype, layout):
    ropectl("table", "--local", "--config", "llama-3.1-8b", "--positions", "5:1005",
            "--dtype", dtype, "--layout", layout, "--out", "x.npz", cwd=tmp_path)
    expected = np.load(tmp_path / "x.npz")
    table = client.table("llama-3.1-8b", range(5, 1005), dtype=dtype, layout=layout)
    assert set(table.tensors) == set(expected.files) - {"metadata"}
    for name, array in table.tensors.items():
        assert array.tobytes() == expected[name].tobytes()
        assert array.shape == expected[name].shape
    assert table.config_id == json.loads(str(expected["metadata"]))["config_id"]


def test_frequencies_are_those_of_ropectl(client):
    file = EXAMPLES / "qwen2.5-7b-yarn.config.json"
    expected = json.loads(ropectl("freqs", "--local", "--json", "--config", str(file)))
    (one,) = client.frequencies(file)
    bits = [f"0x{value:08x}" for value in one.inv_freq.view(np.uint32)]
    assert bits == expected["inv_freq_bits"]
    assert one.attention_factor == expected["attention_factor"]
    assert [f.layer_type for f in client.frequencies("gemma-3-4b")] == [
        "full_attention", "sliding_attention"]


def test_configurations_in_every_form(client, tmp_path):
    text = (EXAMPLES / "llama-3.1-8b.config.json").read_text()
    (tmp_path / "config.json").write_text(text)

    class PretrainedConfig:
        def to_json_string(self, use_diff):
            assert not use_diff
            return text

    forms = [text, json.loads(text), tmp_path, str(tmp_path), tmp_path / "config.json",
             "llama-3.1-8b", "preset:llama-3.1-8b", PretrainedConfig()]
    assert len({client.frequencies(form)[0].config_id for form in forms}) == 1
    with pytest.raises(FileNotFoundError):
        client.frequencies("no/such/config.json")
    with pytest.raises(TypeError):
        client.frequencies(5)


def test_positions_in_every_form(client):
    rows = client.table("llama-3.1-8b", range(100)).cos
    picked = client.table("llama-3.1-8b", np.array([[3, 1], [99, 3]])).cos
    assert picked.shape == (2, 2, 128)
    assert picked.tobytes() == rows[[3, 1, 99, 3]].tobytes()
    assert client.table("llama-3.1-8b", range(10, 0, -3)).cos.tobytes() == rows[10:0:-3].tobytes()
    assert client.table("llama-3.1-8b", [0.5]).cos.shape == (1, 128)
    axes = np.stack([np.arange(4)] * 3)
    assert client.table("qwen2-vl-7b", axes, axes=3).header.position_axes == 3
    for wrong in ([], ["a"]):
        with pytest.raises(ValueError):
            client.table("llama-3.1-8b", wrong)


def test_arrays_of_the_caller_are_filled(client):
    out = {"cos": np.zeros((8, 128), np.float32), "sin": np.zeros((8, 128), np.float32)}
    table = client.table("llama-3.1-8b", range(8), out=out)
    assert table.cos is out["cos"]
    assert out["cos"][0, 0] == 1.0
    with pytest.raises(ValueError, match="shape"):
        client.table("llama-3.1-8b", range(9), out=out)


@pytest.mark.parametrize("dialect", ["transformers", "transformers@5.24.0", "vllm", "sglang"])
def test_dialects(client, dialect):
    table = client.table("qwen2.5-7b-yarn", range(4), dialect=dialect)
    has_dialect = not dialect.startswith("transformers")
    assert table.header.resolution.HasField("dialect") == has_dialect


@pytest.mark.parametrize("config", ["llama-3.1-8b", "qwen2.5-7b-yarn"])
def test_without_the_factor(client, config):
    one, other = (client.table(config, range(9), omit_attention_factor=omit)
                  for omit in (False, True))
    assert other.cos[0, 0] == 1.0
    assert one.cos[0, 0] == np.float32(one.attention_factor)


def test_a_refusal_has_findings(client):
    with pytest.raises(rope_service.RopeError) as caught:
        client.table({"model_type": "llama", "rope_theta": "10000"}, range(3))
    assert caught.value.code == "INVALID_ARGUMENT"
    assert "ROPE-E007" in [finding.code for finding in caught.value.findings]
    result = client.validate(EXAMPLES / "broken/number-in-quotes.config.json")
    assert not result.valid
    assert result.findings[0].fix == {"rope_theta": 10000.0}
    assert client.validate("llama-3.1-8b").rope_parameters["rope_type"] == "llama3"
    with pytest.raises(ValueError, match="float32"):
        client.table("llama-3.1-8b", range(3), dtype="float8")


def test_presets_and_the_server(client):
    assert {"llama-3.1-8b", "gpt-oss-20b"} <= {preset.name for preset in client.presets()}
    assert client.server_info().version


def test_threads_and_a_fork(client):
    expected = client.table("llama-3.1-8b", range(64)).cos.tobytes()
    results = []
    threads = [
        threading.Thread(
            target=lambda: results.append(client.table("llama-3.1-8b", range(64)).cos.tobytes()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def _fetch(address, queue):
    queue.put(rope_service.connect(address).table("llama-3.1-8b", range(4)).config_id)


def test_another_process(address):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_fetch, args=(address, queue))
    process.start()
    assert queue.get(timeout=60).startswith("rope1-")
    process.join()


def test_a_unix_socket(tmp_path):
    socket = pathlib.Path(tmp_path) / "s"
    process, where = start(f"unix:{socket}")
    try:
        assert rope_service.connect(where).table("llama-3.1-8b", range(4)).cos.shape == (4, 128)
    finally:
        process.kill()
        process.wait()


def test_frequencies_from_elsewhere(client):
    (own,) = client.frequencies("llama-3.1-8b")
    given = client.table("llama-3.1-8b", range(50), inv_freq=own.inv_freq.tolist())
    assert given.cos.tobytes() == client.table("llama-3.1-8b", range(50)).cos.tobytes()
    (halved,) = client.frequencies("llama-3.1-8b", lane_scale=[0.5] * 64)
    assert (halved.inv_freq == own.inv_freq / 2).all()
    (narrow,) = client.frequencies("llama-3.1-8b", window=(64, 64))
    assert narrow.rotary_dim == 64
