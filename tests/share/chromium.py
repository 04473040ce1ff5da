# SPDX-License-Identifier: Apache-2.0
"""A page in headless Chromium: what a script sees there, and what it looks like."""
import html
import json
import re
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")
FOUND = next((name for name in NAMES if shutil.which(name)), None)


def _run(page, folder, size, *arguments):
    done = subprocess.run(
        [FOUND, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}",
         f"--window-size={size[0]},{size[1]}", *arguments, page.as_uri()], capture_output=True, text=True, timeout=600)  # seconds: of a machine that other jobs hold up
    assert done.returncode == 0, done.stderr
    return done.stdout


def evaluate(page, folder, width, expression):
    """The JSON value of a JavaScript expression at the end of the page, as the page stands in a window of that width. The window is a frame:
    Chromium's own have 500 pixels at least."""
    probe, frame = folder / "probe.html", folder / "frame.html"
    ask = f"<script>addEventListener('load', () => parent.postMessage(JSON.stringify({expression}), '*'));</script>"
    probe.write_text(page.read_text(encoding="utf-8").replace("</body>", ask + "</body>"), encoding="utf-8")
    frame.write_text("<body><pre id=probe></pre><script>addEventListener('message', event => { probe.textContent = event.data; });</script>"
                     f"<iframe src=probe.html style='width: {width}px; height: 2000px; border: 0'></iframe>", encoding="utf-8")
    dom = _run(frame, folder, (width + 100, 2200), "--virtual-time-budget=10000", "--dump-dom")
    found = re.search(r'<pre id="probe">(.+?)</pre>', dom, re.DOTALL)
    assert found, "the page's script did not end"
    return json.loads(html.unescape(found[1]))


def screenshot(page, folder, size, dark=False):
    """Path of a .png of `size`, from the page's top."""
    path = folder / f"{size[0]}{'-dark' if dark else ''}.png"
    _run(page, folder, size, f"--screenshot={path}", *(["--blink-settings=preferredColorScheme=0"] if dark else []))
    return path
