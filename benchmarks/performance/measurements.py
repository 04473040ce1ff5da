# SPDX-License-Identifier: Apache-2.0
"""Times: ours from deconv_bench's JSON, other libraries' from JSON lines."""
import collections
import csv
import json
import math
import re
import statistics

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
KIB = {"K": 1 << 10, "M": 1 << 20}


class Time:
    """Median of one row's repetitions."""

    def __init__(self, layout, entries):
        seconds = [e["real_time"] * SECONDS[e["time_unit"]] for e in entries]
        self.layout = layout
        self.seconds = statistics.median(seconds)
        self.flops = statistics.median(e["gflops"] * 1e9 * s for e, s in zip(entries, seconds))
        self.bound = statistics.median(e["percent_of_bound"] / 100 * s for e, s in zip(entries, seconds))
        self.bytes = entries[0]["bytes"]

    @property
    def gflops(self):
        return self.flops / self.seconds * 1e-9

    @property
    def percent_of_bound(self):
        return 100 * self.bound / self.seconds


class Ours:
    """All rows of one variant. Several files are several runs: their repetitions are one sample."""

    def __init__(self, paths, variant):
        self.contexts, rows = [], collections.defaultdict(list)
        for path in paths:
            with open(path) as file:
                data = json.load(file)
            self.contexts.append(data["context"])
            for row, entries in repetitions(data["benchmarks"]).items():
                if row[0] == variant:
                    rows[row[1:]] += entries
        if not rows:
            raise SystemExit(f"no row of variant {variant} in {', '.join(paths)}")
        self.times = {(layer, threads, layout): Time(layout, entries) for (layout, threads, layer), entries in rows.items()}
        self.threads = sorted({threads for _, threads, _ in self.times})

    def best(self, layer, threads, layouts=("nchw", "nhwc")):
        times = [self.times[layer, threads, layout] for layout in layouts if (layer, threads, layout) in self.times]
        return min(times, key=lambda time: time.seconds, default=None)


def repetitions(benchmarks):
    """Entries by (variant, layout, threads, layer): the repetitions, or the median where only aggregates were written."""
    runs, medians = collections.defaultdict(list), collections.defaultdict(list)
    for entry in benchmarks:
        variant, layout, threads, layer = entry["run_name"].split("/")[:4]
        if entry.get("error_occurred") or entry.get("skipped"):
            continue
        into = runs if entry["run_type"] == "iteration" else medians if entry["aggregate_name"] == "median" else None
        if into is not None:
            into[variant, layout, int(threads[1:]), layer].append(entry)
    return {**medians, **runs}


class Peers:
    """Lines {"peer", "layer", "threads", "s"}. peers.csv names each peer for readers and says which layout its users have."""

    def __init__(self, paths, description):
        with open(description, newline="") as file:
            self.descriptions = {row["peer"]: row for row in csv.DictReader(file)}
        self.times, self.present = collections.defaultdict(dict), []
        for path in paths:
            with open(path) as file:
                for line in map(json.loads, file):
                    if "s" in line:
                        self._add(line, path, description)

    def _add(self, line, path, description):
        peer = line["peer"]
        if peer not in self.descriptions:
            raise SystemExit(f"{path}: peer {peer} is not described in {description}")
        if peer not in self.present:
            self.present.append(peer)
        times = self.times[line["layer"], line["threads"]]
        times[peer] = min(line["s"], times.get(peer, math.inf))

    def name(self, peer):
        return self.descriptions[peer]["name"]

    def best(self, layer, threads, layouts=("nchw", "nhwc")):
        """(peer, seconds), or None."""
        times = self.times.get((layer, threads), {})
        return min(((p, s) for p, s in times.items() if self.descriptions[p]["layout"] in layouts), key=lambda item: item[1], default=None)


class Roof:
    """The machine's peak in FLOP/s and its bandwidths in byte/s by working set, as deconv_bench tells them in the context."""

    def __init__(self, text):
        peak, bandwidths = text.split(" GFLOP/s; GB/s at ")
        self.flops = float(peak) * 1e9
        self.bandwidths = {int(size) * KIB[unit]: float(rate) * 1e9 for size, unit, rate in re.findall(r"(\d+)([KM]) (\S+)", bandwidths)}


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan
