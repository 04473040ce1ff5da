// SPDX-License-Identifier: Apache-2.0
// One line on stderr that says what is measured and how long it will take; nothing where stderr is not a terminal.
#pragma once

#include "session.h"

namespace deconv::tool {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);
  void show(const char* what);

 private:
  bool terminal_;
};

}  // namespace deconv::tool
