#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The binary interface that the C headers declare, held against tests/abi/recorded.txt.

abi.py check     what is recorded must still be there: sizes may grow and things may be appended, nothing may move, change or vanish
abi.py record    writes recorded.txt anew: at a release, or where a change is meant (before 1.0 the soname then changes with the minor release)

The compiler (--compiler, default cc) lays the structs out: offsets are what it says, not what this script thinks."""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
INCLUDE = FOLDER.parents[1] / "include" / "deconv"
HEADERS = {name: (INCLUDE / name).read_text() for name in ("deconv.h", "tuning.h")}
RECORDED = FOLDER / "recorded.txt"
NOTE = "# Made by tests/abi/abi.py record: machines of 64 bits whose long and pointers have 8 bytes (x86-64 and AArch64 Linux, macOS).\n"


def declarations(header):
    """Structs as {name: [(field, type)]}, enumerators, lines for callbacks and functions; comments gone, one space between words."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header, flags=re.S)
    text = re.sub(r"^\s*#[^\n]*(\\\n[^\n]*)*", "", text, flags=re.M)
    structs = {name: [field(line) for line in body.split(";") if line.strip()]
               for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, flags=re.S)}
    enumerators = [word for body in re.findall(r"typedef enum \w+ \{(.*?)\}", text, flags=re.S) for word in re.findall(r"DECONV_\w+", body)]
    callbacks = [f"callback {one_space(match)}" for match in re.findall(r"typedef ([^;{]*\(\*\w+\)[^;{]*);", text)]
    functions = [f"function {one_space(match)}" for match in re.findall(r"DECONV_API ([^;{]*\));", text)]
    return structs, enumerators, callbacks + functions


def one_space(text):
    return " ".join(text.split())


def field(line):
    kind, name, array = re.fullmatch(r"\s*(.*?[\s*])(\w+)((?:\[\w+\])?)\s*", line, flags=re.S).groups()
    return name, one_space(kind) + array


def layout_program(structs, enumerators):
    lines = []
    for struct, fields in structs.items():
        lines.append(f'printf("struct {struct} size %zu align %zu\\n", sizeof({struct}), _Alignof({struct}));')
        lines += [f'printf("field {struct}.{name} offset %zu size %zu type {kind}\\n", offsetof({struct}, {name}), sizeof((({struct}*)0)->{name}));'
                  for name, kind in fields]
    lines += [f'printf("enumerator {name} = %d\\n", (int){name});' for name in enumerators]
    return '#include "deconv/tuning.h"\n#include <stdio.h>\nint main(void) {\n' + "\n".join(lines) + "\nreturn 0;\n}\n"


def describe(headers, compiler):
    """One line for each struct, field, enumerator, callback and function."""
    structs, enumerators, prototypes = declarations("\n".join(headers.values()))
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "deconv").mkdir()
        for name, header in headers.items():
            (place / "deconv" / name).write_text(header)
        (place / "layout.c").write_text(layout_program(structs, enumerators))
        subprocess.run([compiler, "-std=c11", "-I", folder, str(place / "layout.c"), "-o", str(place / "layout")], check=True)
        laid_out = subprocess.run([str(place / "layout")], check=True, capture_output=True, text=True).stdout.splitlines()
    return laid_out + prototypes


def key(line):
    """What stays when a line's figures change: "field deconv_params.rank"."""
    if line.startswith(("callback ", "function ")):
        return line.split()[0] + " " + re.search(r"(\w+)\)?\(", line).group(1)
    return " ".join(line.split()[:2])


def grew(before, now):
    """A struct may become larger by appended fields; its alignment stays."""
    old, new = (re.fullmatch(r"(struct \w+) size (\d+) (align \d+)", line) for line in (before, now))
    return bool(old and new) and old[1] == new[1] and old[3] == new[3] and int(new[2]) >= int(old[2])


def broken(recorded, now):
    """Each recorded line that no longer holds, in words."""
    found = {key(line): line for line in now}
    return [f"recorded: {line}\n     now: {found.get(key(line), 'gone')}"
            for line in recorded if found.get(key(line)) != line and not grew(line, found.get(key(line), ""))]


def inserted(recorded, now):
    """New fields that do not lie behind all the recorded ones of their struct, in words."""
    known, ends, words = {key(line) for line in recorded}, {}, []
    for line in now:
        if not line.startswith("field "):
            continue
        struct, offset, size = re.match(r"field (\w+)\.\w+ offset (\d+) size (\d+)", line).groups()
        if key(line) in known:
            ends[struct] = max(ends.get(struct, 0), int(offset) + int(size))
    for line in now:
        if line.startswith("field ") and key(line) not in known:
            struct, offset = re.match(r"field (\w+)\.\w+ offset (\d+)", line).groups()
            if int(offset) < ends.get(struct, 0):
                words.append(f"inserted, not appended: {line}")
    return words


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("action", choices=["check", "record"])
    arguments.add_argument("--compiler", default="cc")
    chosen = arguments.parse_args()
    now = describe(HEADERS, chosen.compiler)
    if chosen.action == "record":
        RECORDED.write_text(NOTE + "\n".join(now) + "\n")
        return print(f"{len(now)} lines in {RECORDED.name}")
    recorded = [line for line in RECORDED.read_text().splitlines() if not line.startswith("#")]
    faults = broken(recorded, now) + inserted(recorded, now)
    appended = [line for line in now if key(line) not in {key(known) for known in recorded}]
    for line in appended:
        print(f"appended, not recorded yet: {line}")
    if faults:
        sys.exit("\n".join(faults) + "\nthe ABI has changed: undo that, or, where it is meant, run tests/abi/abi.py record")
    print(f"{len(recorded)} recorded lines hold")


if __name__ == "__main__":
    main()
