#include "core/provider/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/provider/value_template.h"

namespace jim {
namespace {

using Kind = PaginationSpec::Kind;

/// Pages of one list that are asked for at the same time.
constexpr std::size_t kSideBySide = 8;
/// A list that goes on for longer is taken for one without an end.
constexpr std::size_t kMostPages = 20'000;
/// Some servers filter behind their pages and give empty ones in between.
constexpr int kMostEmptyInARow = 100;

/// What is needed for one list; it lives as long as the coroutine that made it.
struct Walk {
  EventLoop& loop;
  const Exchange& exchange;
  const ListSpec& list;
  const PaginationSpec& pages;
  HttpRequest first = {};
  int size = 0;
  PageSink sink = {};
};

/// One page as it came.
struct Page {
  std::size_t count = 0;
  std::string first_id = {};
  std::string last_id = {};
  Value next = {};
  std::string link = {};
  std::int64_t total = -1;
};

void add_parameter(std::string& url, const std::string& name, const std::string& value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += url_encode(name) + '=' + url_encode(value);
}

/// The URL of `rel="next"` in a Link header (RFC 8288); empty: none.
std::string next_link(const Answer& answer) {
  for (const Header& header : answer.headers) {
    if (header.name != "link") continue;
    const std::string& line = header.value;
    for (auto open = line.find('<'); open != std::string::npos;) {
      const auto close = line.find('>', open);  // a comma may be part of the address
      if (close == std::string::npos) break;
      const auto next = line.find('<', close);
      const std::string parameters = lower(line.substr(close, next - close));
      if (parameters.find("rel=\"next\"") != std::string::npos ||
          parameters.find("rel=next") != std::string::npos) {
        return line.substr(open + 1, close - open - 1);
      }
      open = next;
    }
  }
  return {};
}

std::string id_of(const Value& item) {
  for (const char* key : {"id", "uuid", "name"}) {
    const Value* id = item.get(key);
    if (id != nullptr && (id->is_string() || id->is_integer())) return plain_text(*id);
  }
  return {};
}

Diagnostic circle(const Walk& walk) {
  return {.code = ErrorCode::unavailable,
          .message = fmt::format("{}: the pages of {} go in a circle",
                                 walk.exchange.settings().name, walk.list.request.route),
          .hint = "is the manifest right about 'pagination'?"};
}

/// What was listed must not pass for all there is: what is missing would count as absent.
Diagnostic incomplete(const Walk& walk, std::size_t page, const std::string& why) {
  return {.code = ErrorCode::unavailable,
          .message = fmt::format("{}: page {} of {} {}", walk.exchange.settings().name, page,
                                 walk.list.request.route, why),
          .hint =
              "half a list says nothing about what is not on it; is the manifest right about "
              "'pagination'?"};
}

Diagnostic endless(const Walk& walk) {
  return incomplete(walk, kMostPages, "is followed by yet another, so the list seems endless");
}

/// A server that does not know the parameter for pages gives the same one again and again.
bool is_same(const Page& a, const Page& b) {
  return a.count == b.count && !a.last_id.empty() && a.first_id == b.first_id &&
         a.last_id == b.last_id;
}

/// Whether there may be more behind a page of so many. A server may give fewer than asked for: its
/// own most is a round number.
bool is_full(std::size_t count, std::size_t size) {
  return count >= size || (count > 0 && count % 10 == 0);
}

/// Page `number`, from 1.
Task<Result<Page>> read_page(const Walk& walk, std::string url, std::size_t number) {
  HttpRequest request = walk.first;
  request.url = std::move(url);
  const Answer answer = co_await walk.exchange.send(std::move(request));
  if (!answer.ok) {
    Diagnostic error = answer.error;
    if (error.code == ErrorCode::not_found) {
      error.code = ErrorCode::unavailable;
      if (error.hint.empty()) error.hint = "a list should be there: is the address the API's own?";
    }
    co_return error;
  }
  ManifestScope scope;
  scope.bind("body", &answer.body);
  const Value items = walk.list.items.from(scope);
  if (!items.is_list()) {
    co_return Diagnostic{
        .code = ErrorCode::unavailable,
        .message = fmt::format("{}: {} answered without a list of objects",
                               walk.exchange.settings().name, walk.list.request.route),
        .hint =
            "is the address the API's own, and the manifest right about "
            "'items'?"};
  }
  Page page;
  page.count = items.as_list().size();
  if (page.count > 0) {
    page.first_id = id_of(items.as_list().front());
    page.last_id = id_of(items.as_list().back());
  }
  if (!walk.pages.next.empty()) {
    auto next = walk.pages.next.evaluate(scope);
    if (!next) {
      Diagnostic error = incomplete(
          walk, number, fmt::format("does not tell what follows: {}", next.error().message));
      error.where = next.error().where;
      co_return error;
    }
    page.next = *std::move(next);
  }
  page.link = next_link(answer);
  const Value total = walk.pages.total.empty() ? Value() : walk.pages.total.from(scope);
  if (total.is_integer()) page.total = total.as_integer();
  if (auto taken = walk.sink(items.as_list()); !taken) co_return taken.error();
  co_return page;
}

/// The URL of page `index` (from 0) where pages are counted.
std::string counted_url(const Walk& walk, std::size_t index, std::size_t size) {
  std::string url = walk.first.url;
  const std::size_t position = walk.pages.kind == Kind::offset
                                   ? index * size
                                   : index + static_cast<std::size_t>(walk.pages.first);
  add_parameter(url, walk.pages.position, std::to_string(position));
  return url;
}

/// Pages 1 to `to`, of `size` each, side by side.
Task<Result<std::size_t>> read_rest(const Walk& walk, const Page& first, std::size_t to,
                                    std::size_t size) {
  std::optional<Diagnostic> failure;
  const std::function<Task<void>(std::size_t)> one = [&](std::size_t index) -> Task<void> {
    if (failure) co_return;
    const std::size_t number = index + 2;
    const auto page = co_await read_page(walk, counted_url(walk, index + 1, size), number);
    if (!page && !failure) failure = page.error();
    if (page && is_same(*page, first)) failure = circle(walk);
    if (page && page->count == 0 && number < to && !failure) {
      failure = incomplete(walk, number,
                           fmt::format("is empty although there are {} objects", first.total));
    }
  };
  co_await for_each_bounded(walk.loop, to - 1, kSideBySide, one);
  if (failure) co_return *failure;
  co_return to;
}

/// Pages that have a number or an offset.
Task<Result<std::size_t>> read_counted(const Walk& walk) {
  std::size_t size = static_cast<std::size_t>(walk.size);
  Page before;
  for (std::size_t index = 0; index < kMostPages; ++index) {
    const auto page = co_await read_page(walk, counted_url(walk, index, size), index + 1);
    if (!page) co_return page.error();
    if (page->count == 0) co_return index + 1;
    if (is_same(*page, before)) co_return circle(walk);
    if (page->total >= 0) {
      const auto total = static_cast<std::size_t>(page->total);
      if (page->count >= total) co_return index + 1;
      size = std::min(size, page->count);  // its own most is what counts
      const std::size_t wanted = (total + size - 1) / size;
      if (wanted > kMostPages) co_return endless(walk);
      co_return co_await read_rest(walk, *page, wanted, size);
    }
    if (!is_full(page->count, size)) co_return index + 1;
    if (index == 0) size = std::min(size, page->count);
    before = *page;
  }
  co_return endless(walk);
}

/// The address of the page after `page`, which is page `number`; empty: it was the last.
Result<std::string> next_address(const Walk& walk, const Page& page, std::size_t number) {
  const Kind kind = walk.pages.kind;
  if (kind == Kind::link_header) {
    return page.link.empty() ? Result<std::string>(std::string()) : walk.exchange.follow(page.link);
  }
  const std::string next = plain_text(page.next);
  if (kind == Kind::next_url) {
    return next.empty() ? Result<std::string>(std::string()) : walk.exchange.follow(next);
  }
  std::string url = walk.first.url;
  if (kind == Kind::cursor) {
    if (next.empty()) return std::string();
    add_parameter(url, walk.pages.position, next);
    return url;
  }
  const bool full = walk.size > 0 && is_full(page.count, static_cast<std::size_t>(walk.size));
  const bool more = walk.pages.next.empty() ? full : !next.empty();
  if (!more) return std::string();
  if (page.last_id.empty()) {
    return incomplete(walk, number, "is not the last, but has no object with an id to go on from");
  }
  add_parameter(url, walk.pages.position, page.last_id);
  return url;
}

/// Pages of which each tells where the next one is.
Task<Result<std::size_t>> read_linked(const Walk& walk) {
  std::string url = walk.first.url;
  std::set<std::string> seen;
  int empty = 0;
  for (std::size_t count = 1; seen.insert(url).second; ++count) {
    const auto page = co_await read_page(walk, url, count);
    if (!page) co_return page.error();
    const auto next = next_address(walk, *page, count);
    if (!next) co_return next.error();
    if (next->empty()) co_return count;
    empty = page->count == 0 ? empty + 1 : 0;
    if (empty == kMostEmptyInARow) {
      co_return incomplete(
          walk, count,
          fmt::format("is the {}th empty one in a row, and still not the last", empty));
    }
    if (count == kMostPages) co_return endless(walk);
    url = *next;
  }
  co_return circle(walk);
}

}  // namespace

Task<Result<std::size_t>> read_pages(EventLoop& loop, const Exchange& exchange,
                                     const ListSpec& list, const Scope& scope, PageSink sink) {
  const PaginationSpec& pages = list.pagination ? *list.pagination : exchange.manifest().pagination;
  auto first = exchange.build(list.request, scope);
  if (!first) co_return first.error();
  Walk walk{.loop = loop,
            .exchange = exchange,
            .list = list,
            .pages = pages,
            .first = *std::move(first),
            .size = exchange.settings().page_size > 0 ? exchange.settings().page_size : pages.size,
            .sink = std::move(sink)};
  if (pages.kind != Kind::none && walk.size > 0 && !pages.size_name.empty()) {
    add_parameter(walk.first.url, pages.size_name, std::to_string(walk.size));
  }
  if (pages.kind == Kind::none) {
    const auto page = co_await read_page(walk, walk.first.url, 1);
    if (!page) co_return page.error();
    co_return std::size_t{1};
  }
  if (pages.kind == Kind::page || pages.kind == Kind::offset) co_return co_await read_counted(walk);
  co_return co_await read_linked(walk);
}

}  // namespace jim
