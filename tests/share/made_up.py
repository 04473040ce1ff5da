# SPDX-License-Identifier: Apache-2.0
"""Made-up measurements of zoo layers, in the formats of `deconv bench --json` and benchmarks/peers."""
import csv
import json
import math
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEAK = 100.0  # GFLOP/s of one thread
PEERS = {"torch": ("PyTorch", "2.13.0", "nchw"), "ort": ("ONNX Runtime", "1.32.0", "nchw"), "litert": ("LiteRT", "2.3.0", "nhwc")}


def zoo(count=None):
    with open(ROOT / "benchmarks/zoo.csv", newline="") as file:
        return list(csv.DictReader(file))[:count]


def axes(row, field):
    return [int(row[f"{field}_{axis}"]) for axis in "dhw"[3 - int(row["rank"]):]]


def shape(row):
    lists = {name: axes(row, name) for name in ("in", "kernel", "stride", "dilation", "pad_begin", "pad_end", "output_padding", "out")}
    return {**{name: int(row[name]) for name in ("rank", "batch", "groups", "in_channels", "out_channels")}, **lists, "bias": row["bias"] == "1"}


def bench_row(row, layout="nchw", threads=1, variant="highway", percent=80.0, **fields):
    flops = 2 * math.prod(axes(row, "in")) * math.prod(axes(row, "kernel")) * int(row["batch"]) * int(row["in_channels"]) * int(row["out_channels"]) // int(row["groups"])
    gflops = PEAK * threads * percent / 100
    ms = flops / gflops * 1e-6
    text = f"{row['in_channels']}->{row['out_channels']} {'x'.join(map(str, axes(row, 'in')))} k{axes(row, 'kernel')[0]} s{axes(row, 'stride')[0]}"
    return {"layer": row["layer"], "problem": "", "text": text, "shape": shape(row), "layout": layout, "threads": threads, "variant": variant,
            "backend": variant.split(":")[0], "algorithm": "phase_gemm", "description": "AVX3/phase_gemm 8x48", "median_ms": ms,
            "interval_ms": [ms * 0.99, ms * 1.01], "gflops": gflops, "flops": flops, "bytes": flops // (1 + len(row["layer"]) ** 2 % 97) + 1, "bound_ms": ms * percent / 100,
            "bound_by": "arithmetic", "percent_of_bound": percent, "max_error": 1e-6, "max_error_bound": 1e-4, "error_of_bound": 0.01, "max_value": 10.0,
            **fields}


def bench(rows, **context):
    peaks = [{"threads": threads, "gflops": PEAK * threads, "bandwidth": [
        {"bytes": 1 << power, "read_gbs": 2000.0 / power * threads, "copy_gbs": 100.0, "fill_gbs": 90.0} for power in (16, 21, 28)]} for threads in (1, 2)]
    return {"schema": "deconv-bench-1", "rows": rows, "context": {
        "date": "2026-01-02T03:04:05Z", "cpu": "Made-up CPU", "isa": "AVX3", "compiler": "g++ 12.2.0", "deconv": "0.1.0", "cache": "warm", "peaks": peaks,
        "backends": [{"name": "highway", "version": "0.1.0"}, {"name": "onednn", "version": "3.2.0"}],
        "noise": {"verdict": "quiet", "text": "quiet: the control loop drifted by 0.8 %"}, **context}}


def peer_row(layer, peer, ms, threads=1, **fields):
    return {"layer": layer, "peer": peer, "threads": threads, "median_ms": ms, "interval_ms": [ms * 0.98, ms * 1.02], "samples": 20, "max_error": 2e-6,
            "max_value": 10.0, "error_of_bound": 0.02, **fields}


def peers(rows, names=PEERS):
    return {"schema": "deconv-peers-1", "rows": rows, "context": {"date": "2026-01-03T00:00:00Z", "cpu": "Made-up CPU", "peers": [
        {"peer": peer, "name": names[peer][0], "version": names[peer][1], "layout": names[peer][2]} for peer in names]}}


def whole_zoo(threads=(1, 2)):
    """Bench and peers of every layer, in the sizes that a real run has."""
    dice, rows, others = random.Random(1), [], []
    for count in threads:
        for row in zoo():
            for layout in ("nchw", "nhwc"):
                rows.append(bench_row(row, layout, count, percent=dice.uniform(30, 150)))
                rows.append(bench_row(row, layout, count, "onednn", percent=dice.uniform(20, 95)))
            best = rows[-4]["median_ms"]
            others += [peer_row(row["layer"], peer, best * dice.lognormvariate(0.7, 0.6), count) for peer in ("torch", "ort")]
            others.append({"layer": row["layer"], "peer": "litert", "threads": count, "error": "unsupported: made up"} if dice.random() < 0.5 else
                          peer_row(row["layer"], "litert", best * dice.uniform(1, 9), count))
    return bench(rows), peers(others)


def write(folder, name, content):
    path = pathlib.Path(folder) / name
    path.write_text(json.dumps(content))
    return path
