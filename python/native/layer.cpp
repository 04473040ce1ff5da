// SPDX-License-Identifier: Apache-2.0
#include "layer.h"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/tuple.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "failure.h"
#include "gil.h"

namespace nb = nanobind;

namespace deconv_python {
namespace {

// Plans are kilobytes and take microseconds to make: enough shapes for a model that meets a few, no growth for one that meets thousands.
constexpr size_t kMostPlans = 32;

bool channels_last(deconv_layout layout) { return layout == DECONV_CHANNELS_LAST; }

bool overlap(const float* a, size_t a_count, const float* b, size_t b_count) { return a < b + b_count && b < a + a_count; }

// The output's shape as x has its axes: without the batch where x has none.
std::vector<size_t> shape_like(const PlanEntry& entry, bool batched) {
  return std::vector<size_t>(entry.out_shape.begin() + (batched ? 0 : 1), entry.out_shape.end());
}

template <class A>
void require_shape(const A& array, const std::vector<size_t>& shape, const char* name) {
  const std::vector<int64_t> wanted(shape.begin(), shape.end());
  if (array.ndim() == wanted.size() && std::equal(wanted.begin(), wanted.end(), array.shape_ptr())) return;
  refuse(std::string(name) + " has shape " + shape_words(array.shape_ptr(), array.ndim()) + ": it must be " +
         shape_words(wanted.data(), wanted.size()));
}

}  // namespace

bool PlanKey::operator==(const PlanKey& other) const {
  if (extents != other.extents || threads != other.threads || has_padding != other.has_padding) return false;
  const auto same = [](const int64_t* a, const int64_t* b) { return std::equal(a, a + DECONV_MAX_RANK, b); };
  return !has_padding ||
         (same(padding.begin, other.padding.begin) && same(padding.end, other.padding.end) && same(padding.output, other.padding.output));
}

PlanEntry::PlanEntry(const deconv::Operator& op, const Parameters& params, const PlanKey& plan_key)
    : key(plan_key), plan([&] {
        deconv::PlanOptions options;
        options.batch = plan_key.extents[0];
        std::copy(plan_key.extents.begin() + 1, plan_key.extents.end(), options.in);
        options.threads = plan_key.threads;
        options.padding = plan_key.has_padding ? &plan_key.padding : nullptr;
        return op.plan(options);
      }()) {
  const size_t channels = static_cast<size_t>(params.channels_out());
  out_shape.push_back(static_cast<size_t>(plan_key.extents[0]));
  if (!channels_last(params.c().dst_layout)) out_shape.push_back(channels);
  for (int32_t axis = 0; axis < params.rank(); ++axis) out_shape.push_back(static_cast<size_t>(plan.out()[axis]));
  if (channels_last(params.c().dst_layout)) out_shape.push_back(channels);
}

void PlanEntry::run(const float* src, float* dst, const float* residual) const {
  thread_local deconv::Workspace workspace;  // the largest that this thread's runs needed, freed with the thread
  workspace.reserve(plan);
  const ReleasedGil released;
  plan.run(src, dst, workspace, residual);
}

Layer::Layer(const Parameters& params, int32_t threads) : params_(params.geometry()), threads_(threads), op_(params.c()) {
  if (threads < 0) refuse("threads = " + std::to_string(threads) + " must not be negative");
}

PlanKey Layer::key_of(const int64_t* shape, size_t ndim, std::optional<int32_t> threads, nb::handle padding) const {
  const size_t rank = static_cast<size_t>(params_.rank());
  if (ndim != rank + 1 && ndim != rank + 2) {
    refuse("x of shape " + shape_words(shape, ndim) + " has " + std::to_string(ndim) + " axes: a kernel of " + std::to_string(rank) +
           " axes takes " + std::to_string(rank + 2) + ", or " + std::to_string(rank + 1) + " without the batch");
  }
  const bool batched = ndim == rank + 2, last = channels_last(params_.c().src_layout);
  const int64_t* sample = shape + (batched ? 1 : 0);
  const int64_t channels = sample[last ? rank : 0];
  if (channels != params_.channels_in()) {
    refuse("x of shape " + shape_words(shape, ndim) + " has " + std::to_string(channels) + " channels (axis " +
           std::to_string(last ? ndim - 1 : ndim - 1 - rank) + "): the layer's in_channels = " + std::to_string(params_.channels_in()));
  }
  PlanKey key;
  key.extents[0] = batched ? shape[0] : 1;
  std::copy(sample + (last ? 0 : 1), sample + (last ? 0 : 1) + rank, key.extents.begin() + 1);
  key.threads = threads.value_or(threads_);
  if (!padding.is_none()) {
    const auto [begin, end, output] = nb::cast<std::tuple<Axes, Axes, Axes>>(padding);
    key.padding = params_.padding(begin, end, output);
    key.has_padding = true;
  }
  return key;
}

std::shared_ptr<const PlanEntry> Layer::find_or_make(const PlanKey& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(plans_.begin(), plans_.end(), [&](const auto& entry) { return entry->key == key; });
  if (found != plans_.end()) {
    std::rotate(plans_.begin(), found, found + 1);
  } else {
    auto entry = std::make_shared<const PlanEntry>(op_, params_, key);
    if (plans_.size() == kMostPlans) plans_.pop_back();
    plans_.insert(plans_.begin(), std::move(entry));
  }
  return plans_.front();
}

std::shared_ptr<const PlanEntry> Layer::plan(const Axes& shape, std::optional<int32_t> threads, nb::handle padding) {
  return find_or_make(key_of(shape.data(), shape.size(), threads, padding));
}

nb::object Layer::run(nb::handle x, nb::handle out, nb::handle residual, std::optional<int32_t> threads, nb::handle padding) {
  const Array src = import_array(x, "x");
  const auto entry = find_or_make(key_of(src.shape_ptr(), src.ndim(), threads, padding));
  const bool batched = src.ndim() == static_cast<size_t>(params_.rank()) + 2;
  const std::vector<size_t> shape = shape_like(*entry, batched);

  Array sum;
  if (!residual.is_none()) {
    sum = import_array(residual, "residual");
    require_shape(sum, shape, "residual");
  }
  const float* added = residual.is_none() ? nullptr : data_of(sum);
  if (out.is_none()) {
    auto dst = new_array(shape);
    entry->run(data_of(src), dst.data(), added);
    return nb::cast(std::move(dst));
  }
  const WritableArray dst = import_writable_array(out, "out");
  require_shape(dst, shape, "out");
  if (overlap(data_of(src), src.size(), data_of(dst), dst.size())) refuse("out shares memory with x");
  if (added != nullptr && added != data_of(dst) && overlap(added, sum.size(), data_of(dst), dst.size())) {
    refuse("out shares a part of residual's memory: it must be residual itself or apart from it");
  }
  entry->run(data_of(src), data_of(dst), added);
  return nb::borrow(out);
}

void bind_layer(nb::module_& m) {
  using namespace nb::literals;
  nb::class_<PlanEntry>(m, "Plan")
      .def_prop_ro("out_shape", [](const PlanEntry& entry) { return nb::tuple(nb::cast(entry.out_shape)); })
      .def_prop_ro("description", [](const PlanEntry& entry) { return entry.plan.description(); })
      .def_prop_ro("threads", [](const PlanEntry& entry) { return entry.plan.threads(); })
      .def_prop_ro("workspace_bytes", [](const PlanEntry& entry) { return entry.plan.workspace_bytes(); })
      .def_prop_ro("flops", [](const PlanEntry& entry) { return entry.plan.flops(); })
      .def_prop_ro("bytes", [](const PlanEntry& entry) { return entry.plan.bytes(); })
      .def(
          "run_at",
          [](const PlanEntry& entry, uintptr_t src, uintptr_t dst, uintptr_t residual, bool fresh) {
            if (fresh) prefer_huge_pages(reinterpret_cast<void*>(dst), entry.plan.dst_elements() * sizeof(float));
            entry.run(reinterpret_cast<const float*>(src), reinterpret_cast<float*>(dst), reinterpret_cast<const float*>(residual));
          },
          "src"_a, "dst"_a, "residual"_a = 0, "fresh"_a = false);
  nb::class_<Layer>(m, "Layer")
      .def(nb::init<const Parameters&, int32_t>(), "params"_a, "threads"_a = 0)
      .def("run", &Layer::run, "x"_a.none(), "out"_a.none() = nb::none(), "residual"_a.none() = nb::none(), "threads"_a = nb::none(),
           "padding"_a.none() = nb::none())
      .def("plan", &Layer::plan, "shape"_a, "threads"_a = nb::none(), "padding"_a.none() = nb::none())
      .def_prop_ro("params", &Layer::params, nb::rv_policy::reference_internal)
      .def_prop_ro("threads", &Layer::threads)
      .def_prop_ro("backend", [](const Layer& layer) { return layer.op().backend(); })
      .def_prop_ro("isa", [](const Layer& layer) { return layer.op().isa(); })
      .def_prop_ro("algorithm", [](const Layer& layer) { return layer.op().algorithm(); })
      .def_prop_ro("description", [](const Layer& layer) { return layer.op().description(); })
      .def_prop_ro("candidates", [](const Layer& layer) { return layer.op().candidates(); })
      .def_prop_ro("packed_bytes", [](const Layer& layer) { return layer.op().packed_bytes(); });
}

}  // namespace deconv_python
