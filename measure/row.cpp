// SPDX-License-Identifier: Apache-2.0
#include "row.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <vector>

#include "random.h"
#include "verify.h"

namespace deconv::bench {
namespace {

template <class F>
double seconds(const F& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void require_ok(deconv_status status) {
  if (status != DECONV_OK) throw std::runtime_error(std::string(deconv_status_name(status)) + ": " + deconv_last_error());
}

AlignedBuffer<float> random_values(int64_t count, uint64_t seed) {
  AlignedBuffer<float> buffer(count);
  Random(seed).fill(buffer.data(), buffer.size());
  return buffer;
}

}  // namespace

std::string RowSpec::name() const { return variant.name + "/" + to_text(layout) + "/t" + std::to_string(threads) + "/" + layer.name; }

Row::Row(const RowSpec& spec) {
  weights_ = random_values(spec.layer.weights_count(), 2);
  if (spec.layer.bias) bias_ = random_values(spec.layer.out_channels, 3);
  create(spec);
  plan(spec);
  src_ = random_values(spec.layer.src_count(), 1);
  dst_ = AlignedBuffer<float>(spec.layer.dst_count());
  workspace_ = AlignedBuffer<char>(info_.workspace_bytes);
  deconv_run_args_init(&args_);
  args_.src = src_.data();
  args_.dst = dst_.data();
  args_.workspace = workspace_.data();
  args_.workspace_size = workspace_.size();
  check(spec);
}

void Row::create(const RowSpec& spec) {
  deconv_params params = to_params(spec.layer, spec.layout, spec.threads);
  params.weights = weights_.data();
  params.bias = bias_.data();
  params.backend = spec.variant.backend.c_str();
  params.algorithm = spec.variant.algorithm.empty() ? nullptr : spec.variant.algorithm.c_str();
  params.accuracy = spec.variant.accuracy;
  deconv_operator* op = nullptr;
  create_seconds_ = seconds([&] { require_ok(deconv_operator_create(&params, &op)); });
  operator_.reset(op);
  deconv_operator_info info;
  deconv_operator_info_init(&info);
  require_ok(deconv_operator_get_info(op, &info));
  algorithm_ = info.algorithm;
}

Row::PlanPointer Row::create_plan(const RowSpec& spec) {
  deconv_plan_options options;
  deconv_plan_options_init(&options);
  options.batch = spec.layer.batch;
  std::copy_n(spec.layer.in, spec.layer.rank, options.in);
  options.threads = spec.threads;
  deconv_plan* plan = nullptr;
  require_ok(deconv_plan_create(operator_.get(), &options, &plan));
  return PlanPointer(plan);
}

// The first plan may build kernels that the next ones find in a cache (oneDNN): the median tells what a new shape costs later.
void Row::plan(const RowSpec& spec) {
  constexpr int kPlans = 5;
  std::vector<double> times;
  for (int i = 0; i < kPlans; ++i) times.push_back(seconds([&] { plan_ = create_plan(spec); }));
  std::nth_element(times.begin(), times.begin() + kPlans / 2, times.end());
  plan_seconds_ = times[kPlans / 2];
  deconv_plan_info_init(&info_);
  require_ok(deconv_plan_get_info(plan_.get(), &info_));
}

// The verified run also is the warm-up.
void Row::check(const RowSpec& spec) {
  std::fill_n(dst_.data(), dst_.size(), std::numeric_limits<float>::quiet_NaN());
  first_seconds_ = seconds([&] { run(); });
  const std::string error = verify_sample(spec.layer, spec.layout, promised_tolerance(info_.description),
                                          {src_.data(), weights_.data(), bias_.data(), dst_.data()});
  if (!error.empty()) throw std::runtime_error(error);
}

void Row::run() { require_ok(deconv_run(plan_.get(), &args_)); }

}  // namespace deconv::bench
