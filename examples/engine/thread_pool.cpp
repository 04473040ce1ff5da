// SPDX-License-Identifier: Apache-2.0
#include "thread_pool.h"

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::operator()(int64_t count, const std::function<void(int64_t)>& task) {
  std::unique_lock<std::mutex> lock(mutex_);
  task_ = &task;
  next_ = 0;
  count_ = unfinished_ = count;
  wake_.notify_all();
  take_tasks(lock);
  done_.wait(lock, [this] { return unfinished_ == 0; });
}

void ThreadPool::serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ending_) {
    take_tasks(lock);
    wake_.wait(lock, [this] { return ending_ || next_ < count_; });
  }
}

void ThreadPool::take_tasks(std::unique_lock<std::mutex>& lock) {
  while (next_ < count_) {
    const int64_t index = next_++;
    const auto* const task = task_;
    lock.unlock();
    (*task)(index);
    lock.lock();
    if (--unfinished_ == 0) done_.notify_all();
  }
}
