# SPDX-License-Identifier: Apache-2.0
"""The pictures of one thread count, as .svg and .png in a folder."""
import re
import zlib

from . import ratios, roofline
from .words import thread_words


def with_pictures(report, folder):
    """The report with its pictures drawn: every thread count's."""
    heading = f"{dict(report.facts).get('cpu', '')}, {report.variant}".strip(", ")
    return report._replace(drawn={threads: _draw(found, report.titles, report.bench.roofs.get(threads), threads, folder, heading)
                                  for threads, found in report.comparisons.items()})


def _draw(comparisons, titles, roof, threads, folder, heading):
    """Returns {what: path of the .svg}; "bars" is {peer: path}. `heading` begins every title."""
    end = f"t{threads}"
    drawn = {"roofline": None, "overview": None, "bars": {}}
    if roof:
        drawn["roofline"] = folder / f"roofline-{end}.svg"
        roofline.draw(comparisons, roof, f"{heading}, {thread_words(threads)}", drawn["roofline"])
    present = [peer for peer in titles if any(peer in c.peers for c in comparisons)]
    if present:
        drawn["overview"] = folder / f"peers-{end}.svg"
        ratios.draw_overview(comparisons, titles, f"{heading}, {thread_words(threads)}", drawn["overview"])
    for peer in present:
        drawn["bars"][peer] = folder / f"bars-{_file_name(peer)}-{end}.svg"
        ratios.draw_bars(comparisons, peer, f"{titles[peer]}, {thread_words(threads)}", drawn["bars"][peer])
    return drawn


def _file_name(peer):
    """With its checksum where letters had to go: no two peers share a file."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", peer)
    return name if name == peer else f"{name}-{zlib.crc32(peer.encode()):08x}"
