// SPDX-License-Identifier: Apache-2.0
#include "core/locked_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

#include "core/error.h"

namespace deconv {
namespace {

// Neither waits for the other end of a pipe nor survives exec.
constexpr int kOpenFlags = O_CLOEXEC | O_NONBLOCK;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

[[noreturn]] void fail_with_errno(deconv_status status, const char* what) {
  const std::string reason = std::generic_category().message(errno);
  throw Error(status, "it cannot be %s: %s", what, reason.c_str());
}

struct stat status_of(int descriptor, deconv_status failure) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) fail_with_errno(failure, "read");
  if (!S_ISREG(status.st_mode)) throw Error(failure, "it is no regular file");
  return status;
}

std::string read_all(int descriptor, size_t most, deconv_status failure) {
  std::string text;
  char block[4096];
  while (text.size() <= most) {
    const ssize_t count = ::read(descriptor, block, sizeof(block));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_with_errno(failure, "read");
    if (count == 0) return text;
    text.append(block, static_cast<size_t>(count));
  }
  text.resize(most + 1);
  return text;
}

void write_all(int descriptor, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_with_errno(DECONV_BACKEND_FAILURE, "written");
    done += static_cast<size_t>(count);
  }
}

// A link stays one: what it names is replaced. "" where nothing has the name any more.
std::string without_links(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  if (resolved == nullptr && errno == ENOMEM) throw std::bad_alloc();
  return resolved == nullptr ? "" : resolved.get();
}

// Names a file beside `path` until it is renamed: a failure on the way leaves none behind.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) : path_(path + ".XXXXXX"), descriptor_(mkostemp(path_.data(), O_CLOEXEC)) {
    if (get() < 0) fail_with_errno(DECONV_BACKEND_FAILURE, "written");
  }
  ~TemporaryFile() {
    if (!renamed_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  int get() const { return descriptor_.get(); }
  bool rename_to(const std::string& path) {
    renamed_ = std::rename(path_.c_str(), path.c_str()) == 0;
    return renamed_;
  }

 private:
  std::string path_;
  Descriptor descriptor_;
  bool renamed_ = false;
};

// Whether the file that was opened is still the one of that name: who held the lock before may have put another in its place.
bool still_named(int descriptor, const std::string& path) {
  struct stat opened{}, named{};
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

}  // namespace

std::string read_regular_file(const std::string& path, size_t most) {
  const Descriptor file(open(path.c_str(), O_RDONLY | kOpenFlags));
  if (file.get() < 0) fail_with_errno(DECONV_UNSUPPORTED, "opened");
  status_of(file.get(), DECONV_UNSUPPORTED);
  return read_all(file.get(), most, DECONV_UNSUPPORTED);
}

LockedFile::LockedFile(const std::string& path) {
  for (;;) {
    Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | kOpenFlags, 0666));
    if (file.get() < 0) fail_with_errno(DECONV_BACKEND_FAILURE, "written");
    status_of(file.get(), DECONV_BACKEND_FAILURE);
    while (flock(file.get(), LOCK_EX) != 0) {
      if (errno != EINTR) fail_with_errno(DECONV_BACKEND_FAILURE, "locked");
    }
    path_ = without_links(path);
    if (!still_named(file.get(), path_)) continue;
    descriptor_ = file.release();
    return;
  }
}

LockedFile::~LockedFile() {
  flock(descriptor_, LOCK_UN);  // a child that another thread forked meanwhile has the descriptor, too
  close(descriptor_);
}

std::string LockedFile::read(size_t most) const { return read_all(descriptor_, most, DECONV_BACKEND_FAILURE); }

void LockedFile::require_replaceable() const { TemporaryFile file(path_); }

void LockedFile::replace(const std::string& text) {
  TemporaryFile file(path_);
  const mode_t mode = status_of(descriptor_, DECONV_BACKEND_FAILURE).st_mode & 0777;
  write_all(file.get(), text);
  if (fchmod(file.get(), mode) != 0 || fsync(file.get()) != 0 || !file.rename_to(path_)) {
    fail_with_errno(DECONV_BACKEND_FAILURE, "replaced");
  }
}

}  // namespace deconv
