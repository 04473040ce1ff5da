#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How near deconv.tune comes to the best: each layer is tuned, then every candidate is forced and timed at length, by turns.

    benchmarks/tuning_regret.py --every 5 --layouts NCHW,NHWC --threads 2

The median, over rounds, of the tuned choice's time over the best candidate's, and of the library's own choice's, layer by layer; needs the Python package. A second process
makes each layer from the tuning file, and must get the same choice.
"""
import argparse
import csv
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import deconv
import numpy as np

ZOO = pathlib.Path(__file__).with_name("zoo.csv")
ROUNDS, SAMPLE_SECONDS, HOPELESS = 15, 0.01, 3.0


def layers(every: int, first: int, last: int):
    with ZOO.open() as file:
        rows = list(csv.DictReader(file))[:100]  # the models' layers
    for row in rows[::every][first:last]:
        axes = "dhw"[3 - int(row["rank"]):]

        def of(name: str) -> list[int]:
            return [int(row[f"{name}_{axis}"]) for axis in axes]

        channels = int(row["in_channels"])
        weights = (channels, int(row["out_channels"]) // int(row["groups"]), *of("kernel"))
        yield row["layer"], int(row["batch"]), channels, of("in"), weights, {
            "stride": of("stride"), "padding": list(zip(of("pad_begin"), of("pad_end"))), "output_padding": of("output_padding"),
            "dilation": of("dilation"), "groups": int(row["groups"])}


def aligned(shape) -> np.ndarray:
    """At a cache line, as deconv.tune's tensors and those of engines are. NumPy's own large arrays begin 16 bytes behind one, where no output is stored past the caches."""
    count = math.prod(shape) * 4
    memory = np.empty(count + 64, np.uint8)
    begin = -memory.ctypes.data % 64
    return memory[begin:begin + count].view(np.float32).reshape(shape)


def seconds_of_runs(plan, x, y, count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        plan.run_at(x.ctypes.data, y.ctypes.data)
    return (time.perf_counter() - begin) / count


def exhaustive(candidates, weights, x, arguments) -> dict[str, list[float]]:
    """Seconds of each candidate in fifteen rounds, by turns, each after a run that is not timed. Above three times the best: two rounds."""
    plans = {}
    for candidate in candidates:
        layer = deconv.ConvTranspose(weights, backend=candidate.backend, algorithm=candidate.algorithm, **arguments)
        plans[str(candidate)] = layer.plan(x.shape)
    y = aligned(next(iter(plans.values())).out_shape)
    times: dict[str, list[float]] = {name: [] for name in plans}
    for turn in range(ROUNDS):
        best = min((min(t) for t in times.values() if t), default=math.inf)
        for name, plan in plans.items():
            if turn >= 2 and min(times[name]) > HOPELESS * best:
                continue
            once = seconds_of_runs(plan, x, y, 1)
            times[name].append(seconds_of_runs(plan, x, y, max(1, int(SAMPLE_SECONDS / once))))
    return times


def regret(times: dict[str, list[float]], name: str) -> float:
    """How many times as long as the best: round by round, as what disturbs a round disturbs all of it."""
    return max(statistics.median(own / other for own, other in zip(times[name], others)) for others in times.values())


def choice_of_another_process(path: str, shape, arguments) -> str:
    code = f"import deconv; print(deconv.explain({shape!r}, **{arguments!r}))"
    run = subprocess.run([sys.executable, "-c", code], env={**os.environ, "DECONV_TUNING_FILE": path}, capture_output=True, text=True, check=True)
    (line,) = (line for line in run.stdout.splitlines() if ": chosen, tuned: " in line)
    return line.partition(":")[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=5, help="every n-th layer of the zoo (5: twenty layers)")
    parser.add_argument("--first", type=int, default=0, help="of those, from this one on")
    parser.add_argument("--last", type=int, default=100, help="and to the one before this")
    parser.add_argument("--layouts", default="NCHW,NHWC")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0, help="of deconv.tune for each layer")
    args = parser.parse_args()
    regrets, own = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tuning")
        for name, batch, channels, extents, weights_shape, arguments in layers(args.every, args.first, args.last):
            for word in args.layouts.split(","):
                layout = "channels_last" if word == "NHWC" else "channels_first"
                shape = (batch, *extents, channels) if word == "NHWC" else (batch, channels, *extents)
                arguments.update(layout=layout, expected_shape=shape, threads=args.threads)
                rng = np.random.default_rng(0)
                weights = rng.uniform(-1, 1, weights_shape).astype(np.float32)
                x = aligned(shape)
                x[:] = rng.uniform(-1, 1, shape)
                begin = time.perf_counter()
                found = deconv.tune(weights, file=path, seconds=args.seconds, **arguments)
                took = time.perf_counter() - begin
                deconv.clear_tuning()
                assert choice_of_another_process(path, weights_shape, arguments) == str(found.chosen)
                times = exhaustive([c for c in found.candidates if c.rounds], weights, x, arguments)
                medians = {name: statistics.median(t) for name, t in times.items()}
                regrets.append(regret(times, str(found.chosen)))
                own.append(regret(times, str(found.untuned)))
                print(f"{name:28} {word} {regrets[-1]:.3f} tuned {own[-1]:.3f} own  {found.chosen} ({medians[str(found.chosen)] * 1e3:.4g} ms), "
                      f"best {min(medians, key=medians.get)}, own {found.untuned}, tuned in {took:.1f} s", flush=True)
    for what, values in (("tuned", regrets), ("own choice", own)):
        mean = math.exp(statistics.fmean(math.log(value) for value in values))
        print(f"{what}: geometric mean {mean:.4f}, worst {max(values):.3f}, above 1.03: {sum(value > 1.03 for value in values)} of {len(values)}")


if __name__ == "__main__":
    main()
