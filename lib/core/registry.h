// SPDX-License-Identifier: Apache-2.0
// THE list of backends. Nothing else in the library, its tests or its benchmarks knows which exist.
#pragma once

#include <string>
#include <vector>

#include "core/backend.h"

namespace deconv {

// Ranked: the first that can run a layer is chosen.
const std::vector<const Backend*>& backends();

// Null when no such backend is compiled in.
const Backend* find_backend(const std::string& name);

struct Choice {
  const Backend* backend = nullptr;  // null: nothing can; status and reason say why
  deconv_status status = DECONV_OK;
  std::string reason;
  std::string candidates;  // one line per candidate
};

// Whether backends after the chosen one are asked too: an explanation wants it, a creation does not wait for it (oneDNN takes milliseconds).
enum class Ask { kUntilChosen, kAll };

// Applies the parameters' wishes (backend, algorithm, ISA cap, accuracy) to the ranked list.
Choice choose_backend(const Parameters& params, Ask ask);

}  // namespace deconv
