#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace jim {

/// A coroutine that runs beside others on the loop from the moment it is called; destroying it
/// drops what is left of it.
class Background {
 public:
  struct promise_type {
    Background get_return_object() {
      return Background(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    [[noreturn]] void unhandled_exception() { std::terminate(); }
  };

  Background() = default;
  Background(Background&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Background& operator=(Background&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Background() {
    if (frame_) frame_.destroy();
  }

 private:
  explicit Background(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_ = {};
};

}  // namespace jim
