// SPDX-License-Identifier: Apache-2.0
// THE list of backends. Nothing else in the library, its tests or its benchmarks knows which exist.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/tuning_record.h"

namespace deconv {

// Ranked: the first that can run a layer is chosen.
const std::vector<const Backend*>& backends();

// Null when no such backend is compiled in.
const Backend* find_backend(const std::string& name);

struct Choice {
  const Backend* backend = nullptr;  // null: nothing can; status and reason say why
  std::string algorithm;             // to be named to Backend::create; "" leaves it to the backend
  std::string label;                 // what was chosen, "highway/phase_gemm"
  std::string tuned;                 // the measurement that chose, in words; "": none did
  deconv_status status = DECONV_OK;
  std::string reason;
  std::string candidates;  // one line per candidate
};

// Whether backends after the chosen one are asked too: an explanation wants it, a creation does not wait for it (oneDNN takes
// milliseconds).
enum class Ask { kUntilChosen, kAll };

// Applies the parameters' wishes (backend, algorithm, ISA cap, accuracy) to the ranked list. What a measurement chose goes first, as long
// as it is a candidate that says yes.
Choice choose_backend(const Parameters& params, Ask ask, const std::optional<TuningRecord>& tuned);

// Every backend's candidates in ranked order, those that the parameters' wishes exclude declining.
std::vector<Candidate> candidates_of(const Backend& backend, const Parameters& params);

// "highway/phase_gemm"; the backend's name alone where it has no choice.
std::string label(const Backend& backend, const Candidate& candidate);

Parameters with_algorithm(const Parameters& params, const std::string& algorithm);

}  // namespace deconv
