// SPDX-License-Identifier: Apache-2.0
#include "core/tune.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "core/aligned_buffer.h"
#include "core/checked.h"
#include "core/geometry.h"
#include "core/output_extent.h"
#include "core/registry.h"
#include "core/tournament.h"

namespace deconv {
namespace {

// A larger input is tried on a part of it first, which plain loops compute in 50 ms: whoever then seems eight times slower than the fastest
// is not let near the whole. Small inputs mislead by less.
constexpr int64_t kProbeFlops = 50'000'000;
constexpr double kHopelessProbe = 8;

// Values do not change how long a run takes, as long as they are no denormals: a short period of them will do. Its length is prime, so that
// it meets channels and rows everywhere.
AlignedBuffer<float> some_values(int64_t count) {
  static const std::array<float, 4099> period = [] {
    std::array<float, 4099> values{};
    std::minstd_rand numbers(1);
    for (float& value : values) value = static_cast<float>(numbers() % 2000) / 1000.0f - 0.9995f;
    return values;
  }();
  AlignedBuffer<float> buffer(static_cast<size_t>(count));
  for (size_t i = 0; i < buffer.size(); i += period.size()) {
    std::copy_n(period.begin(), std::min(period.size(), buffer.size() - i), buffer.data() + i);
  }
  return buffer;
}

struct Tensors {
  AlignedBuffer<float> src, dst, residual;
  AlignedBuffer<char> workspace;

  Tensors(const Parameters& p, const Shape& shape)
      : src(some_values(shape.batch * p.in_channels * shape.in_spatial())),
        dst(static_cast<size_t>(shape.batch * p.out_channels * shape.out_spatial())),
        residual(some_values(p.epilogue.has_residual ? shape.batch * p.out_channels * shape.out_spatial() : 0)) {}

  void reserve(size_t bytes) {
    if (workspace.size() < bytes) workspace = AlignedBuffer<char>(bytes);
  }
};

struct Entrant {
  std::unique_ptr<const Operator> op;
  std::unique_ptr<const Plan> plan;
};

double seconds_of_runs(const Plan& plan, int threads, int64_t runs, Tensors* tensors) {
  const RunArguments arguments{tensors->src.data(), tensors->dst.data(), tensors->residual.data(), tensors->workspace.data()};
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < runs; ++i) {
    const deconv_status status = plan.run(arguments, {threads, nullptr, nullptr});
    if (status != DECONV_OK) throw Error(status, "%s, while it was measured: %s", plan.description().c_str(), last_error());
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / static_cast<double>(runs);
}

// Halves the batch, then the largest extent, until kProbeFlops are not exceeded or nothing can be halved without an empty output.
Shape small_part(const Parameters& params, Shape shape) {
  while (count_flops(params, shape) > kProbeFlops) {
    Shape smaller = shape;
    int64_t& largest = smaller.batch > 1 ? smaller.batch : *std::max_element(smaller.in.begin(), smaller.in.end());
    if (largest == 1) break;
    largest /= 2;
    try {
      smaller.out = output_extents(params, smaller.in, smaller.padding);
    } catch (const Error&) {
      break;
    }
    shape = smaller;
  }
  return shape;
}

class Measuring {
 public:
  Measuring(const Parameters& params, const Shape& shape)
      : params_(params),
        shape_(shape),
        weights_(some_values(params.weights == nullptr ? params.weights_count() : 0)),
        tensors_(params, shape) {
    if (params_.weights == nullptr) params_.weights = weights_.data();
    params_.padding = shape.padding;
    params_.expected_batch = shape.batch;
    params_.expected_in = shape.in;
    params_.expected_threads = shape.threads;
  }

  Measurement measure(double budget) {
    enter();
    std::vector<size_t> places;  // in the result, of those that take part
    for (size_t i = 0; i < entrants_.size(); ++i) {
      if (entrants_[i].plan != nullptr) places.push_back(i);
    }
    const auto defender = static_cast<size_t>(std::find(places.begin(), places.end(), result_.untuned) - places.begin());
    const Tournament tournament = hold_tournament(places.size(), defender, budget, [&](size_t candidate, int64_t runs, bool warm) {
      const Plan& plan = *entrants_[places[candidate]].plan;
      if (warm) seconds_of_runs(plan, shape_.threads, 1, &tensors_);
      return seconds_of_runs(plan, shape_.threads, runs, &tensors_);
    });
    for (size_t i = 0; i < places.size(); ++i) {
      const Contestant& c = tournament.contestants[i];
      result_.candidates[places[i]].seconds = c.median();
      result_.candidates[places[i]].rounds = static_cast<int>(c.rounds.size());
    }
    result_.seconds += tournament.seconds;
    result_.chosen = places[winner(tournament, defender)];
    return result_;
  }

 private:
  // Every candidate that says yes.
  void enter() {
    const Choice choice = choose_backend(params_, Ask::kUntilChosen, std::nullopt);
    if (choice.backend == nullptr) throw Error(choice.status, "%s", choice.reason.c_str());
    for (const Backend* backend : backends()) {
      for (const Candidate& candidate : candidates_of(*backend, params_)) {
        if (!candidate.support.ok) continue;
        const bool untuned = label(*backend, candidate) == choice.label;
        if (untuned) result_.untuned = entrants_.size();
        result_.candidates.push_back({backend, algorithm_name(*backend, candidate.algorithm), 0, 0});
        entrants_.push_back(entrant(*backend, candidate.algorithm, untuned, &result_.candidates.back().seconds));
      }
    }
  }

  static const char* algorithm_name(const Backend& backend, const std::string& name) {
    for (const char* known : backend.algorithms()) {
      if (name == known) return known;
    }
    return "";
  }

  // Without a plan where it has none for the shape, or a part of it took too long; *predicted is then how long the whole would.
  Entrant entrant(const Backend& backend, const std::string& algorithm, bool untuned, double* predicted) {
    Entrant result;
    try {
      result.op = backend.create(with_algorithm(params_, algorithm));
      if (probe(*result.op, predicted) || untuned) {
        result.plan = result.op->plan(shape_);
        tensors_.reserve(result.plan->workspace_bytes());
        return result;
      }
    } catch (const Error&) {
      if (untuned) throw;
    }
    return {};
  }

  // Null: a backend may decline the part and accept the whole.
  static std::unique_ptr<const Plan> plan_of_part(const Operator& op, const Shape& part) {
    try {
      return op.plan(part);
    } catch (const Error&) {
      return nullptr;
    }
  }

  // Whether a run of the whole input is worth trying.
  bool probe(const Operator& op, double* predicted) {
    const Shape part = small_part(params_, shape_);
    const auto whole = static_cast<double>(count_flops(params_, shape_));
    if (whole <= 2 * static_cast<double>(kProbeFlops)) return true;
    const std::unique_ptr<const Plan> plan = plan_of_part(op, part);
    if (plan == nullptr) return true;
    tensors_.reserve(plan->workspace_bytes());
    seconds_of_runs(*plan, part.threads, 1, &tensors_);
    const double seconds = seconds_of_runs(*plan, part.threads, 1, &tensors_);
    result_.seconds += 2 * seconds;
    *predicted = seconds * whole / static_cast<double>(std::max<int64_t>(1, count_flops(params_, part)));
    fastest_probe_ = fastest_probe_ > 0 ? std::min(fastest_probe_, *predicted) : *predicted;
    return *predicted <= kHopelessProbe * fastest_probe_;
  }

  Parameters params_;
  Shape shape_;
  AlignedBuffer<float> weights_;
  Tensors tensors_;
  std::vector<Entrant> entrants_;
  Measurement result_;
  double fastest_probe_ = 0;  // 0: none yet
};

}  // namespace

Measurement measure(const Parameters& params, const Shape& shape, double budget) { return Measuring(params, shape).measure(budget); }

}  // namespace deconv
