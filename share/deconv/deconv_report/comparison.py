# SPDX-License-Identifier: Apache-2.0
"""Ours against the others, layer by layer, at one thread count."""
import math
from typing import NamedTuple

from .measurements import PeerRow, Row

LAYOUTS = {"both layouts": None, "channels first alone": ("nchw",)}
NOT_PEERS = ("naive",)  # the definition: nobody would choose it
TIE = 0.95  # medians of a shared machine differ by a few per cent from run to run


class Comparison(NamedTuple):
    ours: Row    # in the faster layout
    peers: dict  # PeerRow by name: the faster one of its layouts

    @property
    def best(self):
        """The fastest peer's row, or None."""
        return min(self.peers.values(), key=lambda row: row.ms, default=None)

    def ratio_to(self, peer):
        return self.peers[peer].ms / self.ours.ms

    @property
    def ratio(self):
        """The fastest peer's time over ours; above 1 we are faster. None without peers."""
        return self.best.ms / self.ours.ms if self.peers else None

    @property
    def verdict(self):
        """Of a layer that is lost: "tie" where the intervals of both medians meet or 5 % part them, else "slower"."""
        if self.ratio >= TIE:
            return "tie"
        a, b = self.ours.interval, self.best.interval
        return "tie" if a and b and a[0] <= b[1] and b[0] <= a[1] else "slower"


def default_variant(bench):
    return "highway" if "highway" in bench.variants else bench.variants[0]


def backends_as_peers(bench, variant):
    """Rows of other backends that the same files hold, as rows of peers: {name: title}, rows."""
    ours = {row.backend for row in bench.rows if row.variant == variant}
    others = [row for row in bench.rows if row.backend not in (*ours, *NOT_PEERS)]
    versions = {}
    for context in bench.contexts:
        versions.update({b.text("name"): b.text("version", "") for b in context.objects("backends")})
    titles = {row.variant: f"{'oneDNN' if row.backend == 'onednn' else row.backend} {versions.get(row.backend, '')}".strip()
              + row.variant.removeprefix(row.backend).replace(":", " ") for row in others}
    return titles, [PeerRow(row.layer, row.variant, row.layout, row.threads, row.ms, row.interval, row.error) for row in others]


def compare(bench, variant, peer_rows, threads, layouts=None):
    """In the order in which the files have the layers. `layouts`: those that count, None for all."""
    def counts(row):
        return row.threads == threads and (layouts is None or row.layout in layouts)
    found = {}
    for row in bench.rows:
        if row.variant == variant and counts(row):
            if row.layer not in found or row.ms < found[row.layer].ours.ms:
                found[row.layer] = Comparison(row, {})
    for row in peer_rows:
        if row.layer in found and counts(row):
            known = found[row.layer].peers
            if row.peer not in known or row.ms < known[row.peer].ms:
                known[row.peer] = row
    return list(found.values())


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan
