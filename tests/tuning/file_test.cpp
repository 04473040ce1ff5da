// SPDX-License-Identifier: Apache-2.0
// Tuning files on disk: several processes at once, and what is never overwritten.
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/tuning_file.h"
#include "tuning/fixture.h"

using deconv::TuningRecords;
using namespace deconv_test;

namespace {

std::string problem(int writer, int i) { return "d1 n" + std::to_string(writer) + " g" + std::to_string(i); }

template <class F>
std::string failure(deconv_status status, const F& f) {
  try {
    f();
  } catch (const deconv::Error& error) {
    CHECK(error.status() == status);
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("tuning file: added to, read, nothing left beside it") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  deconv::check_tuning_file(path);
  CHECK(deconv::read_tuning_file(path).empty());
  deconv::add_to_tuning_file(path, {{"d1 a", record("onednn")}});
  deconv::add_to_tuning_file(path, {{"d1 b", record("naive")}, {"d1 a", record("highway/depthwise", "2027-01-01T00:00:00Z")}});
  const TuningRecords all = deconv::read_tuning_file(path);
  CHECK(all.size() == 2);
  CHECK(all.at("d1 a").chosen == "highway/depthwise");
  CHECK(all.at("d1 b").chosen == "naive");
  CHECK(folder.files() == 1);
}

TEST_CASE("tuning file: processes that write at once lose nothing, and readers see whole files") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  constexpr int kWriters = 4, kLines = 25;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    children.push_back(start_child([&] {
      for (int i = 0; i < kLines; ++i) deconv::add_to_tuning_file(path, {{problem(writer, i), record("naive")}});
      return true;
    }));
  }
  children.push_back(start_child([&] {
    for (size_t seen = 0; seen < kWriters * kLines;) {
      size_t now = 0;
      try {
        now = deconv::read_tuning_file(path).size();
      } catch (const deconv::Error& error) {
        if (!has(error.what(), "No such file")) return false;
      }
      if (now < seen) return false;
      seen = now;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // writers may share its core
    }
    return true;
  }));
  for (const pid_t child : children) CHECK(succeeded(child));
  CHECK(deconv::read_tuning_file(path).size() == kWriters * kLines);
  CHECK(folder.files() == 1);
}

TEST_CASE("tuning file: threads that write at once lose nothing") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 4; ++writer) {
    threads.emplace_back([&path, writer] {
      for (int i = 0; i < 10; ++i) deconv::add_to_tuning_file(path, {{problem(writer, i), record("naive")}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(deconv::read_tuning_file(path).size() == 40);
}

TEST_CASE("tuning file: a corrupt or foreign one begins anew, another kind of file is left alone") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const std::string mine = deconv::format_tuning({{"d1 a", record("onednn")}}, deconv::tuning_owner());
  for (const std::string& old : {mine + "garbage\n", mine.substr(0, mine.size() - 5), std::string("deconv-tuning 9\n"),
                                 deconv::format_tuning({{"d1 a", record("onednn")}}, {deconv_version(), "another CPU"})}) {
    write(path, old);
    CAPTURE(old);
    CHECK(failure(DECONV_UNSUPPORTED, [&] { deconv::read_tuning_file(path); }) != "nothing");
    deconv::add_to_tuning_file(path, {{"d1 b", record("naive")}});
    const TuningRecords read = deconv::read_tuning_file(path);
    CHECK(read.size() == 1);
    CHECK(read.count("d1 b") == 1);
  }
  write(path, "dear diary\n");
  for (const auto& action : {+[](const std::string& p) { deconv::check_tuning_file(p); },
                             +[](const std::string& p) { deconv::add_to_tuning_file(p, {{"d1 b", record("naive")}}); }}) {
    const std::string reason = failure(DECONV_INVALID_ARGUMENT, [&] { action(path); });
    CHECK(has(reason, path));
    CHECK(has(reason, "no tuning file"));
    CHECK(contents(path) == "dear diary\n");
  }
}

TEST_CASE("tuning file: keeps its permissions") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  write(path, "");
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  deconv::add_to_tuning_file(path, {{"d1 b", record("naive")}});
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("tuning file: a link stays one, and what it names is replaced") {
  const Folder folder;
  const std::string path = folder.file("tuning"), link = folder.file("link");
  std::filesystem::create_symlink("tuning", link);
  for (const char* key : {"d1 a", "d1 b"}) {  // the first finds nothing at its end
    deconv::check_tuning_file(link);
    deconv::add_to_tuning_file(link, {{key, record("naive")}});
    CHECK(std::filesystem::is_symlink(link));
    CHECK(deconv::read_tuning_file(path).count(key) == 1);
  }
  CHECK(deconv::read_tuning_file(link).size() == 2);
  CHECK(folder.files() == 2);
}

// Replacing a file takes its folder's permission: whoever lacks it hears so before anything is measured.
TEST_CASE("tuning file: a folder that may not be written") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  write(path, "");
  REQUIRE(chmod(path.c_str(), 0666) == 0);
  REQUIRE(chmod(folder.file("").c_str(), 0555) == 0);
  const pid_t child = start_child([&] {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setuid(kNobody) != 0) return false;
    const std::string reason = failure(DECONV_BACKEND_FAILURE, [&] { deconv::check_tuning_file(path); });
    return has(reason, path) && has(reason, "cannot be written");
  });
  CHECK(succeeded(child));
  REQUIRE(chmod(folder.file("").c_str(), 0755) == 0);
}

TEST_CASE("tuning file: what is no file says so, and nobody waits") {
  const Folder folder;
  const std::string pipe = folder.file("pipe"), missing = folder.file("missing/file");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const auto read_refusal = [&](const std::string& path) { return failure(DECONV_UNSUPPORTED, [&] { deconv::read_tuning_file(path); }); };
  CHECK(has(read_refusal(pipe), "no regular file"));
  CHECK(has(read_refusal("/dev/zero"), "no regular file"));
  CHECK(has(read_refusal("/"), "no regular file"));
  CHECK(has(read_refusal(missing), "No such file"));
  const auto write_refusal = [&](const std::string& path) {
    return failure(DECONV_BACKEND_FAILURE, [&] { deconv::check_tuning_file(path); });
  };
  CHECK(has(write_refusal(pipe), "no regular file"));
  CHECK(has(write_refusal(missing), "No such file"));
  CHECK(has(write_refusal("/"), "directory"));
}
