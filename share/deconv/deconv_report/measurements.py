# SPDX-License-Identifier: Apache-2.0
"""What was measured: rows of `deconv bench --json` and of benchmarks/peers."""
from typing import NamedTuple, Optional

from . import BadFile
from .family import family
from .fields import Fields, read_json

BENCH, PEERS = "deconv-bench-1", "deconv-peers-1"


class Row(NamedTuple):
    """A layer as one variant ran it."""
    layer: str
    shape: str
    family: str
    layout: str
    threads: int
    variant: str
    backend: str
    ran: str                          # what the plan says of itself
    ms: float
    interval: Optional[tuple]         # (low, high) of the median
    gflops: float
    flops: float
    bytes: float
    percent_of_bound: float
    bound_by: str
    error: Optional[float]            # largest error over largest output
    error_of_bound: Optional[float]   # largest share of the documented bound that any error took


class PeerRow(NamedTuple):
    """A layer as another library ran it."""
    layer: str
    peer: str
    layout: str
    threads: int
    ms: float
    interval: Optional[tuple]
    error: Optional[float]


class Roof(NamedTuple):
    flops: float       # FLOP/s
    bandwidths: tuple  # (bytes of the working set, byte/s), ascending


class Bench(NamedTuple):
    contexts: list  # Fields of each file
    rows: list
    declined: list  # (layer, layout, threads, variant, why)
    roofs: dict     # by threads

    @property
    def threads(self):
        return sorted({row.threads for row in self.rows})

    @property
    def variants(self):
        return list(dict.fromkeys(row.variant for row in self.rows))


class Peers(NamedTuple):
    titles: dict  # by peer: "ONNX Runtime 1.32.0"
    rows: list
    failed: list  # (layer, peer, threads, why)
    dates: list


def read_bench(paths):
    """Of rows that stand in several files the last counts."""
    contexts, rows, declined, roofs = [], {}, [], {}
    for path in paths:
        content = Fields(read_json(path, BENCH), path)
        contexts.append(content.object("context"))
        for peak in contexts[-1].objects("peaks"):
            roofs[peak.whole("threads")] = Roof(peak.positive("gflops") * 1e9, tuple(sorted(map(_bandwidth, peak.objects("bandwidth")))))
        for fields in content.objects("rows"):
            if fields.has("error"):
                declined.append((fields.text("layer"), fields.text("layout"), fields.whole("threads"), fields.text("variant"),
                                 fields.text("error", most=200)))
            else:
                row = _row(fields)
                rows[row.layer, row.layout, row.threads, row.variant] = row
    if not rows:
        raise BadFile(f"{', '.join(map(str, paths))}: no row has a time")
    return Bench(contexts, list(rows.values()), declined, roofs)


def _bandwidth(fields):
    return fields.whole("bytes"), max(fields.positive(kind) for kind in ("read_gbs", "copy_gbs", "fill_gbs")) * 1e9


def _row(fields):
    shape = fields.object("shape")
    kind = family(shape.whole("rank"), shape.whole("groups"), shape.whole("in_channels"), shape.whole("out_channels"), shape.wholes("kernel"),
                  shape.wholes("stride"))
    return Row(fields.text("layer"), fields.text("text"), kind, fields.text("layout"), fields.whole("threads"), fields.text("variant"),
               fields.text("backend"), fields.text("description", ""), fields.positive("median_ms"), fields.interval("interval_ms"),
               fields.positive("gflops"), fields.positive("flops"), fields.positive("bytes"), fields.positive("percent_of_bound"),
               fields.text("bound_by", ""), _relative_error(fields), fields.optional("error_of_bound"))


def _relative_error(fields):
    return fields.number("max_error") / fields.positive("max_value") if fields.has("max_error") and fields.has("max_value") else None


def read_peers(paths):
    """Of rows that stand in several files the last counts."""
    titles, layouts, rows, failed, dates = {}, {}, {}, [], []
    for path in paths:
        content = Fields(read_json(path, PEERS), path)
        context = content.object("context")
        dates.append(context.text("date"))
        for peer in context.objects("peers"):
            version = f" {peer.text('version')}" if peer.has("version") else ""
            titles[peer.text("peer")] = peer.text("name") + version
            layouts[peer.text("peer")] = peer.text("layout")
        for fields in content.objects("rows"):
            layer, peer, threads = fields.text("layer"), fields.text("peer"), fields.whole("threads")
            if peer not in titles:
                raise BadFile(f"{path}: peer = {peer} is not in the context's peers")
            if fields.has("error"):
                failed.append((layer, peer, threads, fields.text("error", most=200)))
            else:
                rows[layer, peer, threads] = PeerRow(layer, peer, layouts[peer], threads, fields.positive("median_ms"),
                                                     fields.interval("interval_ms"), _relative_error(fields))
    return Peers(titles, list(rows.values()), failed, dates)
