// SPDX-License-Identifier: Apache-2.0
#include "onednn/implementation.h"

#include "onednn/attributes.h"
#include "onednn/descriptors.h"
#include "onednn/failure.h"
#include "onednn/limits.h"
#include "onednn/thread_scope.h"

namespace deconv {
namespace {

Implementation none(std::string why) { return {Support::no(std::move(why)), {}}; }

// Implementations in oneDNN's order; the first excluded one's reason is told when all are.
Implementation first_allowed(PrimitiveDesc desc, const Parameters& params, const Shape& shape) {
  std::string excluded;
  do {
    const Support support = check_implementation(params, shape, desc.impl_info_str());
    if (support.ok) return {support, desc};
    if (excluded.empty()) excluded = support.reason;
  } while (desc.next_impl());
  return none(excluded);
}

}  // namespace

const dnnl::engine& onednn_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

Implementation find_implementation(const Parameters& params, const Shape& shape) {
  const Support limits = check_limits(params, shape);
  if (!limits.ok) return none(limits.reason);
  const ThreadScope threads(shape.threads);
  try {
    return first_allowed(make_primitive_desc(make_descriptors(params, shape), make_attributes(params.epilogue), onednn_engine()), params,
                         shape);
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_out_of_memory) throw translated(error, "choosing an implementation");
    const char* const why = error.status == dnnl_unimplemented ? "has no implementation of this problem" : error.what();
    return none(std::string("oneDNN ") + onednn_version() + ": " + why);
  }
}

}  // namespace deconv
