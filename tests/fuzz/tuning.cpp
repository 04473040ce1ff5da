// SPDX-License-Identifier: Apache-2.0
// Text to the parser of tuning files: records that survive being written and read again, or DECONV_UNSUPPORTED in words.
#include "core/error.h"
#include "core/tuning_text.h"
#include "fuzz/patience.h"
#include "fuzz/require.h"

namespace deconv_fuzz {
namespace {

void parse(std::string_view text) {
  const deconv::TuningOwner owner{"0.1.0", "A CPU"};
  try {
    const std::string once = deconv::format_tuning(deconv::parse_tuning(text, owner), owner);
    require(deconv::format_tuning(deconv::parse_tuning(once, owner), owner) == once, "what is written is read as it was: " + once);
    require(deconv::is_tuning_text(text), "what is read may be replaced");
  } catch (const deconv::Error& error) {
    require(error.status() == DECONV_UNSUPPORTED && error.what()[0] != '\0', "a refusal has words");
  }
}

}  // namespace
}  // namespace deconv_fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  deconv_fuzz::be_patient();
  deconv_fuzz::parse({reinterpret_cast<const char*>(data), size});
  return 0;
}
