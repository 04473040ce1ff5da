# SPDX-License-Identifier: Apache-2.0
"""benchmarks/peers: the reference against PyTorch in float64, each installed peer on small layers, wrong and dying peers, the JSON."""
import importlib.util
import json
import pathlib
import subprocess
import sys

import numpy
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "benchmarks/peers"
sys.path.insert(0, str(PEERS))
from zoo_layers import Layer, data, read_layers  # noqa: E402
from process import PeerProcess  # noqa: E402
from definition import Wrong, compare, reference  # noqa: E402
from main import HOPELESS, ROUNDS, measure  # noqa: E402
from statistics_of_samples import summary  # noqa: E402
from worker import all_peers  # noqa: E402


def small(name, extent, kernel, stride, pad_begin, pad_end, output_padding=None, dilation=None, channels=(6, 4), groups=1, batch=2):
    rank = len(extent)
    output_padding, dilation = output_padding or (0,) * rank, dilation or (1,) * rank
    out = tuple((i - 1) * s + d * (k - 1) + 1 - b - e + o
                for i, s, d, k, b, e, o in zip(extent, stride, dilation, kernel, pad_begin, pad_end, output_padding))
    return Layer(name, batch, groups, *channels, extent, kernel, stride, dilation, pad_begin, pad_end, output_padding, out, True)


LAYERS = [
    small("same", (5, 6), (4, 4), (2, 2), (1, 1), (1, 1)),
    small("valid", (5, 6), (3, 2), (2, 2), (0, 0), (0, 0)),
    small("more at the begin", (5, 6), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    small("odd outputs", (5, 4), (3, 3), (2, 2), (1, 1), (1, 1)),
    small("a cut", (5, 6), (5, 4), (2, 2), (0, 2), (3, 0)),
    small("groups and dilation", (4, 5), (3, 2), (2, 3), (1, 0), (1, 0), dilation=(2, 1), groups=2),
    small("depthwise", (4, 5), (3, 3), (2, 2), (1, 1), (1, 1), channels=(6, 6), groups=6),
    small("one axis", (9,), (5,), (3,), (1,), (2,)),
    small("three axes", (3, 4, 2), (2, 3, 2), (2, 1, 2), (0, 1, 0), (0, 1, 0)),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_the_reference_is_the_definition(layer):
    x, weights, bias = data(layer)
    exact, bound = reference(layer, x, weights, bias)
    assert exact.shape == bound.shape == layer.dst_shape
    sums = numpy.zeros(layer.dst_shape)
    for place in numpy.ndindex(*layer.extent):
        for tap in numpy.ndindex(*layer.kernel):
            to = [i * s + t * d - b for i, s, t, d, b in zip(place, layer.stride, tap, layer.dilation, layer.pad_begin)]
            if all(0 <= o < most for o, most in zip(to, layer.out)):
                for group in range(layer.groups):
                    ins, outs = (slice(group * n, (group + 1) * n) for n in (layer.in_channels // layer.groups, layer.out_channels // layer.groups))
                    products = x[(slice(None), ins, *place)].astype(float) @ weights[(ins, slice(None), *tap)].astype(float)
                    sums[(slice(None), outs, *to)] += products
    numpy.testing.assert_allclose(exact, sums + bias.reshape(-1, *(1,) * layer.rank), atol=1e-12)
    assert (bound > 0).all() and bound.max() < 1e-3


def installed(peer):
    return importlib.util.find_spec({"ai-edge-litert": "ai_edge_litert"}.get(peer.package, peer.package)) is not None


@pytest.mark.parametrize("name", list(all_peers()))
def test_a_peer_computes_the_layers_or_says_why_not(name, tmp_path):
    if not installed(all_peers()[name]):
        pytest.skip(f"{all_peers()[name].package} is not installed")
    process, answers = PeerProcess(name, 1), {}
    for layer in LAYERS:
        folder = tmp_path / layer.name
        folder.mkdir()
        arrays = [*data(layer), *reference(layer, *data(layer))]
        for array, array_name in zip(arrays, ("x", "weights", "bias", "exact", "bound")):
            numpy.save(folder / f"{array_name}.npy", array)
        answers[layer.name] = process.ask("prepare", layer, folder)
    process.close()
    refused = {layer: answer["error"] for layer, answer in answers.items() if "error" in answer}
    assert all(error.startswith("unsupported: ") for error in refused.values()), refused
    expected = {"torch_cl": {"one axis"}, "litert": {"a cut", "groups and dilation", "depthwise", "one axis", "three axes"}}
    assert set(refused) == expected.get(name, set())


def test_a_wrong_output_is_told():
    exact, bound = reference(LAYERS[0], *data(LAYERS[0]))
    assert compare(exact.astype(numpy.float32), exact, bound)["error_of_bound"] < 1
    for wrong in (exact + 2 * bound, exact[:1], numpy.where(exact == exact.max(), numpy.nan, exact)):
        with pytest.raises(Wrong):
            compare(wrong, exact, bound)


def test_a_peer_that_dies_is_replaced(tmp_path):
    process = PeerProcess("torch", 1)
    assert "the process died with exit code" in process.ask("no_such_method")["error"]
    assert "error" in process.ask("prepare", LAYERS[0], tmp_path)  # no data there, in another process
    process.close()


class MadeUpPeer:
    def __init__(self, name, ms):
        self.name, self.ms, self.measured = name, ms, 0

    def ask(self, method, *_):
        if method == "prepare":
            return {"error": "unsupported: all"} if self.ms is None else {"warm_ms": self.ms}
        self.measured += 1
        return [self.ms]


def test_only_who_may_be_the_fastest_is_measured():
    peers = [MadeUpPeer("fast", 2.0), MadeUpPeer("near", 2.0 * HOPELESS), MadeUpPeer("far", 2.1 * HOPELESS), MadeUpPeer("none", None)]
    rows = {row["peer"]: row for row in measure(LAYERS[0], peers, 1, 0.0)}
    assert [peer.measured for peer in peers] == [ROUNDS, ROUNDS, 0, 0]
    assert (rows["far"]["median_ms"], rows["far"]["samples"], rows["near"]["samples"]) == (2.1 * HOPELESS, 1, ROUNDS)
    assert "median_ms" not in rows["none"] and not any("warm_ms" in row for row in rows.values())


def test_the_interval_of_a_median():
    assert summary([3, 1, 2]) == {"median_ms": 2, "interval_ms": None, "samples": 3}
    assert summary(range(1, 7))["interval_ms"] == [1, 6]  # misses with 2 / 2^6
    rng, hits = numpy.random.default_rng(0), 0
    for _ in range(2000):
        low, high = summary(list(rng.exponential(size=15)))["interval_ms"]
        hits += low <= numpy.log(2) <= high
    assert 0.95 <= hits / 2000 <= 0.975


def test_the_zoo_is_read():
    layers = read_layers(ROOT / "benchmarks/zoo.csv")
    assert len(layers) > 100 and len(read_layers(ROOT / "benchmarks/zoo.csv", (), (2, 10))) in (10, 11)
    assert read_layers(ROOT / "benchmarks/zoo.csv", ("dcgan_g1",))[0].dst_shape == (64, 256, 8, 8)
    with pytest.raises(SystemExit, match="no layer nope"):
        read_layers(ROOT / "benchmarks/zoo.csv", ("nope",))


def test_the_command_writes_its_json(tmp_path):
    if not installed(all_peers()["torch"]):
        pytest.skip("torch is not installed")
    out = tmp_path / "peers.json"
    done = subprocess.run([sys.executable, PEERS / "main.py", "--out", out, "--peers", "torch,torch_cl", "--layers", "pix2pix_inner,hifigan_v1_up0",
                           "--seconds", "0.01"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    content = json.loads(out.read_text())
    assert content["schema"] == "deconv-peers-1" and content["context"]["peers"][0]["version"].startswith("2.")
    rows = {(row["layer"], row["peer"]): row for row in content["rows"]}
    assert len(rows) == 4 and rows["hifigan_v1_up0", "torch_cl"]["error"].startswith("unsupported: channels_last")
    row = rows["pix2pix_inner", "torch"]
    assert row["threads"] == 1 and row["samples"] >= 4 and 0 < row["median_ms"] < 1000 and 0 < row["error_of_bound"] < 1
