#include "tests/fakes/fake_clock.h"

namespace jim {

std::chrono::system_clock::time_point FakeClock::wall() const {
  constexpr std::time_t kStart = 1'795'521'600;  // 2026-11-24T12:00:00Z
  return std::chrono::system_clock::from_time_t(kStart) + now_;
}

bool FakePoller::wait(std::optional<Duration> most) {
  if (!most) return false;
  clock_.advance(*most);
  return true;
}

}  // namespace jim
