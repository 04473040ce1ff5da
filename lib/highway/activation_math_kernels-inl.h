// SPDX-License-Identifier: Apache-2.0
// The transcendental activations on vectors of float, built on Highway's Exp (1 ulp), Expm1 (4) and Tanh (4). Compiled once per target.
//
// Highway's functions convert x / ln 2 to int32, so every function here clamps before it calls them. A NaN may come out as a number:
// ActivateTranscendental puts it back. Sums of products are written as MulAdd, so that no compiler contracts them in one caller only.
#if defined(DECONV_HIGHWAY_ACTIVATION_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_ACTIVATION_MATH_INL_H_
#undef DECONV_HIGHWAY_ACTIVATION_MATH_INL_H_
#else
#define DECONV_HIGHWAY_ACTIVATION_MATH_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// exp(-104) is below half of the smallest denormal: beyond it every exponential here is 0.
constexpr float kExpLimit = 104.0f;

// factor * sigmoid(x). With e = exp(-|x|) both branches, 1/(1 + e) and e/(1 + e), are free of overflow and cancellation.
// A factor of x itself must be bounded below by -kExpLimit, so that -inf * 0 does not arise.
template <class D, class V>
HWY_INLINE V TimesSigmoid(D d, V x, V factor) {
  const V one = hn::Set(d, 1.0f);
  const V e = hn::Exp(d, hn::Neg(hn::Min(hn::Abs(x), hn::Set(d, kExpLimit))));
  const V numerator = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(factor, e), factor);
  return hn::Div(numerator, hn::Add(one, e));
}

template <class D, class V>
HWY_INLINE V Sigmoid(D d, V x) {
  return TimesSigmoid(d, x, hn::Set(d, 1.0f));
}

template <class D, class V>
HWY_INLINE V Silu(D d, V x) {
  return TimesSigmoid(d, x, hn::Max(x, hn::Set(d, -kExpLimit)));
}

// tanh is 1 to float precision beyond 9.02; 18 bounds Highway's int32 conversion.
template <class D, class V>
HWY_INLINE V BoundedTanh(D d, V x) {
  const V limit = hn::Set(d, 18.0f);
  return hn::Tanh(d, hn::Max(hn::Neg(limit), hn::Min(x, limit)));
}

template <class D, class V>
HWY_INLINE V Elu(D d, V x, V alpha) {
  const V zero = hn::Zero(d);
  const V negative = hn::Expm1(d, hn::Max(hn::Min(x, zero), hn::Set(d, -kExpLimit)));
  return hn::IfThenElse(hn::Lt(x, zero), hn::Mul(alpha, negative), x);
}

// (1 + tanh(u)) / 2 = sigmoid(2u). At |x| = 11 the argument 2u is 112, so that the clamp (which keeps x^3 finite) changes nothing.
template <class D, class V>
HWY_INLINE V GeluTanh(D d, V x) {
  const V limit = hn::Set(d, 11.0f);
  const V bounded_below = hn::Max(x, hn::Neg(limit));
  const V bounded = hn::Min(bounded_below, limit);
  const V linear = hn::Set(d, 1.5957691216f);  // 2 sqrt(2/pi)
  const V cubic = hn::Set(d, 0.0713548163f);   // 2 sqrt(2/pi) * 0.044715
  const V argument = hn::Mul(bounded, hn::MulAdd(cubic, hn::Mul(bounded, bounded), linear));
  return TimesSigmoid(d, argument, bounded_below);
}

// exp(a^2/2) * erfc(a/sqrt(2)) / 2 for 0 <= a <= 14.5, as t * p(t) with t = 1 / (1 + 0.35 a) and p of degree 8.
// Own fit: relative least squares in a Chebyshev basis on 4000 Chebyshev nodes, reweighted by the error (Lawson) until it was level;
// 0.35 is the best of a scan. Relative error 3.2e-8 in exact arithmetic, 6.3e-8 with coefficients rounded to float, 3.5e-7 in float.
template <class D, class V>
HWY_INLINE V ScaledNormalTail(D d, V a) {
  const V one = hn::Set(d, 1.0f);
  const V t = hn::Div(one, hn::MulAdd(hn::Set(d, 0.35f), a, one));
  V p = hn::MulAdd(hn::Set(d, -0.029157873f), t, hn::Set(d, 0.14403087f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.25583893f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.15931961f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.02321229f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.10555248f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.119821295f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.1398635059f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.1396213025f));
  return hn::Mul(p, t);
}

// max(x, 0) - |x| * erfc(|x|/sqrt(2))/2: for negative x nothing cancels, as 1 + erf(x) would. Beyond 14.5 the subtracted part is below half
// of the smallest denormal.
template <class D, class V>
HWY_INLINE V GeluErf(D d, V x) {
  const V limit = hn::Set(d, 14.5f);
  const V a = hn::Min(hn::Abs(x), limit);
  const V exponential = hn::Exp(d, hn::Mul(hn::Mul(a, a), hn::Set(d, -0.5f)));
  const V scaled = hn::Mul(a, ScaledNormalTail(d, a));
  const V kept = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Zero(d), x);
  return hn::NegMulAdd(scaled, exponential, kept);
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
