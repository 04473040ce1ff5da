// SPDX-License-Identifier: Apache-2.0
#include "support/check.h"

#include <cmath>
#include <cstdio>

#include "support/fast_accuracy.h"
#include "support/tolerance.h"

namespace deconv_test {
namespace {

char current[1024] = "";

struct CurrentCheck {
  explicit CurrentCheck(const std::string& words) { std::snprintf(current, sizeof(current), "%s", words.c_str()); }
  ~CurrentCheck() { current[0] = '\0'; }
};

CheckResult failed(const std::string& message) {
  CheckResult result;
  result.verdict = Verdict::kFailed;
  result.message = message;
  return result;
}

// NaN and infinity must be where the reference has them; +0 and -0 are one number.
bool same_number(double expected, float got) {
  if (std::isnan(expected)) return std::isnan(got) && !is_poison(got);
  return static_cast<float>(expected) == got;
}

std::string element_name(const Problem& p, const Geometry& g, int64_t index) {
  const int64_t out = g.out_spatial(), o = index % out;
  char text[160];
  std::snprintf(text, sizeof(text), "n%lld c%lld o[%lld,%lld,%lld]", static_cast<long long>(index / out / p.out_channels),
                static_cast<long long>(index / out % p.out_channels), static_cast<long long>(o / (g.out[1] * g.out[2])),
                static_cast<long long>(o / g.out[2] % g.out[1]), static_cast<long long>(o % g.out[2]));
  return text;
}

// Collects wrong elements; the worst one is reported.
class Comparison {
 public:
  Comparison(const Problem& p, const Tensors& t, Fill fill, const Reference& reference, const FastBound& fast)
      : problem_(p),
        tensors_(t),
        geometry_(geometry(p)),
        exact_argument_(fill != Fill::kReal && fast.magnitude.empty()),
        bitwise_(exact_argument_ && exact_activation(p.activation)),
        reference_(reference),
        fast_(fast) {}

  void add(int64_t i, float got) {
    const double expected = reference_.value[i];
    if (bitwise_ && static_cast<float>(expected) == got) {
      ++result_.elements;
      return;
    }
    const double error = std::fabs(static_cast<double>(got) - expected);
    const double bound = bitwise_ ? 0.0 : bound_of(i);
    const bool right = same_number(expected, got) || (!bitwise_ && error <= bound);
    if (error > result_.max_error) result_.max_error = error;
    if (bound > 0 && error / bound > result_.max_error_ratio) result_.max_error_ratio = error / bound;
    ++result_.elements;
    if (right) return;
    ++wrong_;
    if (wrong_ == 1 || error > worst_error_ || std::isnan(error)) {
      worst_ = i;
      worst_error_ = error;
      worst_bound_ = bound;
      worst_got_ = got;
    }
  }

  CheckResult result() {
    if (wrong_ == 0) return result_;
    result_.verdict = Verdict::kFailed;
    char text[400];
    std::snprintf(text, sizeof(text), "%lld of %lld elements wrong; at %s expected %.9g got %.9g%s, error %.3g, bound %.3g",
                  static_cast<long long>(wrong_), static_cast<long long>(result_.elements),
                  element_name(problem_, geometry_, worst_).c_str(), reference_.value[worst_], static_cast<double>(worst_got_),
                  is_poison(worst_got_) ? " (never written)" : "", worst_error_, worst_bound_);
    result_.message = text;
    return result_;
  }

 private:
  double bound_of(int64_t i) const {
    const int64_t out = geometry_.out_spatial();
    const double slope = tensors_.prelu_slopes.empty() ? 0.0 : tensors_.prelu_slopes[i / out % problem_.out_channels];
    Element element{reference_.value[i], reference_.argument[i], 0.0, kExactArgument, slope};
    if (!fast_.magnitude.empty()) {
      element.magnitude = fast_.magnitude[i];
      element.terms = fast_.terms;
    } else if (!exact_argument_) {
      element.magnitude = reference_.magnitude[i];
      element.terms = reference_.terms[i % out];
    }
    return error_bound(problem_, element);
  }

  const Problem& problem_;
  const Tensors& tensors_;
  const Geometry geometry_;
  const bool exact_argument_, bitwise_;
  const Reference& reference_;
  const FastBound& fast_;  // a fast algorithm's, instead of the reference's
  CheckResult result_;
  int64_t wrong_ = 0, worst_ = 0;
  double worst_error_ = 0, worst_bound_ = 0;
  float worst_got_ = 0;
};

std::string wrong_plan(const Problem& p, int64_t products, const deconv_plan_info& info) {
  const Geometry g = geometry(p);
  for (int axis = 0; axis < p.rank; ++axis) {
    const int64_t expected = g.out[DECONV_MAX_RANK - p.rank + axis];
    if (info.out[axis] != expected)
      return "plan says out[" + std::to_string(axis) + "] = " + std::to_string(info.out[axis]) + ", not " + std::to_string(expected);
  }
  const int64_t flops = 2 * products;
  if (info.flops != flops) return "plan says " + std::to_string(info.flops) + " flops, counted are " + std::to_string(flops);
  return "";
}

CheckResult compare_with(const Reference& reference, const FastBound& fast, const Problem& problem, const Tensors& tensors, Fill fill,
                         const std::vector<float>& got) {
  if (got.size() != reference.value.size()) return failed("dst has the wrong size");
  Comparison comparison(problem, tensors, fill, reference, fast);
  for (size_t i = 0; i < got.size(); ++i) comparison.add(static_cast<int64_t>(i), got[i]);
  return comparison.result();
}

}  // namespace

CheckResult compare(const Problem& problem, const Tensors& tensors, Fill fill, const std::vector<float>& got,
                    const std::string& plan_description) {
  const FastBound fast = fast_bound(problem, tensors, fast_algorithm(problem, plan_description));
  return compare_with(scatter_reference(problem, tensors, fill == Fill::kReal), fast, problem, tensors, fill, got);
}

const Reference& Expectation::reference() {
  if (!reference_) reference_ = scatter_reference(problem_, tensors_, fill_ == Fill::kReal);
  return *reference_;
}

const FastBound& Expectation::bound_of(const std::string& plan_description) {
  const FastAlgorithm algorithm = fast_algorithm(problem_, plan_description);
  const auto [found, absent] = bounds_.try_emplace(algorithm.name());
  if (absent) found->second = fast_bound(problem_, tensors_, algorithm);
  return found->second;
}

CheckResult Expectation::run_and_compare(const Target& target, const RunOptions& options) {
  const Layer layer(problem_, target, tensors_);
  if (layer.status() == DECONV_UNSUPPORTED) {
    CheckResult result;
    result.verdict = Verdict::kUnsupported;
    result.message = layer.error();
    return result;
  }
  if (layer.status() != DECONV_OK) return failed(std::string(deconv_status_name(layer.status())) + ": " + layer.error());
  const deconv_operator_info& info = layer.operator_info();
  const bool has_isa = info.isa[0] != '\0';  // naive has none, whatever the limit
  if ((!target.backend.empty() && target.backend != info.backend) || (!target.isa.empty() && has_isa && target.isa != info.isa) ||
      (!target.algorithm.empty() && target.algorithm != info.algorithm))
    return failed(std::string("ran ") + info.backend + "/" + info.isa + "/" + info.algorithm + " instead");
  const std::string plan_error = wrong_plan(problem_, reference().products, layer.plan_info());
  if (!plan_error.empty()) return failed(plan_error);
  const RunResult run = layer.run(tensors_, options);
  if (run.status != DECONV_OK) return failed(std::string(deconv_status_name(run.status)) + " at run: " + run.error);
  if (!run.trespass.empty()) return failed(run.trespass);
  CheckResult result = compare_with(reference(), bound_of(layer.plan_info().description), problem_, tensors_, fill_, run.dst);
  result.description = layer.plan_info().description;
  return result;
}

CheckResult Expectation::check(const Target& target, const RunOptions& options) {
  const std::string words = repro(problem_, target, fill_);
  const CurrentCheck guard(words);
  CheckResult result = run_and_compare(target, options);
  if (result.verdict == Verdict::kFailed) result.message += "\n  repeat: " + words;
  return result;
}

RunOptions placed(const Problem& problem) {
  uint64_t hash = 0;
  for (const char c : format_problem(problem)) hash = hash64(hash + static_cast<unsigned char>(c));
  RunOptions options;
  options.placement = {hash % 2 == 0, hash % 2 == 0 ? 0 : hash / 2 % 16 * sizeof(float)};
  return options;
}

CheckResult check(const Problem& problem, const Target& target, Fill fill) {
  return Expectation(problem, fill).check(target, placed(problem));
}

std::string repro(const Problem& problem, const Target& target, Fill fill) {
  std::string words;
  if (!target.backend.empty()) words += "--backend=" + target.backend + " ";
  if (!target.isa.empty()) words += "--isa=" + target.isa + " ";
  if (!target.algorithm.empty()) words += "--algorithm=" + target.algorithm + " ";
  return words + "--fill=" + fill_name(fill) + " --case=\"" + format_problem(problem) + "\"";
}

const char* current_check() { return current; }

}  // namespace deconv_test
