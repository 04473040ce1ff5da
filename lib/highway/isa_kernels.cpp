// SPDX-License-Identifier: Apache-2.0
#include "highway/isa_kernels.h"

#include <hwy/highway.h>
#include <hwy/targets.h>

#include <cstring>

#include "core/error.h"
#include "core/immortal.h"
#include "core/isa.h"

namespace deconv {
namespace {

// Highway's sets are int64_t with one bit a target; bit 62 is the highest in use.
constexpr int kTargetBits = 63;

// The static target is what the compiler's baseline allows, so every CPU that can load the library runs it. Asked once: a virtual machine
// leaves its guest for each CPUID, and Highway asks some twenty of them.
int64_t usable_targets() {
  static const int64_t targets = (hwy::SupportedTargets() & HWY_TARGETS) | HWY_STATIC_TARGET;
  return targets;
}

// 0 when no target of any architecture has the name. Highway calls bits that are no target "Unknown".
int64_t target_of_name(const std::string& name) {
  if (name == hwy::TargetName(0)) return 0;
  for (int bit = 0; bit < kTargetBits; ++bit) {
    const int64_t target = int64_t{1} << bit;
    if (name == hwy::TargetName(target)) return target;
  }
  return 0;
}

std::string names() {
  std::string text;
  for (const char* name : isa_names()) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

int64_t allowed_targets(const std::string& max_isa) {
  if (max_isa.empty()) return usable_targets();
  const int64_t cap = target_of_name(max_isa);
  if (cap == 0) throw Error(DECONV_INVALID_ARGUMENT, "max_isa = \"%.60s\" is unknown: this CPU has %s", max_isa.c_str(), names().c_str());
  return usable_targets() & ~(cap - 1);
}

const char* best_target_name(int64_t targets) { return hwy::TargetName(targets & -targets); }

const std::vector<const char*>& isa_names() {
  static const Immortal<const std::vector<const char*>> list([] {
    std::vector<const char*> found;
    for (int64_t rest = usable_targets(); rest != 0; rest &= rest - 1) found.push_back(best_target_name(rest));
    return found;
  }());
  return *list;
}

void require_isa_name(const std::string& name) { allowed_targets(name); }

Support check_isa(const std::string& name) {
  if (allowed_targets(name) != 0) return Support::yes();
  return Support::no("max_isa = \"" + name + "\" leaves no target: this CPU has " + names());
}

}  // namespace deconv
