// SPDX-License-Identifier: Apache-2.0
#include "core/tuning_table.h"

#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#define DECONV_HAVE_FORK 1
#endif

#include "core/error.h"
#include "core/immortal.h"
#include "core/tuning_file.h"
#include "core/tuning_key.h"

namespace deconv {
namespace {

constexpr size_t kMostWarnings = 16;

struct Table {
  std::mutex mutex;
  bool environment_read = false;
  TuningRecords records;
  std::map<std::string, std::string> ignored;  // files, and why
};

Table& table() {
  static const Immortal<Table> the_table;
  return *the_table;
}

#if defined(DECONV_HAVE_FORK)
// A child of fork() while another thread creates an operator gets the table whole and unlocked.
[[maybe_unused]] const int fork_watched =
    pthread_atfork([] { table().mutex.lock(); }, [] { table().mutex.unlock(); }, [] { table().mutex.unlock(); });
#endif

// With the lock held. Why the file cannot be used, which tuning_warnings tells too; "" where it can.
std::string load(const std::string& path, Table* t) {
  try {
    merge(read_tuning_file(path), &t->records);
    t->ignored.erase(path);
    return "";
  } catch (const Error& error) {
    if (t->ignored.size() >= kMostWarnings) t->ignored.erase(t->ignored.begin());
    return t->ignored[path] = error.what();
  }
}

// With the lock held. A file that cannot be used is no reason to fail a creation.
void read_environment(Table* t) {
  if (t->environment_read) return;
  const std::string path = tuning_file_of_environment();
  if (!path.empty()) load(path, t);
  t->environment_read = true;
}

}  // namespace

std::optional<TuningRecord> find_tuned(const Parameters& params) {
  Table& t = table();
  const std::lock_guard<std::mutex> lock(t.mutex);
  read_environment(&t);
  if (t.records.empty() || !params.algorithm.empty()) return std::nullopt;
  const std::optional<Shape> shape = expected_shape(params);
  if (!shape) return std::nullopt;
  const auto found = t.records.find(tuning_key(params, *shape));
  return found == t.records.end() ? std::nullopt : std::optional<TuningRecord>(found->second);
}

std::string tuning_warnings() {
  Table& t = table();
  const std::lock_guard<std::mutex> lock(t.mutex);
  read_environment(&t);
  std::string lines;
  for (const auto& [path, reason] : t.ignored)
    lines.append("tuning: \"").append(path).append("\" is ignored: ").append(reason).append("\n");
  return lines;
}

void remember_tuned(TuningRecords records, const std::string& file) {
  Table& t = table();
  const std::lock_guard<std::mutex> lock(t.mutex);
  merge(std::move(records), &t.records);
  t.ignored.erase(file);
}

void load_tuned(const std::string& path) {
  Table& t = table();
  const std::lock_guard<std::mutex> lock(t.mutex);
  const std::string reason = load(path, &t);
  if (!reason.empty()) throw Error(DECONV_UNSUPPORTED, "path = \"%.200s\" is ignored: %s", path.c_str(), reason.c_str());
}

void forget_tuned() noexcept {
  Table& t = table();
  const std::lock_guard<std::mutex> lock(t.mutex);
  t.environment_read = false;
  t.records.clear();
  t.ignored.clear();
}

std::string tuning_file_of_environment() {
  const char* path = std::getenv("DECONV_TUNING_FILE");
  return path == nullptr ? "" : path;
}

}  // namespace deconv
