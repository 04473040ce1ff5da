// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <cstdio>

#include "text.h"

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace deconv::tool {
namespace {

bool stderr_is_terminal() {
#if defined(__unix__) || defined(__APPLE__)
  return isatty(STDERR_FILENO) == 1;
#else
  return false;
#endif
}

// Back to the line's begin, the text, and nothing behind it.
void print(const std::string& text) {
  std::fprintf(stderr, "\r%s\033[K", text.c_str());
  std::fflush(stderr);
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(stderr_is_terminal()) {}

ProgressLine::~ProgressLine() {
  if (terminal_) print("");
}

void ProgressLine::show(const char* what) {
  if (terminal_) print(what);
}

void ProgressLine::show(const Progress& progress) {
  if (!terminal_) return;
  const bench::RowSpec& spec = *progress.spec;
  const std::string place = format("round %d/%d, row %zu/%zu, %s left: ", progress.round, progress.rounds, progress.row, progress.rows,
                                   duration(progress.left_s).c_str());
  const std::string name =
      spec.layer.name + " " + spec.variant.name + " " + bench::to_text(spec.layout) + " t" + std::to_string(spec.threads);
  print(place + (place.size() + name.size() < kColumns ? name : cut(name, kColumns - 1 - place.size())));
}

}  // namespace deconv::tool
