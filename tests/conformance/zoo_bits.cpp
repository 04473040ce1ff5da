// SPDX-License-Identifier: Apache-2.0
// The same bits on every layer of the zoo, whatever the threads, the batch around an image, where tensors begin, and however often: with
// the channels that it really has in the long sweep on this CPU's best instruction set (others take hours), with few of them otherwise.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "conformance/session.h"
#include "support/zoo.h"

namespace deconv_test {
namespace {

// Behind a guard page's end, and 4, 20 and 60 bytes after a page's begin: no vector's alignment.
constexpr Placement kPlacements[] = {{true, 0}, {false, 4}, {false, 20}, {false, 60}};

class SameBits {
 public:
  SameBits(const Problem& problem, const Tensors& tensors)
      : problem_(problem), tensors_(tensors), one_(problem, session().target(), tensors) {}

  void check() {
    if (one_.status() == DECONV_UNSUPPORTED) return session().report_unsupported(words(problem_), one_.error());
    if (one_.status() != DECONV_OK) return session().report(false, one_.error() + "\n  repeat: " + words(problem_));
    expected_ = one_.run(tensors_).dst;
    for (const Placement placement : kPlacements) {
      RunOptions options;
      options.placement = placement;
      expect(problem_, one_.run(tensors_, options), "another alignment");
    }
    for (const int threads : {2, 3, 8}) {
      Problem p = problem_;
      p.threads = threads;
      const Layer many(p, session().target(), tensors_, &one_);
      expect(p, many, tensors_, std::to_string(threads) + " threads");
    }
    twice_the_batch();
  }

 private:
  static std::string words(const Problem& p) { return repro(p, session().target(), Fill::kReal); }

  void expect(const Problem& p, const RunResult& result, const std::string& what) {
    bool same = result.status == DECONV_OK && result.trespass.empty() && !expected_.empty() && result.dst.size() % expected_.size() == 0;
    for (size_t at = 0; same && at < result.dst.size(); at += expected_.size())
      same = std::memcmp(result.dst.data() + at, expected_.data(), expected_.size() * sizeof(float)) == 0;
    session().report(same, what + " changes the result " + result.error + result.trespass + "\n  layer: " + words(p));
  }
  void expect(const Problem& p, const Layer& layer, const Tensors& tensors, const std::string& what) {
    if (layer.status() != DECONV_OK) return session().report(false, layer.error() + "\n  repeat: " + words(p));
    expect(p, layer.run(tensors), what);
  }

  // The same images once more behind themselves.
  void twice_the_batch() {
    Problem p = problem_;
    p.batch *= 2;
    p.threads = 2;
    Tensors tensors = tensors_;
    tensors.src.insert(tensors.src.end(), tensors_.src.begin(), tensors_.src.end());
    const Layer twice(p, session().target(), tensors, &one_);
    expect(p, twice, tensors, "twice the batch");
  }

  const Problem& problem_;
  const Tensors& tensors_;
  const Layer one_;
  std::vector<float> expected_;
};

bool real_channels() { return session().full && session().target().isa == deconv_isa_name(0); }

TEST_CASE("zoo: the same bits for threads, batches, alignments and repetitions") {
  if (!session().own_backend()) return;
  for (const ZooRow& row : load_zoo(DECONV_TEST_ZOO)) {
    Problem p = real_channels() ? row.problem : shrink(row.problem);
    for (const auto layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      p.src_layout = p.dst_layout = layout;
      const Tensors tensors = fill_tensors(p, Fill::kReal);
      if (!session().for_each_target([&] { SameBits(p, tensors).check(); })) return;
    }
  }
}

}  // namespace
}  // namespace deconv_test
