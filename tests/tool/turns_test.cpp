// SPDX-License-Identifier: Apache-2.0
// Processes that take turns, each a fork that writes a letter into a common log whenever it is its turn.
#include "turns.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/folder.h"

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace deconv::tool;
using deconv_test::Folder;

namespace {

std::string logged(const Folder& folder) { return deconv_test::contents(folder.file("log")); }

void note(const Folder& folder, char letter) {
  const int file = open(folder.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (write(file, &letter, 1) != 1) std::abort();
  close(file);
}

pid_t start(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  return child;
}

void wait_for(const std::vector<pid_t>& children) {
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
}

// Both processes have a part before either goes on.
void wait_for_both(const Folder& folder) {
  note(folder, '.');
  while (logged(folder).size() < 2) usleep(1000);
}

void visit(const Folder& folder, char letter) {
  Turns turns(folder.file("turns"));
  wait_for_both(folder);
  for (int i = 0; i < 20; ++i) {
    const Turn turn(&turns);
    turns.meet(i);
    for (int samples = letter == 'a' ? 3 : 1; samples > 0; --samples) {
      note(folder, letter);
      turns.pass();
    }
  }
}

}  // namespace

TEST_CASE("turns: no one begins a stage that the other has not reached, however many samples each takes") {
  const Folder folder;
  wait_for({start([&] { visit(folder, 'a'); }), start([&] { visit(folder, 'b'); })});
  const std::string order = logged(folder).substr(2);
  REQUIRE(order.size() == 80);
  for (size_t i = 0; i < order.size(); i += 4) CHECK(std::count(order.begin() + i, order.begin() + i + 4, 'a') == 3);
}

TEST_CASE("turns: who passes its turn on has the next after all who asked before") {
  const Folder folder;
  const auto pass = [&](char letter) {
    Turns turns(folder.file("turns"));
    note(folder, '.');
    while (logged(folder).size() < 3) usleep(1000);
    const Turn turn(&turns);
    turns.meet(0);
    for (int i = 0; i < 200; ++i) {
      note(folder, letter);
      turns.pass();
    }
  };
  wait_for({start([&] { pass('a'); }), start([&] { pass('b'); }), start([&] { pass('c'); })});
  const std::string order = logged(folder).substr(3);
  REQUIRE(order.size() == 600);
  for (size_t i = 3; i < order.size(); ++i) REQUIRE(order[i] == order[i - 3]);
}

TEST_CASE("turns: who is ahead waits, until the other has caught up or is dead") {
  const Folder folder;
  const pid_t slow = start([&] {
    Turns turns(folder.file("turns"));
    wait_for_both(folder);
    {
      const Turn turn(&turns);
      turns.meet(0);
    }
    usleep(50000);
    const Turn turn(&turns);
    note(folder, 's');
    turns.meet(5);
    _exit(0);  // with its turn
  });
  const pid_t fast = start([&] {
    Turns turns(folder.file("turns"));
    wait_for_both(folder);
    const Turn turn(&turns);
    turns.meet(5);
    note(folder, 'f');
    turns.meet(9);
    note(folder, 'e');
  });
  wait_for({slow, fast});
  CHECK(logged(folder) == "..sfe");
}

TEST_CASE("turns: waiting is counted; a file that cannot be is named") {
  const Folder folder;
  const pid_t holder = start([&] {
    Turns turns(folder.file("turns"));
    turns.take();
    note(folder, '.');
    usleep(30000);
  });
  while (logged(folder).empty()) usleep(1000);
  Turns turns(folder.file("turns"));
  turns.take();
  CHECK(turns.waited_s() > 0.01);
  turns.give();
  wait_for({holder});
  CHECK_THROWS_WITH_AS(Turns("/nowhere/turns"), "--turns: cannot open /nowhere/turns: No such file or directory", std::runtime_error);
}
#endif
