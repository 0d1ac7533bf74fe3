#include "tests/simulation/network.h"

#include <fmt/format.h>

namespace jim {

namespace {

constexpr Duration kQuick = std::chrono::milliseconds(40);
constexpr Duration kSlow = std::chrono::seconds(6);
constexpr Duration kGivenUp = std::chrono::seconds(8);

HttpResponse reply(int status, std::vector<Header> headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = R"({"message":"trouble"})"};
}

/// What a client knows when no answer came.
Diagnostic no_answer(const HttpRequest& request) {
  return {.code = request.mutating ? ErrorCode::unknown_outcome : ErrorCode::timed_out,
          .message = request.method + " " + request.url + ": no answer came"};
}

}  // namespace

void Network::after(Duration time, std::function<void()> what) {
  under_way_.emplace(clock_.now() + time, std::move(what));
}

std::optional<Instant> Network::next() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.begin()->first;
}

void Network::deliver() {
  while (!under_way_.empty() && under_way_.begin()->first <= clock_.now()) {
    const auto what = std::move(under_way_.begin()->second);
    under_way_.erase(under_way_.begin());
    what();
  }
}

void Network::pass(Duration time) {
  const Instant end = clock_.now() + time;
  for (auto due = next(); due && *due <= end; due = next()) {
    clock_.advance_to(*due);
    deliver();
  }
  clock_.advance_to(end);
}

void SimulatedHttp::answer(Network& network, const std::weak_ptr<Slot>& slot, Duration after,
                           Result<HttpResponse> with) {
  network.after(after, [slot, with = std::move(with)] {
    const auto there = slot.lock();
    if (!there) return;  // whoever asked is dead
    there->answer = with;
    there->done.set();
  });
}

void SimulatedHttp::start(const HttpRequest& request, const std::weak_ptr<Slot>& slot) {
  Dice& dice = network_.dice();
  if (network_.trace)
    fmt::print("  {:>8} ms  {} {} {}\n", network_.clock().now().count(), request.method,
               request.url, request.body);
  const Duration there = dice.up_to(dice.rolls(95) ? kQuick : kSlow);
  const Duration back = dice.up_to(dice.rolls(95) ? kQuick : kSlow);
  // Whoever asked may be dead by then.
  const auto effect = [&network = network_, server = server_, request, slot, back] {
    answer(network, slot, back, server(request));
  };
  const auto silent_effect = [server = server_, request] { (void)server(request); };
  if (network_.faults == 0 || !dice.strikes(network_.faults, request.method + " " + request.url))
    return network_.after(there, effect);
  switch (dice.under(9)) {
    case 0:
      dice.say("the request is lost");
      return answer(network_, slot, kGivenUp, no_answer(request));
    case 1:
      dice.say("the answer is lost");
      network_.after(there, silent_effect);
      return answer(network_, slot, kGivenUp, no_answer(request));
    case 2:
      dice.say("500 before the effect");
      return answer(network_, slot, there + back, reply(500));
    case 3:
      dice.say("500 after the effect");
      network_.after(there, silent_effect);
      return answer(network_, slot, there + back, reply(500));
    case 4:
      dice.say("429");
      return answer(network_, slot, there + back,
                    reply(429, {{.name = "retry-after", .value = "1"}}));
    case 5:
      dice.say("the answer is cut");
      network_.after(there, silent_effect);
      return answer(
          network_, slot, there + back,
          Diagnostic{.code = request.mutating ? ErrorCode::unknown_outcome : ErrorCode::unavailable,
                     .message = request.url + ": the answer ended too early"});
    case 6:
      dice.say("no connection");
      return answer(
          network_, slot, there,
          Diagnostic{.code = ErrorCode::unavailable, .message = request.url + ": cannot connect"});
    case 7: {
      dice.say("the request arrives after it was given up");
      network_.after(kGivenUp / 2 + dice.up_to(Network::kLatest - kGivenUp / 2), silent_effect);
      return answer(network_, slot, kGivenUp / 2, no_answer(request));
    }
    default:
      dice.say("503");
      return answer(network_, slot, there + back, reply(503));
  }
}

Task<Result<HttpResponse>> SimulatedHttp::send(HttpRequest request) {
  // As libcurl asks it when the connection stands: the process may have slept on the way here.
  if (request.must_not_leave()) co_return stopped_before(request);
  const auto slot = std::make_shared<Slot>(loop_);
  start(request, slot);
  co_await slot->done.wait();
  co_return std::move(*slot->answer);
}

}  // namespace jim
