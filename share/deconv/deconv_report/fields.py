# SPDX-License-Identifier: Apache-2.0
"""Fields of untrusted JSON: the value, or a BadFile that names file, row, field and value."""
import json

from . import BadFile, plain


def read_json(path, schema):
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path}: no JSON: {plain(error)}") from None
    found = content.get("schema") if isinstance(content, dict) else None
    if found != schema:
        raise BadFile(f"{path}: schema = {plain(found)}, not {schema}")
    return content


_MOST = 1e21


class Fields:
    """One object of a file. `place` stands in errors."""

    def __init__(self, content, place):
        self._content, self._place = content, place
        if not isinstance(content, dict):
            raise BadFile(f"{place}: no object")

    def has(self, name):
        return self._content.get(name) is not None

    def _fail(self, name, rule):
        raise BadFile(f"{self._place}: {name} = {plain(repr(self._content.get(name)))} {rule}")

    def text(self, name, default=None, most=60):
        value = self._content.get(name, default)
        if not isinstance(value, str):
            self._fail(name, "must be a text")
        return plain(value, most)

    def number(self, name, least=0.0):
        value = self._content.get(name)
        # The comparison holds for integers of any length, and for no NaN. Larger numbers are no measurement, and no axis could show them.
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= _MOST:
            self._fail(name, f"must be a number from {least:g} to {_MOST:g}")
        return value

    def positive(self, name):
        return self.number(name, 1e-12)

    def optional(self, name):
        return self.number(name) if self.has(name) else None

    def whole(self, name):
        value = self.number(name, 1)
        if not isinstance(value, int) or value > 1 << 40:
            self._fail(name, "must be a whole number")
        return value

    def wholes(self, name):
        values = self._content.get(name)
        if not isinstance(values, list) or not all(isinstance(v, int) and 0 <= v < 1 << 40 for v in values):
            self._fail(name, "must be a list of whole numbers")
        return tuple(values)

    def interval(self, name):
        values = self._content.get(name)
        if values is None:
            return None
        if not isinstance(values, list) or len(values) != 2:
            self._fail(name, "must be two numbers")
        low, high = (Fields({name: value}, self._place).positive(name) for value in values)
        if low > high:
            self._fail(name, "must not fall")
        return low, high

    def object(self, name):
        return Fields(self._content.get(name), f"{self._place}: {name}")

    def objects(self, name):
        values = self._content.get(name)
        if not isinstance(values, list):
            self._fail(name, "must be a list")
        return [Fields(value, f"{self._place}: {name}[{i}]") for i, value in enumerate(values)]
