# SPDX-License-Identifier: Apache-2.0
"""Pieces of a page. Every text is escaped here: names come from files that nobody vouches for."""
import re
from html import escape

FEW = 8  # values of a column that a filter offers


def table(header, rows, classes=None):
    """`classes`: {(row, column): class} for cells."""
    return f'<div class="wide"><table>{_head(header, escape)}{_body(header, rows, classes or {})}</table></div>'


def sortable_table(header, rows, classes=None):
    filters = "".join(_filter(column, name.rstrip(":"), [row[column] for row in rows]) for column, name in enumerate(header))
    button = lambda name: f'<button type="button">{escape(name)}</button>'  # noqa: E731
    return (f'<div class="sortable"><div class="filters"><input type="search" placeholder="filter" aria-label="filter by text">{filters}'
            f'<label><input type="checkbox"> lost alone</label><output></output></div>'
            f'<div class="wide rows"><table>{_head(header, button)}{_body(header, rows, classes or {})}</table></div></div>')


def _filter(column, name, values):
    values = sorted({value for value in values if value})
    if not 2 <= len(values) <= FEW or name not in ("family", "threads", "layout", "best peer"):
        return ""
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return f'<select data-column="{column}" aria-label="{escape(name)}"><option value="">{escape(name)}</option>{options}</select>'


def _head(header, content):
    cells = (f'<th{_number(name)} scope="col">{content(name.rstrip(":"))}</th>' for name in header)
    return f'<thead><tr>{"".join(cells)}</tr></thead>'


def _body(header, rows, classes):
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, (name, text) in enumerate(zip(header, row)):
            kinds = " ".join(kind for kind in ("number" if name.endswith(":") else "", classes.get((r, c), "")) if kind)
            cells.append(f'<td{f" class={chr(34)}{kinds}{chr(34)}" if kinds else ""}>{escape(text)}</td>')
        lines.append(f'<tr>{"".join(cells)}</tr>')
    return f'<tbody>{"".join(lines)}</tbody>'


def _number(name):
    return ' class="number"' if name.endswith(":") else ""


def picture(svg_text, words, grey):
    """An SVG file's text as part of a page: without its XML head, in the page's colour, with `words` for those who do not see it."""
    svg = svg_text[svg_text.index("<svg"):].replace(grey, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(words)}"', 1)
