// SPDX-License-Identifier: Apache-2.0
// Processes that take turns, each a fork that writes a letter into a common log whenever it is its turn.
#include "turns.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace deconv::tool;

namespace {

class Folder {
 public:
  Folder() : path_("/tmp/deconv_turns_XXXXXX") { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Folder() {
    for (const char* name : {"turns", "log"}) unlink((path_ + "/" + name).c_str());
    rmdir(path_.c_str());
  }
  std::string turns() const { return path_ + "/turns"; }
  std::string log() const { return path_ + "/log"; }
  std::string logged() const {
    std::ifstream file(log());
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

void note(const Folder& folder, char letter) {
  const int file = open(folder.log().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
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

// Every process stands at its first stage before any goes on.
void visit(const Folder& folder, char letter, int visits) {
  Turns turns(folder.turns());
  note(folder, '.');
  while (folder.logged() != "..") usleep(1000);
  for (int i = 0; i < visits; ++i) {
    const Turn turn(&turns);
    turns.meet(i);
    note(folder, letter);
    if (letter == 'a') usleep(2000);  // the other is back long before
  }
}

}  // namespace

TEST_CASE("turns: two processes alternate, however long each takes") {
  const Folder folder;
  wait_for({start([&] { visit(folder, 'a', 20); }), start([&] { visit(folder, 'b', 20); })});
  const std::string order = folder.logged().substr(2);
  REQUIRE(order.size() == 40);
  for (size_t i = 0; i < order.size(); i += 2) CHECK(order[i] != order[i + 1]);  // each pair is one stage of both
}

TEST_CASE("turns: who is ahead waits, until the other has caught up or is dead") {
  const Folder folder;
  const pid_t slow = start([&] {
    Turns turns(folder.turns());
    note(folder, '.');
    while (folder.logged().size() < 2) usleep(1000);
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
    Turns turns(folder.turns());
    note(folder, '.');
    while (folder.logged().size() < 2) usleep(1000);
    const Turn turn(&turns);
    turns.meet(5);
    note(folder, 'f');
    turns.meet(9);
    note(folder, 'e');
  });
  wait_for({slow, fast});
  CHECK(folder.logged() == "..sfe");
}

TEST_CASE("turns: waiting is counted; a file that cannot be is named") {
  const Folder folder;
  const pid_t holder = start([&] {
    Turns turns(folder.turns());
    turns.take();
    note(folder, '.');
    usleep(30000);
  });
  while (folder.logged().empty()) usleep(1000);
  Turns turns(folder.turns());
  turns.take();
  CHECK(turns.waited_s() > 0.01);
  turns.give();
  wait_for({holder});
  CHECK_THROWS_WITH_AS(Turns("/nowhere/turns"), "--turns: cannot open /nowhere/turns: No such file or directory", std::runtime_error);
}
#endif
