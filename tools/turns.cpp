// SPDX-License-Identifier: Apache-2.0
#include "turns.h"

#include <chrono>
#include <stdexcept>

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#endif

namespace deconv::tool {

#if defined(__unix__) || defined(__APPLE__)
namespace {

// Bytes of the file that processes lock: who measures; who is next; and each its part, whose stage lies in the file's content. Whoever
// waits to measure holds the second meanwhile, so that one who has just measured queues behind. Record locks end with their process.
constexpr off_t kNow = 0, kNext = 1, kParts = 2;
constexpr int kMostParts = 16;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("--turns: " + what + ": " + std::generic_category().message(errno));
}

// Whether it is done; only F_SETLK can find it in use.
bool lock(int descriptor, off_t byte, short type, int command = F_SETLKW) {
  struct flock record{};
  record.l_type = type;
  record.l_whence = SEEK_SET;
  record.l_start = byte;
  record.l_len = 1;
  while (fcntl(descriptor, command, &record) != 0) {
    if (command == F_SETLK && (errno == EAGAIN || errno == EACCES)) return false;
    if (errno != EINTR) fail("cannot lock");
  }
  return true;
}

bool locked_by_another(int descriptor, off_t byte) {
  struct flock record{};
  record.l_type = F_WRLCK;
  record.l_whence = SEEK_SET;
  record.l_start = byte;
  record.l_len = 1;
  if (fcntl(descriptor, F_GETLK, &record) != 0) fail("cannot read locks");
  return record.l_type != F_UNLCK;
}

off_t place_of_stage(int part) { return kParts + kMostParts + static_cast<off_t>(part) * static_cast<off_t>(sizeof(int64_t)); }

void write_stage(int descriptor, int part, int64_t stage) {
  if (pwrite(descriptor, &stage, sizeof(stage), place_of_stage(part)) != static_cast<ssize_t>(sizeof(stage))) fail("cannot write");
}

int claim_part(int descriptor) {
  for (int part = 0; part < kMostParts; ++part) {
    if (lock(descriptor, kParts + part, F_WRLCK, F_SETLK)) return part;
  }
  throw std::runtime_error("--turns: " + std::to_string(kMostParts) + " processes take turns already");
}

}  // namespace

Turns::Turns(const std::string& path) : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666)) {
  if (descriptor_ < 0) fail("cannot open " + path);
  try {
    part_ = claim_part(descriptor_);
    write_stage(descriptor_, part_, -1);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

Turns::~Turns() { close(descriptor_); }

void Turns::take() {
  const auto start = std::chrono::steady_clock::now();
  lock(descriptor_, kNext, F_WRLCK);
  lock(descriptor_, kNow, F_WRLCK);
  lock(descriptor_, kNext, F_UNLCK);
  waited_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Turns::give() { lock(descriptor_, kNow, F_UNLCK); }

void Turns::meet(int64_t stage) {
  write_stage(descriptor_, part_, stage);
  while (others_are_behind(stage)) pass();
}

bool Turns::others_are_behind(int64_t stage) const {
  for (int part = 0; part < kMostParts; ++part) {
    if (part == part_ || !locked_by_another(descriptor_, kParts + part)) continue;
    int64_t theirs = 0;
    if (pread(descriptor_, &theirs, sizeof(theirs), place_of_stage(part)) == static_cast<ssize_t>(sizeof(theirs)) && theirs < stage)
      return true;
  }
  return false;
}
#else
Turns::Turns(const std::string&) : descriptor_(-1) { throw std::runtime_error("--turns: this system has no record locks"); }
Turns::~Turns() = default;
void Turns::take() {}
void Turns::give() {}
void Turns::meet(int64_t) {}
bool Turns::others_are_behind(int64_t) const { return false; }
#endif

}  // namespace deconv::tool
