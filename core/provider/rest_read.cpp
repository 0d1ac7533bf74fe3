#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/provider/object_reader.h"
#include "core/provider/pages.h"
#include "core/provider/rest_provider.h"

namespace jim {
namespace {

/// From this many waiting objects on, one list is cheaper than a read of each.
constexpr std::size_t kWorthAList = 4;
constexpr std::size_t kParentsSideBySide = 8;

}  // namespace

Task<Result<std::size_t>> RestProvider::list_raw(
    const TypeSpec& spec, const std::vector<std::string>& parents,
    const std::function<Result<void>(const Value& it, const Value& parent)>& take) {
  if (!spec.list) co_return std::size_t{0};
  std::size_t pages = 0;
  std::optional<Diagnostic> failure;
  const std::function<Task<void>(std::size_t)> one = [&](std::size_t index) -> Task<void> {
    if (failure) co_return;
    const Value parent = spec.list->below.empty() ? Value() : Value(parents[index]);
    ManifestScope scope;
    scope.bind("config", &exchange_.config());
    scope.bind("parent", &parent);
    const auto sink = [&](const ValueList& items) -> Result<void> {
      for (const Value& it : items) {
        if (auto taken = take(it, parent); !taken) return taken;
      }
      return {};
    };
    const auto read = co_await read_pages(loop_, exchange_, *spec.list, scope, sink);
    if (read) {
      pages += *read;
    } else if (!failure) {
      failure = read.error();
    }
  };
  const std::size_t count = spec.list->below.empty() ? 1 : parents.size();
  co_await for_each_bounded(loop_, count, kParentsSideBySide, one);
  if (failure) co_return *failure;
  co_return pages;
}

Task<Result<Listing>> RestProvider::list(const ResourceType& type,
                                         const std::vector<std::string>& parents) {
  const TypeSpec& spec = spec_of(type);
  Listing listing;
  std::set<std::string> seen;  // a page that moves while the list is read shows an object twice
  const std::function<Result<void>(const Value&, const Value&)> take =
      [&](const Value& it, const Value& parent) -> Result<void> {
    auto object = interpret(spec, it, parent);
    if (!object) return object.error();
    if (*object && seen.insert((*object)->id).second) {
      if (!(*object)->problem.empty())
        (*object)->problem = exchange_.clean(std::move((*object)->problem));
      listing.objects.push_back(std::move(**object));
    }
    return {};
  };
  const auto pages = co_await list_raw(spec, parents, take);
  if (!pages) co_return pages.error();
  listing.pages = *pages;
  co_return listing;
}

Task<Result<std::vector<std::string>>> RestProvider::all_parents(const TypeSpec& spec) {
  std::vector<std::string> ids;
  if (!spec.list || spec.list->below.empty()) co_return ids;
  const TypeSpec& parent = *specs_.at(settings_.name + "." + spec.list->below);
  const auto above = co_await all_parents(parent);
  if (!above) co_return above.error();
  const auto objects = co_await list(parent.type, *above);
  if (!objects) co_return objects.error();
  for (const Object& object : objects->objects) ids.push_back(object.id);
  co_return ids;
}

Task<Result<std::optional<RestProvider::Seen>>> RestProvider::fetch(const TypeSpec& spec,
                                                                    const std::string& id) {
  std::optional<Seen> seen;
  const auto take = [&](const Value& it, const Value& parent) -> Result<void> {
    auto object = interpret(spec, it, parent);
    if (!object) return object.error();
    if (*object && (*object)->id == id) seen = Seen{it, std::move(**object)};
    return {};
  };
  if (!spec.read) {
    const auto parents = co_await all_parents(spec);
    if (!parents) co_return parents.error();
    const std::function<Result<void>(const Value&, const Value&)> each =
        [&](const Value& it, const Value& parent) -> Result<void> {
      if (read_id(spec, it, exchange_.config(), parent) != id) return {};
      return take(it, parent);
    };
    const auto listed = co_await list_raw(spec, *parents, each);
    if (!listed) co_return listed.error();
    co_return seen;
  }
  const Value id_value(id);
  ManifestScope scope;
  scope.bind("config", &exchange_.config());
  scope.bind("id", &id_value);
  auto request = exchange_.build(*spec.read, scope);
  if (!request) co_return request.error();
  const Answer answer = co_await exchange_.send(*std::move(request));
  if (!answer.ok) {
    if (answer.meaning == Meaning::not_found && answer.status != 0) co_return std::optional<Seen>();
    co_return answer.error;
  }
  ManifestScope reply;
  reply.bind("body", &answer.body);
  const Value it = spec.read->object.empty() ? answer.body : spec.read->object.from(reply);
  if (auto taken = take(it, Value()); !taken) co_return taken.error();
  if (!seen && read_id(spec, it, exchange_.config(), Value()) != id) {
    co_return Diagnostic{
        .code = ErrorCode::unavailable,
        .message = fmt::format("{}: the API answered with something else than {} {}",
                               settings_.name, spec.type.name, id),
        .hint = "is the address the API's own?"};
  }
  co_return seen;
}

Task<Result<Object>> RestProvider::read(const ResourceType& type, const std::string& id) {
  auto seen = co_await fetch(spec_of(type), id);
  if (!seen) co_return seen.error();
  if (!*seen) {
    co_return Diagnostic{
        .code = ErrorCode::not_found,
        .message = fmt::format("{} {} does not exist", type.name, escape_control(id)),
        .hint = "the id is the vendor's own, as its API or console shows it"};
  }
  Object object = std::move((*seen)->object);
  if (!object.problem.empty()) object.problem = exchange_.clean(std::move(object.problem));
  co_return object;
}

Task<Result<void>> RestProvider::post_list(const TypeSpec& spec, Board& board) {
  board.listing = true;
  const std::uint64_t ticket = ++board.asked;
  std::map<std::string, Board::Shown> shown;
  const std::function<Result<void>(const Value&, const Value&)> take =
      [&](const Value& it, const Value& parent) -> Result<void> {
    std::string id = read_id(spec, it, exchange_.config(), parent);
    if (board.awaited.count(id) > 0) shown[std::move(id)] = {it, parent};
    return {};
  };
  Result<std::size_t> pages = std::size_t{0};
  const auto parents = co_await all_parents(spec);
  if (parents) {
    pages = co_await list_raw(spec, *parents, take);
  } else {
    pages = parents.error();
  }
  board.shown = std::move(shown);
  board.answered = ticket;
  board.failure.reset();
  if (pages) {
    board.pages = std::max<std::size_t>(1, *pages);
  } else {
    board.failure = pages.error();
  }
  board.listing = false;
  board.arrived.set();
  board.arrived.reset();
  co_return Result<void>();
}

Task<Result<std::optional<RestProvider::Seen>>> RestProvider::look(const TypeSpec& spec,
                                                                   const std::string& id,
                                                                   Awaiting* awaiting) {
  Board& board = board_of(spec);
  const std::size_t worth = std::max(kWorthAList, board.pages);
  const bool many = awaiting != nullptr && board.awaited.size() >= worth;
  const bool share = spec.list && (!spec.read || many);
  if (!share) co_return co_await fetch(spec, id);
  std::optional<Awaiting> once;
  if (awaiting == nullptr) awaiting = &once.emplace(board, id);
  // A list that is under way may have been asked for before what we wait for was sent; one that
  // somebody else asked for since then is as good as our own.
  while (!awaiting->has_news()) {
    if (board.listing) {
      co_await board.arrived.wait();
    } else if (auto posted = co_await post_list(spec, board); !posted) {
      co_return posted.error();
    }
  }
  awaiting->hear();
  if (board.failure) co_return *board.failure;
  const auto shown = board.shown.find(id);
  if (shown == board.shown.end()) {
    if (spec.read) co_return co_await fetch(spec, id);  // only a 404 means absent
    co_return std::optional<Seen>();
  }
  const Board::Shown word = shown->second;
  auto object = interpret(spec, word.it, word.parent);
  if (!object) co_return object.error();
  if (!*object) co_return std::optional<Seen>();
  co_return std::optional<Seen>(Seen{word.it, std::move(**object)});
}

}  // namespace jim
