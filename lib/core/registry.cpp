// SPDX-License-Identifier: Apache-2.0
#include "core/registry.h"

#include <algorithm>

#include "core/error.h"
#include "core/immortal.h"
#include "highway/highway_backend.h"
#include "naive/naive_backend.h"
#if DECONV_HAVE_ONEDNN
#include "onednn/onednn_backend.h"
#endif

namespace deconv {
namespace {

// Names that some build of the library knows: a missing one is "unsupported", any other name is a mistake.
constexpr const char* kKnownBackends[] = {"highway", "onednn", "naive"};

std::string names_of_backends() {
  std::string names;
  for (const Backend* backend : backends()) names += (names.empty() ? "" : ", ") + std::string(backend->name());
  return names;
}

void check_backend_name(const std::string& name) {
  if (name.empty() || find_backend(name) != nullptr) return;
  const bool known = std::find(std::begin(kKnownBackends), std::end(kKnownBackends), name) != std::end(kKnownBackends);
  if (known) {
    throw Error(DECONV_UNSUPPORTED, "backend = \"%.60s\" is not compiled into this library, which has %s", name.c_str(),
                names_of_backends().c_str());
  }
  throw Error(DECONV_INVALID_ARGUMENT, "backend = \"%.60s\" is unknown: this library has %s", name.c_str(), names_of_backends().c_str());
}

bool has_algorithm(const Backend& backend, const std::string& name) {
  const auto names = backend.algorithms();
  return std::any_of(names.begin(), names.end(), [&](const char* known) { return name == known; });
}

void check_algorithm_name(const std::string& name) {
  if (name.empty()) return;
  for (const Backend* backend : backends()) {
    if (has_algorithm(*backend, name)) return;
  }
  throw Error(DECONV_INVALID_ARGUMENT, "algorithm = \"%.60s\" is unknown to every backend of this library", name.c_str());
}

// Each backend's candidates, asked for once: oneDNN takes milliseconds.
class CandidateLists {
 public:
  explicit CandidateLists(const Parameters& params) : params_(params), lists_(backends().size()) {}

  const std::vector<Candidate>& of(size_t rank) {
    if (lists_[rank].empty()) lists_[rank] = candidates_of(*backends()[rank], params_);
    return lists_[rank];
  }

 private:
  const Parameters& params_;
  std::vector<std::vector<Candidate>> lists_;  // empty: not asked yet
};

// "" if the candidate of that label exists and says yes, else why it cannot run.
std::string why_not(const std::string& wanted, CandidateLists* lists) {
  for (size_t rank = 0; rank < backends().size(); ++rank) {
    const Backend& backend = *backends()[rank];
    if (wanted.substr(0, wanted.find('/')) != backend.name()) continue;
    for (const Candidate& candidate : lists->of(rank)) {
      if (label(backend, candidate) == wanted) return candidate.support.ok ? "" : candidate.support.reason;
    }
  }
  return "this library has no such candidate";
}

// Of an explanation.
std::string line(const std::string& name, const Support& support, bool chosen, const std::string& tuned) {
  std::string text = name + ": " + (!support.ok ? "declined" : chosen ? "chosen" : "possible");
  if (chosen && !tuned.empty()) text += ", " + tuned;
  if (!support.reason.empty()) text += ", " + support.reason;
  return text + "\n";
}

// By what names were given: the others' reason is only that they were not.
bool is_asked(const Parameters& params, const Backend& backend, const Candidate& candidate) {
  const bool by_backend = params.backend.empty() || params.backend == backend.name();
  return by_backend && (params.algorithm.empty() || candidate.algorithm.empty() || candidate.algorithm == params.algorithm);
}

}  // namespace

const std::vector<const Backend*>& backends() {
  static const Immortal<const std::vector<const Backend*>> list(std::initializer_list<const Backend*>{
      &highway_backend(),
#if DECONV_HAVE_ONEDNN
      &onednn_backend(),
#endif
      &naive_backend(),
  });
  return *list;
}

const Backend* find_backend(const std::string& name) {
  for (const Backend* backend : backends()) {
    if (name == backend->name()) return backend;
  }
  return nullptr;
}

std::vector<Candidate> candidates_of(const Backend& backend, const Parameters& params) {
  if (!params.backend.empty() && params.backend != backend.name()) {
    return {{"", Support::no("not asked for: backend = \"" + params.backend + "\"")}};
  }
  if (!params.algorithm.empty() && !has_algorithm(backend, params.algorithm)) {
    return {{"", Support::no("has no algorithm \"" + params.algorithm + "\"")}};
  }
  return backend.candidates(params);
}

std::string label(const Backend& backend, const Candidate& candidate) {
  return candidate.algorithm.empty() ? backend.name() : std::string(backend.name()) + "/" + candidate.algorithm;
}

Parameters with_algorithm(const Parameters& params, const std::string& algorithm) {
  Parameters result = params;
  result.algorithm = algorithm;
  return result;
}

Choice choose_backend(const Parameters& params, Ask ask, const std::optional<TuningRecord>& tuned) {
  check_backend_name(params.backend);
  check_algorithm_name(params.algorithm);
  CandidateLists lists(params);
  const std::string wanted = tuned ? tuned->chosen : "", obstacle = tuned ? why_not(wanted, &lists) : "";
  Choice choice;
  choice.algorithm = params.algorithm;
  if (tuned && obstacle.empty()) choice.tuned = tuned->words();
  std::string declined;
  for (size_t rank = 0; rank < backends().size(); ++rank) {
    const Backend* backend = backends()[rank];
    if (choice.backend != nullptr && ask == Ask::kUntilChosen) {
      choice.candidates += std::string(backend->name()) + ": not asked, " + choice.backend->name() + " ranks higher\n";
      continue;
    }
    for (const Candidate& candidate : lists.of(rank)) {
      const std::string name = label(*backend, candidate);
      const bool first = candidate.support.ok && choice.backend == nullptr;
      const bool chosen = choice.tuned.empty() ? first : name == wanted;
      choice.candidates += line(name, candidate.support, chosen, choice.tuned);
      if (chosen) {
        choice.backend = backend;
        choice.label = name;
        if (!choice.tuned.empty()) choice.algorithm = candidate.algorithm;
      }
      if (!candidate.support.ok && is_asked(params, *backend, candidate))
        declined += (declined.empty() ? "" : "; ") + name + ": " + candidate.support.reason;
    }
  }
  if (tuned && !obstacle.empty()) {
    choice.candidates += "tuning: " + wanted + " is ignored, measured " + tuned->measured + ": " + obstacle + "\n";
  }
  if (choice.backend == nullptr) {
    choice.status = DECONV_UNSUPPORTED;
    choice.reason = declined;
  }
  return choice;
}

}  // namespace deconv
