// SPDX-License-Identifier: Apache-2.0
#include "row.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <vector>

#include "random.h"

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

// The plain loops take about 3 ns for each tap looked at and each product.
bool too_slow(const RowSpec& row) {
  const Layer& layer = row.layer;
  const double steps =
      static_cast<double>(layer.dst_count()) * static_cast<double>(layer.taps()) + 0.5 * static_cast<double>(layer.flops_uncropped());
  return row.variant.small_only && 3e-9 * steps > 0.3;
}

Row::Row(const RowSpec& spec, bool with_verification) {
  weights_ = random_values(spec.layer.weights_count(), 2);
  const Epilogue& epilogue = spec.layer.epilogue;
  if (spec.layer.bias) bias_ = random_values(spec.layer.out_channels, 3);
  if (epilogue.scale) scale_ = random_values(spec.layer.out_channels, 4);
  if (epilogue.activation == DECONV_ACTIVATION_PRELU) prelu_slopes_ = random_values(spec.layer.out_channels, 5);
  create(spec);
  plan(spec);
  src_ = random_values(spec.layer.src_count(), 1);
  dst_ = AlignedBuffer<float>(spec.layer.dst_count());
  if (epilogue.residual) residual_ = random_values(spec.layer.dst_count(), 6);
  workspace_ = AlignedBuffer<char>(info_.workspace_bytes);
  deconv_run_args_init(&args_);
  args_.src = src_.data();
  args_.dst = dst_.data();
  args_.residual = epilogue.inplace ? dst_.data() : residual_.data();
  args_.workspace = workspace_.data();
  args_.workspace_size = workspace_.size();
  first_run(spec);
  if (with_verification) verify(spec);
}

void Row::create(const RowSpec& spec) {
  deconv_params params = to_params(spec.layer, spec.layout, spec.threads);
  params.weights = weights_.data();
  params.bias = bias_.data();
  params.scale = scale_.data();
  params.prelu_slopes = prelu_slopes_.data();
  params.backend = spec.variant.backend.c_str();
  params.algorithm = spec.variant.algorithm.empty() ? nullptr : spec.variant.algorithm.c_str();
  if (spec.variant.accuracy == DECONV_ACCURACY_STRICT) params.accuracy = DECONV_ACCURACY_STRICT;
  deconv_operator* op = nullptr;
  create_seconds_ = seconds([&] { require_ok(deconv_operator_create(&params, &op)); });
  operator_.reset(op);
  deconv_operator_info_init(&operator_info_);
  require_ok(deconv_operator_get_info(op, &operator_info_));
  algorithm_ = operator_info_.algorithm;
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

// It is the run that is verified, and the warm-up. In place, dst begins as the residual, which every run adds once more: a sum that grows
// slowly.
void Row::first_run(const RowSpec& spec) {
  if (spec.layer.epilogue.inplace) {
    std::copy_n(residual_.data(), residual_.size(), dst_.data());
  } else {
    std::fill_n(dst_.data(), dst_.size(), std::numeric_limits<float>::quiet_NaN());
  }
  first_seconds_ = seconds([&] { run(); });
}

void Row::verify(const RowSpec& spec) {
  verification_ =
      verify_sample(spec.layer, spec.layout, promised_tolerance(info_.description),
                    {src_.data(), weights_.data(), bias_.data(), scale_.data(), prelu_slopes_.data(), residual_.data(), dst_.data()});
  if (!verification_.error.empty()) throw std::runtime_error(verification_.error);
}

void Row::run() { require_ok(deconv_run(plan_.get(), &args_)); }

}  // namespace deconv::bench
