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

// Bytes of the file that processes lock: who measures; and each its part, whose words follow. Record locks end with their process, but
// know no order, and whom one wakes may be slow to come: whoever asks draws a ticket, and only the oldest may keep the first byte.
constexpr off_t kNow = 0, kParts = 1;
constexpr int kMostParts = 16;
constexpr int64_t kNoTicket = 0;
constexpr useconds_t kStandBackUs = 50;  // for one that was woken and has not come yet

// What others may know of a part.
struct Words {
  int64_t stage, ticket;
};

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

off_t place_of_words(int part) { return kParts + kMostParts + static_cast<off_t>(part) * static_cast<off_t>(sizeof(Words)); }

void write_words(int descriptor, int part, const Words& words) {
  if (pwrite(descriptor, &words, sizeof(words), place_of_words(part)) != static_cast<ssize_t>(sizeof(words))) fail("cannot write");
}

// f(words) of each other part whose process lives, until it returns true; whether it did.
template <class F>
bool any_other(int descriptor, int own, const F& f) {
  for (int part = 0; part < kMostParts; ++part) {
    Words words{};
    if (part != own && locked_by_another(descriptor, kParts + part) &&
        pread(descriptor, &words, sizeof(words), place_of_words(part)) == static_cast<ssize_t>(sizeof(words)) && f(words))
      return true;
  }
  return false;
}

// Nanoseconds that all processes count alike.
int64_t draw_ticket() { return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count(); }

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
    write_words(descriptor_, part_, {stage_, kNoTicket});
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

Turns::~Turns() { close(descriptor_); }

void Turns::ask() {
  ticket_ = draw_ticket();
  write_words(descriptor_, part_, {stage_, ticket_});
}

void Turns::take() {
  ask();
  wait();
}

void Turns::wait() {
  const auto start = std::chrono::steady_clock::now();
  lock(descriptor_, kNow, F_WRLCK);
  while (any_other(descriptor_, part_, [&](const Words& words) { return words.ticket != kNoTicket && words.ticket < ticket_; })) {
    give();
    usleep(kStandBackUs);
    lock(descriptor_, kNow, F_WRLCK);
  }
  write_words(descriptor_, part_, {stage_, kNoTicket});
  waited_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Turns::give() { lock(descriptor_, kNow, F_UNLCK); }

// Asks before it gives: otherwise another could be through with its turn before this one is in the queue.
void Turns::pass() {
  ask();
  give();
  wait();
}

void Turns::meet(int64_t stage) {
  stage_ = stage;
  write_words(descriptor_, part_, {stage_, kNoTicket});
  while (any_other(descriptor_, part_, [&](const Words& words) { return words.stage < stage; })) pass();
}
#else
Turns::Turns(const std::string&) : descriptor_(-1) { throw std::runtime_error("--turns: this system has no record locks"); }
Turns::~Turns() = default;
void Turns::take() {}
void Turns::give() {}
void Turns::pass() {}
void Turns::meet(int64_t) {}
void Turns::ask() {}
void Turns::wait() {}
#endif

}  // namespace deconv::tool
