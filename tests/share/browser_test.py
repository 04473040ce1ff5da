# SPDX-License-Identifier: Apache-2.0
"""The report in a real browser, on a desk and on a phone: all parts show, nothing overflows, filters and sort work."""
import pathlib
import subprocess
import sys

import chromium
import made_up
import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: no report can be drawn")
pytestmark = pytest.mark.skipif(chromium.FOUND is None, reason="no Chromium is installed (cmake/setup.sh ci): the report is not opened")
REPORT = pathlib.Path(__file__).resolve().parents[2] / "share/deconv/report.py"
PARTS = ["summary", "peers", "roofline", "losses", "accuracy", "bars", "layers", "missing", "machine"]
HEIGHT = 8000  # of a screenshot: the first library's bars are on it at both widths
LONG = "a_layer_whose_name_is_far_longer_than_any_column_of_a_phone_could_show_" * 3


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    bench, peers = made_up.whole_zoo()
    for row in (*bench["rows"], *peers["rows"]):
        row["layer"] = LONG if row["layer"] == "dcgan_g1" else row["layer"]
    arguments = [made_up.write(folder, "bench.json", bench), "--peers", made_up.write(folder, "peers.json", peers), "--out", folder / "out"]
    subprocess.run([sys.executable, REPORT, *arguments], check=True)
    return folder / "out/index.html"


@pytest.mark.parametrize("width", [1280, 400])
def test_all_parts_show_and_nothing_overflows(page, tmp_path, width):
    seen = chromium.evaluate(page, tmp_path, width, """(() => {
        const root = document.documentElement, box = element => { const r = element.getBoundingClientRect(); return [r.left, r.right, r.height]; };
        const visible = element => !element.closest('.wide') && (!element.closest('details') || element.closest('details').open);
        return {inner: innerWidth, scroll: root.scrollWidth, client: root.clientWidth,
                parts: Object.fromEntries([...document.querySelectorAll('section')].map(s => [s.id, box(s)])),
                pictures: [...document.querySelectorAll('svg')].filter(visible).map(box),
                outside: [...document.body.querySelectorAll('*')].filter(e => visible(e) && !e.closest('svg') && e.getBoundingClientRect().right > root.clientWidth + 1)
                         .map(e => e.outerHTML.slice(0, 200)),
                rows: document.querySelectorAll('#layers tbody tr').length, shown: document.querySelector('#layers output').textContent};
    })()""")
    assert seen["inner"] == width
    assert seen["scroll"] <= seen["client"] and seen["outside"] == []
    assert list(seen["parts"]) == PARTS
    assert all(left >= 0 and right <= width and height > 60 for left, right, height in seen["parts"].values())
    assert len(seen["pictures"]) == 2 * 2 + 1  # of two thread counts, and the first library's bars
    assert all(height > 100 and right - left > 250 and right <= width for left, right, height in seen["pictures"])
    assert (seen["rows"], seen["shown"]) == (2 * len(made_up.zoo()), f"{2 * len(made_up.zoo())} of {2 * len(made_up.zoo())}")


@pytest.mark.parametrize("width, dark", [(1280, False), (400, True)])
def test_it_looks_like_a_report(page, tmp_path, width, dark):
    from matplotlib import colors, image
    pixels = (image.imread(chromium.screenshot(page, tmp_path, (width, HEIGHT), dark))[..., :3] * 255).round().astype(int)
    assert pixels.shape[:2] == (HEIGHT, width)

    def share(colour):
        return (abs(pixels - [round(255 * part) for part in colors.to_rgb(colour)]).max(axis=2) <= 2).mean()
    assert 0.5 < share("#15171a" if dark else "#ffffff") < 0.99  # the page
    assert share("#0a8fd0") > 1e-3 and share("#d55e00") > 1e-6  # bars of layers that are won and lost


def test_filters_and_sort(page, tmp_path):
    seen = chromium.evaluate(page, tmp_path, 1280, """(() => {
        const box = document.querySelector('.sortable'), shown = () => [...box.querySelectorAll('tbody tr')].filter(row => !row.hidden);
        const change = (element, value) => { element.value = value; element.dispatchEvent(new Event('input', {bubbles: true})); };
        const head = name => [...box.querySelectorAll('th')].find(h => h.textContent === name);
        const column = name => [...box.querySelectorAll('th')].indexOf(head(name)), values = name => shown().map(row => row.cells[column(name)].textContent);
        const search = box.querySelector('input[type=search]'), lost = box.querySelector('input[type=checkbox]');
        const result = {};
        change(search, 'DCGAN k4'); result.searched = values('layer'); change(search, '');
        const threads = box.querySelector('select[aria-label=threads]');
        change(threads, '2'); result.threads = values('threads'); change(threads, '');
        lost.click(); result.lost = values('ratio'); lost.click();
        head('ms').querySelector('button').click(); result.up = values('ms');
        head('ms').querySelector('button').click(); result.down = values('ms');
        head('layer').querySelector('button').click(); result.names = values('layer');
        return result;
    })()""")
    expected = {row["layer"] for row in made_up.zoo() if "dcgan" in row["layer"] and row["kernel_h"] == "4" and row["layer"] != "dcgan_g1"}
    assert set(seen["searched"]) == expected and expected
    assert set(seen["threads"]) == {"2"} and len(seen["threads"]) == len(made_up.zoo())
    assert seen["lost"] and all(float(ratio) < 1 for ratio in seen["lost"])
    times = [float(text) for text in seen["up"]]
    assert times == sorted(times) and [float(text) for text in seen["down"]] == sorted(times, reverse=True)
    assert len(seen["names"]) == 2 * len(made_up.zoo()) and seen["names"][0] < seen["names"][-1]
