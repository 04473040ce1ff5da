// SPDX-License-Identifier: Apache-2.0
#include "onednn/implementation.h"

#include "core/immortal.h"
#include "onednn/attributes.h"
#include "onednn/descriptors.h"
#include "onednn/failure.h"
#include "onednn/limits.h"
#include "onednn/thread_scope.h"

namespace deconv {
namespace {

Implementation none(std::string why) { return {Support::no(std::move(why)), {}}; }

std::string words_of(const dnnl::error& error) {
  if (error.status == dnnl_out_of_memory) throw translated(error, "choosing an implementation");
  return std::string("oneDNN ") + onednn_version() + ": " +
         (error.status == dnnl_unimplemented ? "has no implementation of this problem" : error.what());
}

// Plain loops, about 1000 times slower than the others: any weights format can have them, so another format is tried first.
bool is_reference(const Implementation& found) { return found.name().find("ref:any") != std::string::npos; }

PrimitiveDesc first_choice(const dnnl::memory::desc& weights, const Parameters& params, const Shape& shape) {
  return make_primitive_desc(make_descriptors(params, shape, weights), make_attributes(params.epilogue), onednn_engine());
}

// The same implementation for the layer without its epilogue, if oneDNN chooses it for that too.
Implementation with_separate_epilogue(const PrimitiveDesc& fused, const dnnl::memory::desc& weights, Parameters params,
                                      const Shape& shape) {
  params.epilogue = Epilogue{};
  const PrimitiveDesc desc = first_choice(weights, params, shape);
  if (desc.impl_info_str() != std::string(fused.impl_info_str())) return none("");
  return {Support::yes(), desc, true};
}

// Implementations in oneDNN's order; the first excluded one's reason is told when all are.
Implementation first_allowed(const dnnl::memory::desc& weights, const Parameters& params, const Shape& shape) {
  PrimitiveDesc desc = first_choice(weights, params, shape);
  std::string excluded;
  do {
    const std::string name = desc.impl_info_str();
    const EpilogueBy by = epilogue_by(params, name);
    if (by == EpilogueBy::kPrimitive) return {Support::yes(), desc};
    if (by == EpilogueBy::kFinish) {
      const Implementation found = with_separate_epilogue(desc, weights, params, shape);
      if (found.support.ok) return found;
    }
    if (excluded.empty()) excluded = "oneDNN's " + name + " gives wrong results with a bias, residual or activation";
  } while (desc.next_impl());
  return none(excluded);
}

Implementation with_weights(const dnnl::memory::desc& weights, const Parameters& params, const Shape& shape) {
  try {
    return first_allowed(weights, params, shape);
  } catch (const dnnl::error& error) {
    return none(words_of(error));
  }
}

}  // namespace

const dnnl::engine& onednn_engine() {
  static const Immortal<const dnnl::engine> engine(dnnl::engine::kind::cpu, size_t{0});
  return *engine;
}

Implementation find_implementation(const Parameters& params, const Shape& shape) {
  const Support limits = check_limits(params, shape);
  if (!limits.ok) return none(limits.reason);
  const ThreadScope threads(shape.threads);
  Implementation last_resort = none("");
  for (const dnnl::memory::desc& weights : weights_formats(params, shape)) {
    const Implementation found = with_weights(weights, params, shape);
    if (found.support.ok && !is_reference(found)) return found;
    if (last_resort.support.ok) continue;
    if (found.support.ok || last_resort.support.reason.empty()) last_resort = found;
  }
  return last_resort;
}

}  // namespace deconv
