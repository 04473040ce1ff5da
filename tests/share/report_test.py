# SPDX-License-Identifier: Apache-2.0
"""share/deconv/report.py on made-up measurements: what a page says, what it escapes, and words for bad files."""
import pathlib
import re
import subprocess
import sys
from html.parser import HTMLParser

import made_up
import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: no report can be drawn")
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "share/deconv/report.py"
EVIL = "<script>alert('x')</script>\"&$a_{b$\x1b"


@pytest.fixture
def made(tmp_path):
    def run(bench, *peers, arguments=(), status=0):
        """The page, or what was said where the status is 1."""
        files = [made_up.write(tmp_path, f"peers{i}.json", content) for i, content in enumerate(peers)]
        words = [made_up.write(tmp_path, "bench.json", bench), *(["--peers", *files] if files else []), "--out", tmp_path / "out", *arguments]
        done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True)
        assert done.returncode == status and "Traceback" not in done.stderr, done.stderr
        return (tmp_path / "out/index.html").read_text() if status == 0 else done.stderr
    return run


class Cells(HTMLParser):
    """Texts of the table cells, and names of all elements."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.elements, self._cell = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self._cell:
            self.rows[-1][-1] += data


def section(page, name):
    return Cells(re.search(rf'<section id="{name}">(.*?)</section>', page, re.DOTALL)[1])


def layers(count=3):
    return made_up.zoo(count)


def test_the_faster_layout_meets_the_fastest_peer(made):
    first, second, _ = layers()
    rows = [made_up.bench_row(first, "nchw", percent=50), made_up.bench_row(first, "nhwc", percent=80), made_up.bench_row(second, percent=40)]
    fast, slow = rows[1]["median_ms"], rows[2]["median_ms"]
    others = [made_up.peer_row(first["layer"], "torch", 3 * fast), made_up.peer_row(first["layer"], "litert", 2 * fast),
              made_up.peer_row(second["layer"], "ort", slow / 2), made_up.peer_row(second["layer"], "torch", slow / 2, threads=2),
              {"layer": second["layer"], "peer": "litert", "threads": 1, "error": "unsupported: no third axis"}]
    page = made(made_up.bench(rows), made_up.peers(others))
    header, *table = section(page, "layers").rows
    found = {row[0]: dict(zip(header, row)) for row in table}
    assert (found[first["layer"]]["ratio"], found[first["layer"]]["best peer"], found[first["layer"]]["layout"]) == ("2.00", "LiteRT 2.3.0", "nhwc")
    assert (found[second["layer"]]["ratio"], found[second["layer"]]["best peer"]) == ("0.50", "ONNX Runtime 1.32.0")
    assert found[first["layer"]]["error"] == "1.0e-07" and found[first["layer"]]["its error"] == "2.0e-07"
    assert section(page, "summary").rows[1][:3] == ["one thread, both layouts", "1.00", "0.50"]
    _, *lost = section(page, "losses").rows
    assert [row[:3] for row in lost] == [[second["layer"], "0.50", "slower"]]
    assert ["LiteRT 2.3.0", second["layer"], "", "1", "unsupported: no third axis"] in section(page, "missing").rows
    facts = dict(section(page, "machine").rows[1:])
    assert facts["date"] == "2026-01-02 and 2026-01-03" and facts["cpu"] == "Made-up CPU" and "PyTorch 2.13.0" in facts["peers"]


def test_ties_are_no_losses(made):
    rows = [made_up.bench_row(row) for row in layers()]
    rows[1]["interval_ms"] = [rows[1]["median_ms"] * 0.8, rows[1]["median_ms"] * 1.01]
    others = [made_up.peer_row(row["layer"], "ort", row["median_ms"] * share) for row, share in zip(rows, (0.96, 0.9, 0.9))]
    _, *lost = section(made(made_up.bench(rows), made_up.peers(others)), "losses").rows
    assert {row[0]: row[2] for row in lost} == {rows[0]["layer"]: "tie", rows[1]["layer"]: "tie", rows[2]["layer"]: "slower"}


def test_another_backend_is_a_peer_and_the_definition_is_none(made):
    row = layers(1)[0]
    rows = [made_up.bench_row(row, variant="highway"), made_up.bench_row(row, variant="highway:strict", percent=70),
            made_up.bench_row(row, variant="onednn", percent=40), made_up.bench_row(row, variant="naive", percent=160)]
    page = made(made_up.bench(rows))
    assert section(page, "layers").rows[1][5:7] == ["2.00", "oneDNN 3.2.0"]
    page = made(made_up.bench(rows), arguments=["--variant", "highway:strict"])
    assert section(page, "layers").rows[1][5:7] == ["1.75", "oneDNN 3.2.0"]


def test_without_peers(made):
    page = made(made_up.bench([made_up.bench_row(row) for row in layers()]))
    assert page.count("No other library was measured.") == 3 and len(section(page, "layers").rows) == 4
    assert page.count("<svg") == 1


def test_pictures_lie_beside_the_page(made, tmp_path):
    rows = [made_up.bench_row(row) for row in layers()]
    made(made_up.bench(rows), made_up.peers([made_up.peer_row(rows[0]["layer"], "ort", 1.0)]))
    for name in ("roofline-t1", "peers-t1", "bars-ort-t1"):
        assert (tmp_path / f"out/{name}.svg").read_text().startswith("<?xml") and (tmp_path / f"out/{name}.png").read_bytes()[:4] == b"\x89PNG"


def test_the_page_needs_no_other_file(made):
    page = made(*made_up.whole_zoo(threads=(1,)))
    links = re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?([^"\')\s>]+)', page)
    assert links and all(link.startswith("#") for link in links)
    assert "@import" not in page and set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_names_are_escaped(made):
    bench = made_up.bench([made_up.bench_row(row) for row in layers()], cpu=EVIL, date=EVIL, noise={"verdict": "noisy", "text": EVIL})
    peers = made_up.peers([made_up.peer_row("x", "ort", 1.0), {"layer": EVIL, "peer": "ort", "threads": 1, "error": EVIL}])
    for row in bench["rows"]:
        row.update(layer=EVIL + row["layer"], text=EVIL, description=EVIL)
    peers["rows"].append(made_up.peer_row(bench["rows"][0]["layer"], "ort", 1.0))
    peers["context"]["peers"][1].update(name=EVIL, version=EVIL)
    page = made(bench, peers)
    assert Cells(page).elements.count("script") == 1 and "alert('x')</script>" not in page and "\x1b" not in page
    assert any("<script>alert('x')</script>" in cell for row in section(page, "layers").rows for cell in row)
    assert "Doubtful figures: " in page


def damaged(change):
    bench = made_up.bench([made_up.bench_row(row) for row in layers()])
    change(bench)
    return bench


BAD = {
    "schema = other-1": damaged(lambda b: b.update(schema="other-1")),
    "rows[1]: median_ms = -1": damaged(lambda b: b["rows"][1].update(median_ms=-1)),
    "median_ms = nan": damaged(lambda b: b["rows"][1].update(median_ms=float("nan"))),
    "median_ms = 'x'": damaged(lambda b: b["rows"][1].update(median_ms="x")),
    "must be a number from 1e-12 to 1e+21": damaged(lambda b: b["rows"][1].update(median_ms=10**400)),
    "flops = 1e+308": damaged(lambda b: b["rows"][1].update(flops=1e308)),
    "interval_ms = [5, 1]": damaged(lambda b: b["rows"][0].update(interval_ms=[5, 1])),
    "layer = 7": damaged(lambda b: b["rows"][0].update(layer=7)),
    "threads = 0": damaged(lambda b: b["rows"][0].update(threads=0)),
    "shape: no object": damaged(lambda b: b["rows"][0].update(shape=[])),
    "kernel = None": damaged(lambda b: b["rows"][0]["shape"].update(kernel=None)),
    "interval_ms = [1]": damaged(lambda b: b["rows"][0].update(interval_ms=[1])),
    "rows = None": damaged(lambda b: b.pop("rows")),
    "no row has a time": damaged(lambda b: b.update(rows=[])),
    "context: no object": damaged(lambda b: b.pop("context")),
    "peaks = 5": damaged(lambda b: b["context"].update(peaks=5)),
}


@pytest.mark.parametrize("words", BAD)
def test_bad_files_are_told(made, words):
    assert words in made(BAD[words], status=1)


def test_what_is_not_there_is_told(made, tmp_path):
    bench = made_up.bench([made_up.bench_row(row) for row in layers()])
    assert "variant highway:strict was not measured; there are highway" in made(bench, arguments=["--variant", "highway:strict"], status=1)
    assert "No such file" in made(bench, arguments=["--peers", tmp_path / "none.json"], status=1)
    (tmp_path / "text.json").write_text("[" * 100000)
    assert "no JSON" in made(bench, arguments=["--peers", tmp_path / "text.json"], status=1)
    assert "peer = ghost is not in the context's peers" in made(bench, made_up.peers([made_up.peer_row("x", "ghost", 1.0)]), status=1)
