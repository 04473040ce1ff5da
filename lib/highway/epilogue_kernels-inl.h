// SPDX-License-Identifier: Apache-2.0
// The activation of lib/core/epilogue.cpp on vectors of float. Compiled once per target.
//
// none, relu, leaky_relu, prelu, clamp and hardswish are bit for bit the definition. The others are bounded as follows, on every target
// and for every float, plus 2^-142 where a result or a factor of it is denormal. tests/activation_test.cpp asserts the bounds; in brackets
// the worst of every third float in 2^-6 <= |x| < 16 (AVX2 and SSE4, g++ 12, Highway 1.0.3):
//   sigmoid, tanh, silu, elu   4 ulp (2.4, 2.8, 3.4, 2.4)
//   gelu_erf                   8 ulp for x >= -1 (7.6), absolute 2^-23 below (0.57 of it)
//   gelu_tanh                  4 ulp for x >= -1 (3.1), absolute 2^-24 below (0.85 of it)
// A NaN stays a NaN. At -inf and +inf: the limits. A value's result does not depend on its lane or on the vector's width.
#if defined(DECONV_HIGHWAY_EPILOGUE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_EPILOGUE_INL_H_
#undef DECONV_HIGHWAY_EPILOGUE_INL_H_
#else
#define DECONV_HIGHWAY_EPILOGUE_INL_H_
#endif

#include <hwy/highway.h>

#include "core/parameters.h"
#include "highway/activation_math_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {

// Not inlined: a call costs a few per cent of an exponential, and kernels hold one copy instead of one for each tile shape.
template <class D, class V>
HWY_NOINLINE V ActivateTranscendental(D d, deconv_activation activation, float alpha, hn::VecArg<V> x) {
  V y = x;
  switch (activation) {
    case DECONV_ACTIVATION_SIGMOID:
      y = Sigmoid(d, x);
      break;
    case DECONV_ACTIVATION_TANH:
      y = BoundedTanh(d, x);
      break;
    case DECONV_ACTIVATION_GELU_ERF:
      y = GeluErf(d, x);
      break;
    case DECONV_ACTIVATION_GELU_TANH:
      y = GeluTanh(d, x);
      break;
    case DECONV_ACTIVATION_SILU:
      y = Silu(d, x);
      break;
    case DECONV_ACTIVATION_ELU:
      y = Elu(d, x, hn::Set(d, alpha));
      break;
    default:
      break;
  }
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

template <class D, class V>
HWY_INLINE V Hardswish(D d, V x) {
  const V six = hn::Set(d, 6.0f);
  const V shifted = hn::Add(x, hn::Set(d, 3.0f));
  const V gate = hn::IfThenElse(hn::Lt(six, shifted), six, shifted);
  const V y = hn::Mul(x, hn::Mul(gate, hn::Set(d, 1.0f / 6.0f)));
  return hn::IfThenElse(hn::Le(x, hn::Set(d, -3.0f)), hn::Zero(d), y);
}

// `slope` is read by prelu only.
template <class D, class V>
HWY_INLINE V Activate(D d, const Epilogue& epilogue, V x, V slope) {
  const V zero = hn::Zero(d);
  switch (epilogue.activation) {
    case DECONV_ACTIVATION_NONE:
      return x;
    case DECONV_ACTIVATION_RELU:
      return hn::IfThenElse(hn::Lt(x, zero), zero, x);
    case DECONV_ACTIVATION_LEAKY_RELU:
      return hn::IfThenElse(hn::Lt(x, zero), hn::Mul(x, hn::Set(d, epilogue.alpha)), x);
    case DECONV_ACTIVATION_PRELU:
      return hn::IfThenElse(hn::Lt(x, zero), hn::Mul(x, slope), x);
    case DECONV_ACTIVATION_CLAMP: {
      const V low = hn::Set(d, epilogue.clamp_min), high = hn::Set(d, epilogue.clamp_max);
      const V raised = hn::IfThenElse(hn::Lt(x, low), low, x);
      return hn::IfThenElse(hn::Lt(high, raised), high, raised);
    }
    case DECONV_ACTIVATION_HARDSWISH:
      return Hardswish(d, x);
    default:
      return ActivateTranscendental<D, V>(d, epilogue.activation, epilogue.alpha, x);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
