// SPDX-License-Identifier: Apache-2.0
// What tells problems apart, and what does not.
#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "core/isa.h"
#include "core/parallel.h"
#include "core/tuning_key.h"
#include "deconv/deconv.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

deconv_params layer() {
  static const Problem problem = parse_problem("d2 n3 g2 ic16 oc32 ih7x5 k4x3 s2x1 d1x2 pb1x0 pe0x1 op1x0 t2");
  static const Target target;
  return make_params(problem, target);
}

std::string key_of(const deconv_params& params) {
  const deconv::Parameters p = deconv::validate(&params, false);
  const std::optional<deconv::Shape> shape = deconv::expected_shape(p);
  REQUIRE(shape.has_value());
  return deconv::tuning_key(p, *shape);
}

}  // namespace

TEST_CASE("tuning key: the words of problem strings") {
  deconv_params params = layer();
  const std::string isa = deconv::isa_names().front();
  CHECK(key_of(params) == "d2 n3 g2 ic16 oc32 ih7x5 k4x3 s2x1 d1x2 pb1x0 pe0x1 op1x0 f32 layout:nchw t2 isa:" + isa);
  const float vector[32] = {};
  params.bias = params.scale = vector;
  params.has_residual = 1;
  params.activation = DECONV_ACTIVATION_GELU_TANH;
  params.dst_layout = DECONV_CHANNELS_LAST;
  params.accuracy = DECONV_ACCURACY_STRICT;
  params.backend = "naive";
  CHECK(key_of(params) ==
        "d2 n3 g2 ic16 oc32 ih7x5 k4x3 s2x1 d1x2 pb1x0 pe0x1 op1x0 f32 src:nchw dst:nhwc bias scale residual gelu_tanh strict "
        "t2 isa:" +
            isa + " backend:naive");
}

// The test knows every field of deconv_params that decides how long a run takes: a field that the key forgets makes two keys equal.
TEST_CASE("tuning key: every field that matters changes it") {
  static const float vector[64] = {};
  const std::vector<std::function<void(deconv_params&)>> changes = {
      [](deconv_params&) {},
      [](deconv_params& p) { p.rank = 1, p.expected_in[0] = 5; },
      [](deconv_params& p) { p.groups = 1; },
      [](deconv_params& p) { p.in_channels = 18; },
      [](deconv_params& p) { p.out_channels = 34; },
      [](deconv_params& p) { p.kernel[0] = 5; },
      [](deconv_params& p) { p.kernel[1] = 4; },
      [](deconv_params& p) { p.stride[1] = 2; },
      [](deconv_params& p) { p.dilation[1] = 1; },
      [](deconv_params& p) { p.padding.begin[0] = 0; },
      [](deconv_params& p) { p.padding.end[0] = 1; },
      [](deconv_params& p) { p.padding.output[0] = 0; },
      [](deconv_params& p) { p.src_layout = DECONV_CHANNELS_LAST; },
      [](deconv_params& p) { p.dst_layout = DECONV_CHANNELS_LAST; },
      [](deconv_params& p) { p.src_layout = p.dst_layout = DECONV_CHANNELS_LAST; },
      [](deconv_params& p) { p.bias = vector; },
      [](deconv_params& p) { p.scale = vector; },
      [](deconv_params& p) { p.has_residual = 1; },
      [](deconv_params& p) { p.accuracy = DECONV_ACCURACY_STRICT; },
      [](deconv_params& p) { p.backend = "highway"; },
      [](deconv_params& p) { p.max_isa = "EMU128"; },
      [](deconv_params& p) { p.expected_batch = 4; },
      [](deconv_params& p) { p.expected_in[1] = 6; },
      [](deconv_params& p) { p.expected_threads = 3; },
  };
  std::set<std::string> keys;
  for (const auto& change : changes) {
    deconv_params params = layer();
    change(params);
    keys.insert(key_of(params));
  }
  for (int activation = 1; activation < 12; ++activation) {
    deconv_params params = layer();
    params.activation = static_cast<deconv_activation>(activation);
    params.prelu_slopes = vector;
    keys.insert(key_of(params));
  }
  CHECK(keys.size() == changes.size() + 11);
}

TEST_CASE("tuning key: weights and the epilogue's numbers do not") {
  const std::string key = key_of(layer());
  deconv_params params = layer();
  params.weights_layout = DECONV_WEIGHTS_O_SPATIAL_I;
  params.weights_form = DECONV_FORM_CORRELATION;
  params.alpha = 0.5f;
  params.weights = &params;
  CHECK(key_of(params) == key);
  params.max_isa = deconv_isa_name(0);  // what an unnamed one comes to
  CHECK(key_of(params) == key);
}

TEST_CASE("tuning key: the expected shape") {
  deconv_params params = layer();
  params.expected_batch = 0;
  params.expected_threads = 0;
  const deconv::Parameters p = deconv::validate(&params, false);
  const std::optional<deconv::Shape> shape = deconv::expected_shape(p);
  REQUIRE(shape.has_value());
  CHECK(shape->batch == 1);
  CHECK(shape->threads == deconv::default_threads());
  CHECK(shape->in == deconv::Axes{1, 7, 5});
  params.expected_in[1] = 0;
  CHECK_FALSE(deconv::expected_shape(deconv::validate(&params, false)).has_value());
}
