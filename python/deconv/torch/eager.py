# SPDX-License-Identifier: Apache-2.0
"""Whether a call of the operator can go to its CPU kernel without PyTorch's dispatcher, which takes three times as long as the kernel's Python."""
from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

try:
    from torch._C import _len_torch_dispatch_stack, _len_torch_function_stack
    from torch._C._functorch import TransformType, get_interpreter_stack, peek_interpreter_stack
    from torch.autograd import _profiler_enabled
except ImportError:  # not in this PyTorch: the dispatcher always knows
    _len_torch_dispatch_stack = None


def direct(x: Any, weight: Tensor) -> bool:
    """True where nothing but the kernel would see the call: ordinary tensors, and no tracer, mode, transform, autocast or profiler at work."""
    return (type(x) is Tensor and type(weight) is Tensor and not torch.compiler.is_compiling() and _len_torch_dispatch_stack is not None
            and x.is_cpu and weight.is_cpu and not x.is_neg() and not weight.is_neg() and forward_ad._current_level < 0
            and _len_torch_dispatch_stack() == 0 and _len_torch_function_stack() == 0
            and peek_interpreter_stack() is None and not torch.is_autocast_enabled("cpu") and not torch.jit.is_tracing()
            and not _profiler_enabled())


def refuse_transforms(x: Any) -> None:
    """RuntimeError under torch.func's grad, jvp and the like, and for dual numbers: the dispatcher takes them apart, and results come without
    derivatives."""
    if torch.compiler.is_compiling() or _len_torch_dispatch_stack is None:
        return
    stack = get_interpreter_stack() if peek_interpreter_stack() is not None else None
    transformed = stack is not None and any(level.key() in (TransformType.Grad, TransformType.Jvp) for level in stack)
    if transformed or forward_ad._current_level >= 0 and forward_ad.unpack_dual(x).tangent is not None:
        raise RuntimeError("deconv is for inference and computes no derivatives, but a transform of torch.func or forward_ad asks for them")
