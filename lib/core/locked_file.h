// SPDX-License-Identifier: Apache-2.0
// A small file that several processes update: one at a time, and never half. Reasons leave the file's name to the caller: "it cannot be
// read: ..."
#pragma once

#include <string>

namespace deconv {

// The first most + 1 bytes. Throws Error(DECONV_UNSUPPORTED) with the reason where there is no such regular file or it cannot be read.
std::string read_regular_file(const std::string& path, size_t most);

// Holds the file at `path` from construction to destruction; other LockedFiles of any process wait. Readers do not.
class LockedFile {
 public:
  // Makes an empty file where there is none. A link's file is held, and replaced. Throws Error(DECONV_BACKEND_FAILURE) with the system's
  // reason.
  explicit LockedFile(const std::string& path);
  ~LockedFile();
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

  // The first most + 1 bytes. Throws Error(DECONV_BACKEND_FAILURE).
  std::string read(size_t most) const;

  // Throws Error(DECONV_BACKEND_FAILURE) where replace() would, for want of permission in the file's folder.
  void require_replaceable() const;

  // Puts a new file with `text` in its place, after which nothing but destruction is allowed. Throws Error(DECONV_BACKEND_FAILURE); the
  // file is then as it was.
  void replace(const std::string& text);

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace deconv
