// SPDX-License-Identifier: Apache-2.0
// The contract of an algorithm inside the highway backend.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/backend.h"

namespace deconv {

class Algorithm {
 public:
  virtual ~Algorithm() = default;
  virtual const char* name() const = 0;
  // The reason of a yes says what it is good at; of a no, why not.
  virtual Support check(const Parameters& params) const = 0;
  // Expected time of one input pixel of one group in vector multiply-adds, for vectors of `lanes` floats. See cost_model.h.
  virtual double cost(const Parameters& params, int lanes) const = 0;
  // What it would do with vectors of that length, for people: "F(3,2)xF(3,2)". "": there is nothing to say. Only where check says yes.
  virtual std::string variant(const Parameters& /*params*/, int /*lanes*/) const { return {}; }
  // `targets` are the Highway targets that may be used (see isa_kernels.h). Throws Error or std::bad_alloc.
  virtual std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const = 0;
};

}  // namespace deconv
