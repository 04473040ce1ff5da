// SPDX-License-Identifier: Apache-2.0
// Every allocation of the process goes through the operators below: they count, and make the k-th one fail.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "deconv/deconv.h"
#include "deconv/tuning.h"
#include "support/fill.h"
#include "support/folder.h"
#include "support/layer.h"
#include "support/layouts.h"

namespace {

std::atomic<int64_t> g_allocations{0};  // since the start
std::atomic<int64_t> g_live{0};
std::atomic<int64_t> g_countdown{-1};  // fails the allocation that brings it to 0; negative: off

void* allocate(size_t size, size_t alignment) noexcept {
  ++g_allocations;
  if (g_countdown > 0) {
    --g_countdown;
    if (g_countdown == 0) return nullptr;
  }
  void* const memory = alignment <= alignof(std::max_align_t)
                           ? std::malloc(size)
                           : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory != nullptr) ++g_live;
  return memory;
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  --g_live;
  std::free(memory);
}

void* allocate_or_throw(size_t size, size_t alignment) {
  void* const memory = allocate(size == 0 ? 1 : size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr size_t kPlain = alignof(std::max_align_t);
size_t bytes(std::align_val_t alignment) { return static_cast<size_t>(alignment); }

}  // namespace

void* operator new(size_t size) { return allocate_or_throw(size, kPlain); }
void* operator new[](size_t size) { return allocate_or_throw(size, kPlain); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return allocate(size, kPlain); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return allocate(size, kPlain); }
void* operator new(size_t size, std::align_val_t a) { return allocate_or_throw(size, bytes(a)); }
void* operator new[](size_t size, std::align_val_t a) { return allocate_or_throw(size, bytes(a)); }
void* operator new(size_t size, std::align_val_t a, const std::nothrow_t&) noexcept { return allocate(size, bytes(a)); }
void* operator new[](size_t size, std::align_val_t a, const std::nothrow_t&) noexcept { return allocate(size, bytes(a)); }
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, size_t) noexcept { release(p); }
void operator delete[](void* p, size_t) noexcept { release(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }

using namespace deconv_test;

namespace {

constexpr const char* kLayers[] = {"d2 n2 g1 ic20 oc50 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias scale prelu layout:nhwc",
                                   "d2 n2 g2 ic20 oc6 ih9x10 k3x3 s2x2 pb1x1 pe1x1 op1x1 bias gelu",
                                   "d1 n1 g8 ic8 oc8 ih33 k4 s2 pb1 pe1 bias silu", "d3 n1 g1 ic9 oc5 ih3x3x3 k2x2x2 s2x2x2 residual",
                                   "d1 n1 g1 ic9 oc1 ih40 k16 s4 pb2 pe3 bias"};

// naive, highway's own choice, and each of its algorithms.
std::vector<Target> own_targets() {
  std::vector<Target> targets = {{"naive", "", ""}, {"highway", "", ""}};
  for (int32_t i = 0; i < deconv_algorithm_count("highway"); ++i) targets.push_back({"highway", "", deconv_algorithm_name("highway", i)});
  return targets;
}

// Weights and vectors in memory that outlives the calls.
struct PreparedCreate {
  Tensors tensors;
  std::vector<float> weights;
  deconv_params params;

  PreparedCreate(const Problem& p, const Target& target)
      : tensors(fill_tensors(p, Fill::kExact)), weights(to_weights_layout(p, tensors.weights)), params(make_params(p, target)) {
    const auto data = [](const std::vector<float>& values) { return values.empty() ? nullptr : values.data(); };
    params.weights = weights.data();
    params.bias = data(tensors.bias);
    params.scale = data(tensors.scale);
    params.prelu_slopes = data(tensors.prelu_slopes);
  }
};

// action(problem, target) for every layer in both layouts, with one thread and two, that the target does not decline; every target serves
// some.
template <class Action>
void for_each_layer(const std::vector<Target>& targets, const Action& action) {
  for (const Target& target : targets) {
    int served = 0;
    for (const char* text : kLayers) {
      for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
        Problem p = parse_problem(text);
        p.src_layout = p.dst_layout = layout;
        p.threads = layout == DECONV_CHANNELS_FIRST ? 2 : 1;
        CAPTURE(target_name(target));
        CAPTURE(format_problem(p));
        const PreparedCreate prepared(p, target);
        if (!target.algorithm.empty() && deconv_check(&prepared.params) == DECONV_UNSUPPORTED) continue;
        ++served;
        action(p, target);
      }
    }
    CHECK_MESSAGE(served >= 1, target_name(target) << " declines every layer of this test");
  }
}

// Everything a run needs, allocated before the count begins.
struct PreparedRun {
  std::vector<float> src, dst, residual;
  std::vector<char> workspace;
  deconv_run_args args;

  PreparedRun(const Problem& p, const Tensors& tensors, const deconv_plan_info& info)
      : src(tensors.src),
        dst(p.batch * p.out_channels * geometry(p).out_spatial()),
        residual(dst.size()),
        workspace(info.workspace_bytes + 1) {
    deconv_run_args_init(&args);
    args.src = src.data();
    args.dst = dst.data();
    if (p.residual) args.residual = residual.data();
    args.workspace = workspace.data();
    args.workspace_size = info.workspace_bytes;
  }
};

// Makes allocation 1, 2, ... fail until `action` succeeds; each failure must say so and give everything back. Returns the number of
// failures.
template <class Action>
int64_t fail_every_allocation(const Action& action) {
  for (int64_t k = 1;; ++k) {
    const int64_t live = g_live;
    g_countdown = k;
    const deconv_status status = action();
    const bool reached = g_countdown == 0;
    g_countdown = -1;
    if (!reached) {
      CHECK(status == DECONV_OK);
      return k - 1;
    }
    CAPTURE(k);
    CHECK(status == DECONV_OUT_OF_MEMORY);
    CHECK(std::string(deconv_last_error()).find("memory") != std::string::npos);
    CHECK(g_live == live);
    REQUIRE(k < 10000);
  }
}

}  // namespace

TEST_CASE("allocation: the counters see the library") {
  const int64_t before = g_allocations;
  const Problem p = parse_problem(kLayers[0]);
  const Target target{"naive", "", ""};
  const PreparedCreate prepared(p, target);
  const int64_t prepared_at = g_allocations;
  CHECK(prepared_at > before);
  deconv_operator* op = nullptr;
  REQUIRE(deconv_operator_create(&prepared.params, &op) == DECONV_OK);
  const OperatorHandle owner(op);
  CHECK(g_allocations > prepared_at);
}

TEST_CASE("allocation: a run allocates nothing") {
  for_each_layer(own_targets(), [](const Problem& p, const Target& target) {
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    const Layer layer(p, target, tensors);
    REQUIRE(layer.status() == DECONV_OK);
    PreparedRun run(p, tensors, layer.plan_info());
    const int64_t before = g_allocations;
    const deconv_status first = deconv_run(layer.plan(), &run.args);
    const deconv_status second = deconv_run(layer.plan(), &run.args);
    const int64_t after = g_allocations;
    CHECK(first == DECONV_OK);
    CHECK(second == DECONV_OK);
    CHECK(after == before);
  });
}

TEST_CASE("allocation: create survives the failure of each one") {
  std::vector<Target> targets = own_targets();
  targets.push_back({"", "", ""});
  int64_t faults = 0;
  for_each_layer(targets, [&](const Problem& p, const Target& target) {
    const PreparedCreate prepared(p, target);
    {
      const OperatorHandle warm([&] {
        deconv_operator* op = nullptr;
        deconv_operator_create(&prepared.params, &op);
        return op;
      }());
    }
    const int64_t live = g_live;
    const int64_t failures = fail_every_allocation([&] {
      deconv_operator* const untouched = untouched_operator();
      deconv_operator* op = untouched;
      const deconv_status status = deconv_operator_create(&prepared.params, &op);
      if (status == DECONV_OK) {
        deconv_operator_destroy(op);
      } else if (op != untouched) {
        return DECONV_BACKEND_FAILURE;
      }
      return status;
    });
    CHECK(failures >= 2);
    CHECK(g_live == live);
    faults += failures;
  });
  MESSAGE(faults << " faults injected");
}

TEST_CASE("allocation: plan survives the failure of each one") {
  int64_t faults = 0;
  for_each_layer(own_targets(), [&](const Problem& p, const Target& target) {
    const Layer layer(p, target, fill_tensors(p, Fill::kExact));
    REQUIRE(layer.status() == DECONV_OK);
    const deconv_plan_options options = make_plan_options(p);
    const int64_t live = g_live;
    const int64_t failures = fail_every_allocation([&] {
      deconv_plan* const untouched = untouched_plan();
      deconv_plan* plan = untouched;
      const deconv_status status = deconv_plan_create(layer.op(), &options, &plan);
      if (status == DECONV_OK) {
        deconv_plan_destroy(plan);
      } else if (plan != untouched) {
        return DECONV_BACKEND_FAILURE;
      }
      return status;
    });
    CHECK(failures >= 1);
    CHECK(g_live == live);
    faults += failures;
  });
  MESSAGE(faults << " faults injected");
}

// A plan is arithmetic: no list grows with strides, taps or extents, and no weight is packed again. The bound is ours: the handle, the
// plan, and the words that describe it.
TEST_CASE("allocation: a plan takes a handful, whatever the layer") {
  constexpr int64_t kHandful = 12;                              // phase_channels: 10, for its plan has one of another algorithm inside
  constexpr int64_t kLarge = sizeof(size_t) == 8 ? 1000 : 100;  // 1000 cubed times 9 channels: 36 GB, which 32 bits refuse
  for (const char* text : {kLayers[0], kLayers[1], kLayers[2], kLayers[3], kLayers[4], "d1 n1 g1 ic4 oc1 ih9 k1024 s256",
                           "d1 n1 g1 ic3 oc2 ih3 k4096 s4096 bias", "d2 n1 g1 ic3 oc2 ih5x4 k2x2 s64x64 layout:nhwc",
                           "d2 n1 g6 ic6 oc6 ih40x50 k9x9 s3x5 d2x1"}) {
    for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
      const std::string algorithm = i < 0 ? "" : deconv_algorithm_name("highway", i);
      for (const int64_t extent : {int64_t{1}, int64_t{2}, kLarge}) {
        CAPTURE(std::string(text));
        CAPTURE(algorithm);
        CAPTURE(extent);
        const Problem p = parse_problem(text);
        const Layer layer(p, {"highway", "", algorithm}, fill_tensors(p, Fill::kExact));
        if (i >= 0 && layer.status() == DECONV_UNSUPPORTED) continue;
        REQUIRE(layer.status() == DECONV_OK);
        deconv_plan_options options = make_plan_options(p);
        std::fill_n(options.in, p.rank, extent + 3);
        deconv_plan* plan = nullptr;
        const int64_t before = g_allocations;
        const deconv_status status = deconv_plan_create(layer.op(), &options, &plan);
        const int64_t after = g_allocations;
        REQUIRE(status == DECONV_OK);
        const PlanHandle owner(plan);
        CHECK(after - before <= kHandful);
      }
    }
  }
}

TEST_CASE("allocation: check and explain survive the failure of each one") {
  int64_t faults = 0;
  for_each_layer(own_targets(), [&](const Problem& p, const Target& target) {
    const PreparedCreate prepared(p, target);
    deconv_check(&prepared.params);
    faults += fail_every_allocation([&] { return deconv_check(&prepared.params); });
    char text[64];
    faults += fail_every_allocation([&] { return deconv_explain(&prepared.params, text, sizeof(text), nullptr); });
  });
  // Without a backend an explanation asks oneDNN too, which does not give everything back when its own allocations fail.
  const PreparedCreate prepared(parse_problem(kLayers[0]), {"", "", ""});
  faults += fail_every_allocation([&] { return deconv_check(&prepared.params); });
  MESSAGE(faults << " faults injected");
}

TEST_CASE("allocation: tuning and what it remembers survive the failure of each one") {
  const Folder folder;
  const std::string file = folder.file("tuning");
  const Target target{"highway", "", ""};
  const Problem problem = parse_problem("d2 n1 g1 ic3 oc2 ih3x4 k4x4 s2x2 pb1x1 pe1x1 bias residual t1");
  const PreparedCreate prepared(problem, target);
  const deconv_plan_options shape = make_plan_options(problem);
  deconv_tune_options options;
  deconv_tune_options_init(&options);
  options.seconds = 1e-5;
  options.file = file.c_str();
  const auto tune = [&] { return deconv_tune(&prepared.params, &shape, &options, nullptr); };
  REQUIRE(tune() == DECONV_OK);  // tables that stay
  CHECK(fail_every_allocation(tune) >= 50);
  char text[64];
  CHECK(fail_every_allocation([&] { return deconv_explain(&prepared.params, text, sizeof(text), nullptr); }) >= 2);
  const int64_t live = g_live;
  CHECK(fail_every_allocation([&] {
          const deconv_status status = deconv_tuning_load(file.c_str());
          if (status == DECONV_OK) deconv_tuning_clear();
          return status;
        }) >= 2);
  CHECK(g_live < live);
  CHECK(folder.files() == 1);  // no temporary one was left
}
