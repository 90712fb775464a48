// A few things that take memory, for many threads in turn.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace disktwin {

// Makes at most `most` of them, and gives away the one that was given back last: its memory is
// still in the processor's caches. Thread-safe; outlives what it has lent.
template <typename T>
class Pool {
 public:
  using Make = std::function<std::unique_ptr<T>()>;
  Pool(unsigned most, Make make) : make_(std::move(make)), left_(most) {}

  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<T> item) : pool_(pool), item_(std::move(item)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.giveBack(std::move(item_)); }
    T& operator*() const { return *item_; }
    T* operator->() const { return item_.get(); }

   private:
    Pool& pool_;
    std::unique_ptr<T> item_;
  };

  // Waits until there is one. Not to be called by a thread that holds one. Throws what making one
  // throws.
  Lease take() {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [this] { return !idle_.empty() || left_ > 0; });
    if (!idle_.empty()) {
      std::unique_ptr<T> last = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(last)};
    }
    std::unique_ptr<T> made = make_();
    idle_.reserve(idle_.capacity() + 1);  // so that giving back never fails
    --left_;
    return {*this, std::move(made)};
  }

 private:
  void giveBack(std::unique_ptr<T> item) {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(item));
    }
    free_.notify_one();
  }

  const Make make_;
  std::mutex mutex_;  // guards all below
  std::condition_variable free_;
  std::vector<std::unique_ptr<T>> idle_;
  unsigned left_;  // that may still be made
};

}  // namespace disktwin
