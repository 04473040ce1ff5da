# SPDX-License-Identifier: Apache-2.0
"""deconv in PyTorch.

    import deconv.torch
    deconv.torch.replace(model.eval())      # every nn.ConvTranspose1d/2d/3d, with the BatchNorm and activation that follow it
    y = model(x)                            # eager, torch.compile and torch.export alike

The operator is torch.ops.deconv.conv_transpose. float32 on the CPU, inference only.
"""
from .module import ConvTranspose
from .replace import replace

__all__ = ["ConvTranspose", "replace"]
