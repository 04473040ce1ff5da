// SPDX-License-Identifier: Apache-2.0
// What nobody may spoil: files of other processes, bad arguments, threads at once, forks.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "tuning/layer.h"

using namespace deconv_test;

TEST_CASE("tuning: a file is written, and another process reads it through the environment") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  TunableLayer layer;
  layer.options.file = path.c_str();
  deconv_tune_result result;
  deconv_tune_result_init(&result);
  REQUIRE(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_OK);
  CHECK(has(contents(path), layer.key() + " = "));
  layer.plant_in(path, "naive");
  deconv_tuning_clear();
  CHECK_FALSE(has(layer.created(), "tuned"));
  CHECK(succeeded(start_child([&] {
    deconv_tuning_clear();
    setenv("DECONV_TUNING_FILE", path.c_str(), 1);
    return begins(layer.created(), "naive");
  })));
  // Without an option the environment's file is where results go.
  const ScopedEnvironment file("DECONV_TUNING_FILE", folder.file("other").c_str());
  layer.options.file = nullptr;
  REQUIRE(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_OK);
  CHECK(has(contents(folder.file("other")), layer.key() + " = "));
}

TEST_CASE("tuning: the environment's file is read once") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const TunableLayer layer;
  layer.plant_in(path, "naive");
  const ScopedEnvironment file("DECONV_TUNING_FILE", path.c_str());
  CHECK(begins(layer.created(), "naive"));
  layer.plant_in(path, "highway/overlap_add");
  CHECK(begins(layer.created(), "naive"));
  deconv_tuning_clear();
  CHECK(begins(layer.created(), "highway/overlap_add"));
}

TEST_CASE("tuning: a file that cannot be used changes nothing but a line of the explanation") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const TunableLayer layer;
  const std::string untuned = layer.created(), explained = layer.explain();
  const std::string good = deconv::format_tuning({{layer.key(), record("naive")}}, deconv::tuning_owner());
  const ScopedEnvironment file("DECONV_TUNING_FILE", path.c_str());
  const std::pair<std::string, const char*> kFiles[] = {
      {good.substr(0, good.size() - 1), "its last line has no end"},
      {good + "garbage\n", "line 4 is no measurement: \"garbage\""},
      {"garbage\n" + good, "no tuning file"},
      {deconv::format_tuning({{layer.key(), record("naive")}}, {deconv_version(), "Z80"}), "measured on CPU \"Z80\""},
      {deconv::format_tuning({{layer.key(), record("naive")}}, {"0.0.1", deconv::tuning_owner().cpu}), "version \"0.0.1\""},
      {"deconv-tuning 7 x y\n", "format \"7\""}};
  for (const auto& [text, reason] : kFiles) {
    deconv_tuning_clear();
    write(path, text);
    const std::string written = text;
    CAPTURE(written);
    const char* candidates = nullptr;
    CHECK(layer.created(&candidates) == untuned);
    CHECK(begins(line_of(candidates, "tuning: "), "tuning: \"" + path + "\" is ignored: "));
    const std::string now = layer.explain(), line = line_of(now, "tuning: ");
    CHECK(has(line, reason));
    CHECK(now.substr(0, now.find("tuning: ")) + now.substr(now.find("tuning: ") + line.size() + 1) == explained);
    CHECK(deconv_tuning_load(path.c_str()) == DECONV_UNSUPPORTED);
    check_words({path, reason});
  }
  std::filesystem::remove(path);
  deconv_tuning_clear();
  CHECK(layer.created() == untuned);
  CHECK(has(layer.explain(), "No such file"));
  // Once there is a good one, nobody complains.
  layer.plant_in(path, "naive");
  CHECK(deconv_tuning_load(path.c_str()) == DECONV_OK);
  CHECK(begins(layer.created(), "naive"));
  CHECK_FALSE(has(layer.explain(), "tuning: "));
}

TEST_CASE("tuning: bad arguments name the culprit, and nothing is written") {
  TunableLayer layer;
  deconv_tune_result result;
  deconv_tune_result_init(&result);
  result.candidates = 77;
  const auto refused = [&](deconv_status status, const std::vector<std::string>& words) {
    CHECK(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == status);
    check_words(words);
    CHECK(result.candidates == 77);
    CHECK_FALSE(has(layer.explain(), "tuned"));
  };
  for (const double seconds : {0.0, -1.0, std::nan("")}) {
    layer.options.seconds = seconds;
    refused(DECONV_INVALID_ARGUMENT, {"seconds", "greater than 0"});
  }
  layer.options.seconds = 0.01;
  layer.options.struct_size = 3;
  refused(DECONV_INVALID_ARGUMENT, {"tune_options.struct_size", "3"});
  layer.options.struct_size = sizeof(layer.options);
  layer.options.file = "/";
  refused(DECONV_BACKEND_FAILURE, {"file = \"/\"", "directory"});
  const Folder folder;
  write(folder.file("diary"), "dear diary\n");
  const std::string diary = folder.file("diary");
  layer.options.file = diary.c_str();
  refused(DECONV_INVALID_ARGUMENT, {diary, "no tuning file"});
  CHECK(contents(diary) == "dear diary\n");
  layer.options.file = "";
  layer.shape.in[1] = 0;
  refused(DECONV_INVALID_ARGUMENT, {"in[1]", "0"});
  layer.shape.in[1] = 10;
  result.struct_size = 5;
  refused(DECONV_INVALID_ARGUMENT, {"tune_result.struct_size", "5"});
  result.struct_size = sizeof(result);
  layer.params.kernel[0] = 0;
  CHECK(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_INVALID_ARGUMENT);
  check_words({"kernel[0]", "0"});
  layer.params.kernel[0] = 4;
  layer.params.algorithm = "phase_gemm";
  refused(DECONV_INVALID_ARGUMENT, {"algorithm", "phase_gemm", "nothing is left"});
  layer.params.algorithm = nullptr;
  CHECK(deconv_tune(nullptr, &layer.shape, &layer.options, &result) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_tune(&layer.params, nullptr, &layer.options, &result) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_tuning_load(nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"path", "NULL"});
}

TEST_CASE("tuning: threads that tune, load, clear, create and explain at once") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const TunableLayer layer;
  layer.plant_in(path, "naive");
  std::atomic<int> failures{0};
  const auto repeat = [&](int times, auto&& action) {
    return std::thread([&failures, times, action] {
      for (int i = 0; i < times; ++i) failures += action() == DECONV_OK ? 0 : 1;
    });
  };
  deconv_tune_options options = layer.options;
  options.seconds = 1e-3;
  options.file = path.c_str();
  std::vector<std::thread> threads;
  threads.push_back(repeat(3, [&] { return deconv_tune(&layer.params, &layer.shape, &options, nullptr); }));
  threads.push_back(repeat(200, [&] { return deconv_tuning_load(path.c_str()); }));
  threads.push_back(repeat(200, [&] { return deconv_tuning_clear(), DECONV_OK; }));
  threads.push_back(repeat(200, [&] {
    deconv_operator* op = nullptr;
    const deconv_status status = deconv_operator_create(&layer.params, &op);
    deconv_operator_destroy(op);
    return status;
  }));
  threads.push_back(repeat(200, [&] { return deconv_explain(&layer.params, nullptr, 0, nullptr); }));
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
}

// g++ 12's AddressSanitizer forks its allocator as it is, locked by the other thread or not: a child may wait in operator new for ever.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kForkLeavesAllocatorLocked = true;
#else
constexpr bool kForkLeavesAllocatorLocked = false;
#endif

TEST_CASE("tuning: a child forked while other threads create operators goes on" * doctest::skip(kForkLeavesAllocatorLocked)) {
  const TunableLayer layer;
  layer.plant("naive");
  std::atomic<bool> stop{false};
  std::thread creator([&] {
    while (!stop) deconv_explain(&layer.params, nullptr, 0, nullptr);
  });
  for (int i = 0; i < 20; ++i) CHECK(succeeded(start_child([&] { return deconv_check(&layer.params) == DECONV_OK; })));
  stop = true;
  creator.join();
}
