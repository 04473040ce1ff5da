# SPDX-License-Identifier: Apache-2.0
"""ort_api_table.h against the runtime that is installed: the functions are where the table says. Those of kernels and of shape inference
are exercised by sessions in the other tests; here are those that can be called without one."""
import ctypes
import glob
import os
import pathlib
import re

import onnxruntime
import pytest

HEADER = pathlib.Path(__file__).resolve().parents[2] / "integrations" / "onnxruntime" / "ort_api_table.h"
PLACES = {name: int(place) for name, place in re.findall(r"X\((\w+), (\d+)\)", HEADER.read_text())}
VERSION = int(re.search(r"kOrtApiVersion = (\d+)", HEADER.read_text()).group(1))
POINTER = ctypes.c_void_p


@pytest.fixture(scope="module")
def table():
    folder = os.path.join(os.path.dirname(onnxruntime.__file__), "capi")
    paths = glob.glob(os.path.join(folder, "libonnxruntime.so*")) + glob.glob(os.path.join(folder, "onnxruntime_pybind11_state*"))
    libraries = [library for library in map(ctypes.CDLL, paths) if hasattr(library, "OrtGetApiBase")]
    if not libraries:
        pytest.skip(f"no library in {folder} shows OrtGetApiBase")
    base = ctypes.CFUNCTYPE(ctypes.POINTER(POINTER))(("OrtGetApiBase", libraries[0]))()
    get_api = ctypes.CFUNCTYPE(ctypes.POINTER(POINTER), ctypes.c_uint32)(base[0])
    api = get_api(VERSION)
    assert api
    return api


def function(table, name, result, *arguments):
    return ctypes.CFUNCTYPE(result, *arguments)(table[PLACES[name]])


def test_statuses(table):
    status = function(table, "CreateStatus", POINTER, ctypes.c_int, ctypes.c_char_p)(9, b"words")
    assert function(table, "GetErrorCode", ctypes.c_int, POINTER)(status) == 9
    assert function(table, "GetErrorMessage", ctypes.c_char_p, POINTER)(status) == b"words"
    function(table, "ReleaseStatus", None, POINTER)(status)


def test_shapes(table):
    info = POINTER()
    assert not function(table, "CreateTensorTypeAndShapeInfo", POINTER, POINTER)(ctypes.addressof(info))
    assert not function(table, "SetTensorElementType", POINTER, POINTER, ctypes.c_int)(info, 1)
    element_type = ctypes.c_int()
    assert not function(table, "GetTensorElementType", POINTER, POINTER, POINTER)(info, ctypes.addressof(element_type))
    assert element_type.value == 1

    dims = (ctypes.c_int64 * 3)(2, -1, 7)
    assert not function(table, "SetDimensions", POINTER, POINTER, POINTER, ctypes.c_size_t)(info, ctypes.addressof(dims), 3)
    count = ctypes.c_size_t()
    assert not function(table, "GetDimensionsCount", POINTER, POINTER, POINTER)(info, ctypes.addressof(count))
    assert count.value == 3
    found = (ctypes.c_int64 * 3)()
    assert not function(table, "GetDimensions", POINTER, POINTER, POINTER, ctypes.c_size_t)(info, ctypes.addressof(found), 3)
    assert list(found) == [2, -1, 7]

    names = (ctypes.c_char_p * 3)(b"", b"extent", b"")
    assert not function(table, "SetSymbolicDimensions", POINTER, POINTER, POINTER, ctypes.c_size_t)(info, ctypes.addressof(names), 3)
    found = (ctypes.c_char_p * 3)()
    assert not function(table, "GetSymbolicDimensions", POINTER, POINTER, POINTER, ctypes.c_size_t)(info, ctypes.addressof(found), 3)
    assert list(found) == [b"", b"extent", b""]
    function(table, "ReleaseTensorTypeAndShapeInfo", None, POINTER)(info)


def test_domains(table):
    domain = POINTER()
    assert not function(table, "CreateCustomOpDomain", POINTER, ctypes.c_char_p, POINTER)(b"test", ctypes.addressof(domain))
    assert domain.value  # kept for as long as the process lives, as the library does
