# SPDX-License-Identifier: Apache-2.0
"""Times other libraries' transposed convolution on the layers of a zoo file, each verified against the definition in float64.

    benchmarks/peers/run --out peers.json [--threads 1,2] [--peers torch,ort] [--zoo FILE] [--layers a,b] [--part I/N] [--seconds S]

Peers: torch, torch_cl (channels_last), ort (ONNX Runtime), openvino, ncnn, litert, jax. Each has a process of its own; a layer's peers are
timed in turn, in rounds, but who takes five times as long as the fastest. Weights are constants, prepared beforehand; the median of all
samples counts. What a peer cannot run, gets wrong or does not survive is recorded with the reason. With fewer threads than CPUs all is pinned to the first CPUs of those allowed.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import sys
import tempfile
import time

import numpy
from zoo_layers import data, read_layers
from process import PeerProcess
from definition import reference
from statistics_of_samples import summary
from worker import all_peers, versions

ZOO = pathlib.Path(__file__).resolve().parents[1] / "zoo.csv"
ROUNDS = 4
HOPELESS = 5  # times the fastest peer's time in a first warm run: that run is its only sample. JAX takes 4 minutes where others take seconds
PAUSE = 0.02  # seconds: threads of the peer measured before still spin for some milliseconds and take a core


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=pathlib.Path, help="JSON file to write; written anew after every layer")
    parser.add_argument("--threads", default="1", help="numbers, with commas between")
    parser.add_argument("--peers", default=",".join(all_peers()), help="names, with commas between")
    parser.add_argument("--zoo", type=pathlib.Path, default=ZOO)
    parser.add_argument("--layers", default="", help="names, with commas between; all by default")
    parser.add_argument("--part", default="1/1", help="I/N: every N-th layer, from the I-th")
    parser.add_argument("--seconds", type=float, default=0.4, help=f"measured for each peer and layer, in {ROUNDS} rounds")
    options = parser.parse_args()
    options.threads = [int(number) for number in options.threads.split(",")]
    options.peers = options.peers.split(",")
    options.part = tuple(map(int, options.part.split("/")))
    if min(options.threads) < 1 or not 1 <= options.part[0] <= options.part[1]:
        parser.error("--threads must be positive, --part I/N with 1 <= I <= N")
    for name in options.peers:
        if name not in all_peers():
            parser.error(f"--peers: {name} is none of {', '.join(all_peers())}")
    return options


def context(options):
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "arguments": sys.argv[1:], "cpu": cpu_model(),
            "cpus": os.cpu_count(), "affinity": sorted(os.sched_getaffinity(0)), "python": platform.python_version(), "rounds": ROUNDS,
            "peers": versions(options.peers)}


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def measure(layer, processes, threads, seconds):
    """A row for each peer."""
    rows = {process.name: {"layer": layer.name, "peer": process.name, "threads": threads} for process in processes}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        save(layer, folder)
        for process in processes:
            rows[process.name].update(process.ask("prepare", layer, folder))
    warm = {name: row.pop("warm_ms") for name, row in rows.items() if "error" not in row}
    samples = {name: [ms] if ms > HOPELESS * min(warm.values()) else [] for name, ms in warm.items()}
    measured = {name for name, values in samples.items() if not values}
    for _ in range(ROUNDS):
        for process in processes:
            if process.name in measured:
                time.sleep(PAUSE)
                answer = process.ask("measure", seconds / ROUNDS)
                if isinstance(answer, dict):
                    rows[process.name].update(answer)
                    del samples[process.name]
                    measured.remove(process.name)
                else:
                    samples[process.name] += answer
    for name, values in samples.items():
        rows[name].update(summary(values))
    return list(rows.values())


def save(layer, folder):
    x, weights, bias = data(layer)
    exact, bound = reference(layer, x, weights, bias)
    for name, array in {"x": x, "weights": weights, "bias": bias, "exact": exact, "bound": bound}.items():
        if array is not None:
            numpy.save(folder / f"{name}.npy", array)


def tell(place, row):
    figures = row["error"] if "error" in row else f"{row['median_ms']:10.3f} ms   {100 * row['error_of_bound']:5.2f} % of the error bound"
    print(f"{place} {row['layer']:36} {row['peer']:9} t{row['threads']} {figures}", file=sys.stderr, flush=True)


def main():
    options = arguments()
    layers, rows, head = read_layers(options.zoo, tuple(filter(None, options.layers.split(","))), options.part), [], context(options)
    allowed = sorted(os.sched_getaffinity(0))
    for threads in options.threads:
        os.sched_setaffinity(0, allowed[:threads])  # the peers' processes inherit it
        processes = [PeerProcess(name, threads) for name in options.peers]
        for count, layer in enumerate(layers, 1):
            for row in measure(layer, processes, threads, options.seconds):
                tell(f"[{count}/{len(layers)}]", row)
                rows.append(row)
            write(options.out, {"schema": "deconv-peers-1", "context": head, "rows": rows})
        for process in processes:
            process.close()


def write(path, content):
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=1) + "\n")
    part.replace(path)


if __name__ == "__main__":
    main()
