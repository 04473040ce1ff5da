// SPDX-License-Identifier: Apache-2.0
// What goes wrong, as Python exceptions: deconv.errors has one class for each deconv_status.
#pragma once

#include <string>

namespace deconv_python {

// Makes deconv::Error arrive in Python as the class of deconv.errors that stands for its status. Called once, when the module is made.
void register_failures();

// Throws deconv.errors.InvalidArgument (a ValueError) with these words.
[[noreturn]] void refuse(const std::string& words);

// Throws TypeError with these words.
[[noreturn]] void refuse_type(const std::string& words);

}  // namespace deconv_python
