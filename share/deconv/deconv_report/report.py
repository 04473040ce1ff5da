# SPDX-License-Identifier: Apache-2.0
"""All that a report shows, from the files."""
from typing import NamedTuple

from . import BadFile, summaries
from .comparison import backends_as_peers, compare, default_variant
from .measurements import Bench, Peers, read_bench, read_peers


class Report(NamedTuple):
    variant: str
    bench: Bench
    peers: Peers
    titles: dict       # of every opponent: other libraries, and other backends of the bench files
    peer_rows: list
    comparisons: dict  # by threads
    drawn: dict        # by threads: {"roofline": path or None, "overview": path or None, "bars": {peer: path}}
    facts: list        # (what, text)


def read(bench_paths, peer_paths, variant=None):
    """Without pictures: `drawn` is empty."""
    bench, peers = read_bench(bench_paths), read_peers(peer_paths)
    variant = variant or default_variant(bench)
    if variant not in bench.variants:
        raise BadFile(f"variant {variant} was not measured; there are {', '.join(bench.variants)}")
    titles, peer_rows = backends_as_peers(bench, variant)
    titles, peer_rows = {**peers.titles, **titles}, peers.rows + peer_rows
    comparisons = {threads: compare(bench, variant, peer_rows, threads) for threads in bench.threads}
    comparisons = {threads: found for threads, found in comparisons.items() if found}
    used = {row.peer for row in peer_rows if row.threads in comparisons}
    titles = {peer: title for peer, title in titles.items() if peer in used}
    facts = summaries.machine(bench, peers, titles)[1]
    return Report(variant, bench, peers, titles, peer_rows, comparisons, {}, facts)
