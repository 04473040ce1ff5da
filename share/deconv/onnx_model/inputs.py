# SPDX-License-Identifier: Apache-2.0
"""The extents of a model's inputs: those of the file, those asked for, and defaults for what stays open."""
from onnx import TensorProto

from . import ModelError, quoted

# For extents that a model leaves open and nobody names: a batch of one, an image, a volume, a sequence.
DEFAULT_BATCH = 1
DEFAULT_EXTENT = {3: 1024, 4: 640, 5: 64}


def parse_shape(text):
    """'x:1,3,640,640' -> ('x', [1, 3, 640, 640]); without a name, ('', ...). Names may contain colons."""
    name, _, numbers = text.rpartition(":")
    try:
        dims = [int(number) for number in numbers.split(",")]
    except ValueError:
        raise ModelError(f"--input-shape {quoted(text)}: must be NAME:EXTENT,EXTENT,... with whole numbers") from None
    if min(dims) < 1:
        raise ModelError(f"--input-shape {quoted(text)}: extents must be positive")
    return name, dims


def fed_inputs(graph):
    """Inputs that a caller must pass: an initializer of the same name is a default."""
    defaults = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in defaults]


def fix_inputs(graph, texts):
    """Gives each input fixed extents, in place. Returns whether any was changed, and notes about extents that were assumed."""
    asked = _by_input(graph, [parse_shape(text) for text in texts])
    symbols, changed, notes = {}, False, []
    for value in fed_inputs(graph):
        if value.name in asked:
            changed |= _assign(value, asked[value.name], symbols)
    for value in fed_inputs(graph):
        if not value.type.HasField("tensor_type"):
            continue
        if not value.type.tensor_type.HasField("shape"):
            raise ModelError(f"input {quoted(value.name)} has no shape: give it with --input-shape")
        open_before = _shape_text(value)
        if _complete(value, symbols):
            changed = True
            notes.append(f"input {quoted(value.name)} is {open_before} in the model: taken as {_shape_text(value)} (--input-shape changes it)")
    return changed, notes


def _by_input(graph, shapes):
    names = [value.name for value in fed_inputs(graph)]
    asked = {}
    for name, dims in shapes:
        if not name:
            if len(names) != 1:
                raise ModelError(f"--input-shape without a name, but the model has {len(names)} inputs: {', '.join(map(quoted, names))}")
            name = names[0]
        if name not in names:
            raise ModelError(f"--input-shape: the model has no input {quoted(name)}; its inputs: {', '.join(map(quoted, names)) or 'none'}")
        asked[name] = dims
    return asked


def _assign(value, dims, symbols):
    if not value.type.HasField("tensor_type"):
        raise ModelError(f"--input-shape: input {quoted(value.name)} is no tensor")
    tensor = value.type.tensor_type
    if tensor.HasField("shape") and len(tensor.shape.dim) != len(dims):
        raise ModelError(f"--input-shape: input {quoted(value.name)} has {len(tensor.shape.dim)} dims, not {len(dims)}")
    if not tensor.HasField("shape"):
        for _ in dims:
            tensor.shape.dim.add()
    changed = False
    for dim, extent in zip(tensor.shape.dim, dims):
        if dim.dim_param:
            symbols[dim.dim_param] = extent
        changed |= dim.dim_value != extent
        dim.dim_value = extent
    return changed


def _complete(value, symbols):
    dims = value.type.tensor_type.shape.dim
    changed = False
    for axis, dim in enumerate(dims):
        if dim.dim_value > 0:
            continue
        extent = symbols.get(dim.dim_param) if dim.dim_param else None
        if extent is None:
            extent = DEFAULT_BATCH if axis == 0 else DEFAULT_EXTENT.get(len(dims))
        if extent is None:
            raise ModelError(f"input {quoted(value.name)} is {_shape_text(value)}, with dim {axis} open: give it with --input-shape")
        if dim.dim_param:
            symbols[dim.dim_param] = extent
        dim.dim_value = extent
        changed = True
    return changed


def _shape_text(value):
    extents = [str(d.dim_value) if d.dim_value > 0 else "?" for d in value.type.tensor_type.shape.dim]
    number = value.type.tensor_type.elem_type
    return "x".join(extents) or (TensorProto.DataType.Name(number).lower() if number in TensorProto.DataType.values() else f"of type {number}")
