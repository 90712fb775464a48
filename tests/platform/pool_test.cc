#include "platform/pool.h"

#include <atomic>
#include <thread>
#include <vector>

#include "platform/aligned_buffer.h"
#include "tests/support/catch.h"

using disktwin::Pool;
using disktwin::ReusedBuffer;

namespace {

struct Thing {
  std::atomic<int> users{0};
};

}  // namespace

TEST_CASE("a pool lends what came back last, and makes no more than it may") {
  int made = 0;
  Pool<Thing> pool(2, [&] {
    ++made;
    return std::make_unique<Thing>();
  });
  Thing* last = nullptr;
  {
    const Pool<Thing>::Lease first = pool.take();
    {
      const Pool<Thing>::Lease second = pool.take();
      last = &*second;
    }
    CHECK(&*pool.take() == last);
    CHECK(made == 2);
  }
  CHECK(&*pool.take() != last);
  CHECK(made == 2);
}

TEST_CASE("who comes to an empty pool waits until something comes back") {
  std::atomic<int> made{0};
  std::atomic<bool> shared{false};
  Pool<Thing> pool(3, [&] {
    ++made;
    return std::make_unique<Thing>();
  });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 500; ++j) {
          const Pool<Thing>::Lease thing = pool.take();
          if (++thing->users != 1) shared = true;
          std::this_thread::yield();
          --thing->users;
        }
      });
    }
  }
  CHECK_FALSE(shared);
  CHECK(made <= 3);
}

TEST_CASE("what could not be made may be tried again") {
  bool fail = true;
  Pool<Thing> pool(1, [&]() -> std::unique_ptr<Thing> {
    if (fail) throw std::bad_alloc();
    return std::make_unique<Thing>();
  });
  CHECK_THROWS_AS(pool.take(), std::bad_alloc);
  fail = false;
  CHECK((*pool.take()).users == 0);
}

TEST_CASE("a buffer keeps its memory for the next time") {
  ReusedBuffer buffer;
  const std::span<std::byte> first = buffer.take(5000);
  CHECK(first.size() == 5000);
  first[4999] = std::byte{7};
  const std::span<std::byte> again = buffer.take(8192);
  CHECK(again.data() == first.data());
  CHECK(again[4999] == std::byte{7});
  CHECK(buffer.take(100000).size() == 100000);
}
