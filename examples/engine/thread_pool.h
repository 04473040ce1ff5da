// SPDX-License-Identifier: Apache-2.0
// The engine's own threads. Every layer of every kind runs on them; deconv is lent them run by run.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

class ThreadPool {
 public:
  // `threads` counts the thread that calls: 1 makes none.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // task(i) once for every i in [0, count), in any order; returns after the last one ended. One loop at a time; tasks must not throw.
  // This is the shape that deconv::RunArgs::set_parallel_for wants.
  void operator()(int64_t count, const std::function<void(int64_t)>& task);

 private:
  void serve();
  void take_tasks(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int64_t)>* task_ = nullptr;
  int64_t next_ = 0, count_ = 0, unfinished_ = 0;
  bool ending_ = false;
  std::vector<std::thread> workers_;
};
