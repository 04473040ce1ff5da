// SPDX-License-Identifier: Apache-2.0
#include "naive/naive_backend.h"

#include "core/aligned_buffer.h"
#include "core/epilogue.h"
#include "core/immortal.h"

namespace deconv {
namespace {

AlignedBuffer<float> copy(const float* values, bool present, int64_t count) {
  AlignedBuffer<float> result(present ? static_cast<size_t>(count) : 0);
  for (size_t i = 0; i < result.size(); ++i) result[i] = values[i];
  return result;
}

// Element strides of a tensor of `channels` and three spatial axes.
struct Strides {
  int64_t batch, channel, d, h, w;

  Strides(deconv_layout layout, int64_t channels, const Axes& extents) {
    const bool last = layout == DECONV_CHANNELS_LAST;
    w = last ? channels : 1;
    h = w * extents[2];
    d = h * extents[1];
    channel = last ? 1 : extents[0] * extents[1] * extents[2];
    batch = channels * extents[0] * extents[1] * extents[2];
  }
};

class NaiveOperator final : public Operator {
 public:
  explicit NaiveOperator(const Parameters& p)
      : params(p),
        weights(static_cast<size_t>(p.weights_count())),
        bias(copy(p.bias, p.epilogue.has_bias, p.out_channels)),
        scale(copy(p.scale, p.epilogue.has_scale, p.out_channels)),
        slopes(copy(p.prelu_slopes, p.epilogue.activation == DECONV_ACTIVATION_PRELU, p.out_channels)) {
    const auto* given = static_cast<const float*>(p.weights);
    size_t next = 0;
    for (int64_t ic = 0; ic < p.in_channels; ++ic) {
      for (int64_t oc = 0; oc < p.out_channels_per_group(); ++oc) {
        for (int64_t d = 0; d < p.kernel[0]; ++d) {
          for (int64_t h = 0; h < p.kernel[1]; ++h) {
            for (int64_t w = 0; w < p.kernel[2]; ++w) weights[next++] = given[weight_index(p, ic, oc, {d, h, w})];
          }
        }
      }
    }
  }

  std::string description() const override { return "plain loops"; }
  int64_t packed_bytes() const override { return static_cast<int64_t>(weights.bytes() + bias.bytes() + scale.bytes() + slopes.bytes()); }
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters params;       // its pointers are not used after construction
  AlignedBuffer<float> weights;  // [in_channels][out_channels per group][kernel], transposed form
  AlignedBuffer<float> bias, scale, slopes;
};

// The input index that tap `t` brings to output `o`, or -1.
int64_t source_index(int64_t o, int64_t pad_begin, int64_t t, int64_t dilation, int64_t stride, int64_t in) {
  const int64_t position = o + pad_begin - t * dilation;
  if (position < 0 || position % stride != 0 || position / stride >= in) return -1;
  return position / stride;
}

class NaivePlan final : public Plan {
 public:
  NaivePlan(const NaiveOperator& op, const Shape& shape)
      : op_(op),
        shape_(shape),
        src_strides_(op.params.src_layout, op.params.in_channels, shape.in),
        dst_strides_(op.params.dst_layout, op.params.out_channels, shape.out) {}

  size_t workspace_bytes() const override { return 0; }
  std::string description() const override { return "plain loops"; }

  // One task per row of outputs.
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override {
    const int64_t rows = shape_.batch * op_.params.out_channels * shape_.out[0] * shape_.out[1];
    parallel_run(parallel, rows, [&](int, int64_t row) {
      const int64_t h = row % shape_.out[1], d = row / shape_.out[1] % shape_.out[0];
      const int64_t plane = row / shape_.out[1] / shape_.out[0];
      const int64_t oc = plane % op_.params.out_channels, n = plane / op_.params.out_channels;
      for (int64_t w = 0; w < shape_.out[2]; ++w) element(args, n, oc, {d, h, w});
    });
    return DECONV_OK;
  }

 private:
  void element(const RunArguments& args, int64_t n, int64_t oc, const Axes& o) const noexcept {
    const Parameters& p = op_.params;
    const int64_t group = oc / p.out_channels_per_group();
    const float* src = static_cast<const float*>(args.src) + n * src_strides_.batch;
    float sum = 0.0f;
    for (int64_t kd = 0; kd < p.kernel[0]; ++kd) {
      const int64_t d = source(o, kd, 0);
      for (int64_t kh = 0; d >= 0 && kh < p.kernel[1]; ++kh) {
        const int64_t h = source(o, kh, 1);
        for (int64_t kw = 0; h >= 0 && kw < p.kernel[2]; ++kw) {
          const int64_t w = source(o, kw, 2);
          if (w < 0) continue;
          const float* pixel = src + d * src_strides_.d + h * src_strides_.h + w * src_strides_.w;
          const int64_t tap = (kd * p.kernel[1] + kh) * p.kernel[2] + kw;
          for (int64_t i = 0; i < p.in_channels_per_group(); ++i) {
            const int64_t ic = group * p.in_channels_per_group() + i;
            const int64_t column = ic * p.out_channels_per_group() + oc % p.out_channels_per_group();
            sum += pixel[ic * src_strides_.channel] * op_.weights[column * p.taps() + tap];
          }
        }
      }
    }
    const int64_t at =
        n * dst_strides_.batch + oc * dst_strides_.channel + o[0] * dst_strides_.d + o[1] * dst_strides_.h + o[2] * dst_strides_.w;
    const auto value = [&](const AlignedBuffer<float>& vector) { return vector.size() == 0 ? 0.0f : vector[oc]; };
    const float residual = args.residual == nullptr ? 0.0f : static_cast<const float*>(args.residual)[at];
    static_cast<float*>(args.dst)[at] = apply_epilogue(p.epilogue, sum, value(op_.scale), value(op_.bias), residual, value(op_.slopes));
  }

  int64_t source(const Axes& o, int64_t tap, int a) const noexcept {
    return source_index(o[a], shape_.padding.begin[a], tap, op_.params.dilation[a], op_.params.stride[a], shape_.in[a]);
  }

  const NaiveOperator& op_;
  const Shape shape_;
  const Strides src_strides_, dst_strides_;
};

std::unique_ptr<Plan> NaiveOperator::plan(const Shape& shape) const { return std::make_unique<NaivePlan>(*this, shape); }

class NaiveBackend final : public Backend {
 public:
  const char* name() const override { return "naive"; }
  const char* version() const override { return deconv_version(); }
  std::vector<Candidate> candidates(const Parameters&) const override { return {{"", Support::yes("plain loops run everything")}}; }
  std::unique_ptr<Operator> create(const Parameters& params) const override { return std::make_unique<NaiveOperator>(params); }
};

}  // namespace

const Backend& naive_backend() {
  static const Immortal<const NaiveBackend> backend;
  return *backend;
}

}  // namespace deconv
