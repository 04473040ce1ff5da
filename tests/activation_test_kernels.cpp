// SPDX-License-Identifier: Apache-2.0
#include "activation_test_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "activation_test_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "highway/epilogue_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

template <class D>
void ActivateAll(D d, const Epilogue& epilogue, float slope, float* values, size_t count) {
  const size_t lanes = hn::Lanes(d);
  const auto slopes = hn::Set(d, slope);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(Activate(d, epilogue, hn::LoadU(d, values + i), slopes), d, values + i);
  if (i == count) return;
  HWY_ALIGN float tail[hn::MaxLanes(d)] = {};
  for (size_t lane = 0; i + lane < count; ++lane) tail[lane] = values[i + lane];
  hn::Store(Activate(d, epilogue, hn::Load(d, tail), slopes), d, tail);
  for (size_t lane = 0; i + lane < count; ++lane) values[i + lane] = tail[lane];
}

const char* ActivateWidth(deconv_test::Width width, const Epilogue& epilogue, float slope, float* values, size_t count) {
  switch (width) {
    case deconv_test::Width::kWhole:
      ActivateAll(hn::ScalableTag<float>(), epilogue, slope, values, count);
      break;
    case deconv_test::Width::kFour:
      ActivateAll(hn::CappedTag<float, 4>(), epilogue, slope, values, count);
      break;
    case deconv_test::Width::kOne:
      ActivateAll(hn::CappedTag<float, 1>(), epilogue, slope, values, count);
      break;
  }
  return hwy::TargetName(HWY_TARGET);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"
#include "highway/isa_kernels.h"

namespace deconv {
HWY_EXPORT(ActivateWidth);
}

namespace deconv_test {

std::string activate_on(const std::string& isa, Width width, const deconv::Epilogue& epilogue, float slope, float* values, size_t count) {
  using namespace deconv;
  return DECONV_DISPATCH(ActivateWidth, allowed_targets(isa))(width, epilogue, slope, values, count);
}

}  // namespace deconv_test
#endif
