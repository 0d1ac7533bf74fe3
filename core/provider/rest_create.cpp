#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/provider/identify.h"
#include "core/provider/rest_provider.h"

namespace jim {
namespace {

constexpr int kMostAttempts = 3;
/// RFC 4122, version 4.
std::string fresh_uuid() {
  std::string hex = random_hex(16);
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) & 3U];
  for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, 1, '-');
  return hex;
}

/// There is no new object yet that could be absent.
Diagnostic names_nothing(Diagnostic error) {
  error.code = ErrorCode::invalid_config;
  if (error.hint.empty()) error.hint = "something that the request names does not exist there";
  return error;
}

/// What may be kept of the request until it is answered: what the API shows again, without secrets.
ValueMap recognisable(const ResourceType& type, const ValueMap& attributes) {
  ValueMap fields;
  for (const auto& [name, value] : attributes) {
    const Attribute* attribute = type.attribute(name);
    if (attribute == nullptr || !attribute->readable || attribute->secret) continue;
    if (!value.is_null() && !value.has_secret()) fields.set(name, value);
  }
  return fields;
}

/// Whether a new object can be told from older ones without knowing those.
bool speaks_for_itself(const TypeSpec& spec) {
  return spec.type.marked_at_create && !spec.type.create_before_destroy;
}

/// Whether an id that we choose is one that nobody has used before.
bool is_fresh(const Template& client_id) {
  const auto references = client_id.references();
  return std::any_of(references.begin(), references.end(),
                     [](const Reference& reference) { return reference.root == "uuid"; });
}

}  // namespace

Result<Intent> RestProvider::make_intent(const Work& work, const CreateRequest& request) const {
  const TypeSpec& spec = work.spec;
  Intent intent = {.action = "create",
                   .mark = request.mark.project.empty() ? "" : request.mark.text(),
                   .fingerprint = request.fingerprint,
                   .started = {},  // when it is noted
                   .fields = recognisable(spec.type, request.attributes),
                   .listed_before = request.beside};
  if (spec.mark.when == MarkSpec::When::never) intent.mark.clear();
  if (auto room = has_room(spec, request.mark); !room) return room.error();
  if (!spec.create->client_id) return intent;
  ManifestScope scope = scope_of(work);
  scope.own("uuid", Value(fresh_uuid()));
  const auto id = spec.create->client_id->evaluate(scope);
  if (!id) return id.error();
  const bool again = !request.client_id.empty() && is_fresh(*spec.create->client_id);
  intent.client_id = again ? request.client_id : plain_text(*id);
  return intent;
}

Task<Result<void>> RestProvider::survey(const TypeSpec& spec, Board& board) {
  while (!board.survey) {
    if (board.surveying) {
      co_await board.arrived.wait();
      continue;
    }
    board.surveying = true;
    std::optional<Diagnostic> failure;
    const auto parents = co_await all_parents(spec);
    if (parents) {
      auto listing = co_await list(spec.type, *parents);
      if (listing) {
        board.survey = std::move(listing->objects);
      } else {
        failure = listing.error();
      }
    } else {
      failure = parents.error();
    }
    board.surveying = false;
    board.arrived.set();
    board.arrived.reset();
    if (failure) co_return *failure;
  }
  co_return Result<void>();
}

Task<Result<void>> RestProvider::note_earlier(const TypeSpec& spec, Intent& intent) {
  if (!intent.client_id.empty() || speaks_for_itself(spec)) co_return Result<void>();
  Board& board = board_of(spec);
  auto known = co_await survey(spec, board);
  if (!known) co_return known.error();
  for (const Object& object : *board.survey) {
    const bool same_mark = !intent.mark.empty() && object.mark == intent.mark;
    const bool unmarked = object.mark.empty() && resembles(spec.type, intent.fields, object);
    if (same_mark || unmarked) intent.listed_before.push_back(object.id);
  }
  co_return Result<void>();
}

Task<Result<void>> RestProvider::keep_off_others(const TypeSpec& spec, const Intent& intent) {
  if (intent.client_id.empty() || is_fresh(*spec.create->client_id)) co_return Result<void>();
  const auto seen = co_await fetch(spec, intent.client_id);
  if (!seen) co_return seen.error();
  if (!*seen || carries_mark(spec.type, intent, (*seen)->object)) co_return Result<void>();
  co_return Diagnostic{.code = ErrorCode::conflict,
                       .message = fmt::format("{} {} stands already, and not by this resource",
                                              spec.type.name, intent.client_id),
                       .hint = "take it over by 'jim adopt', or remove it first"};
}

Task<void> RestProvider::answers_so_far(Board& board) {
  const std::uint64_t last = board.sent;
  while (!board.sending.empty() && *board.sending.begin() <= last) {
    co_await board.answer_came.wait();
  }
}

Task<Result<std::optional<std::string>>> RestProvider::seek(const TypeSpec& spec,
                                                            const Intent& intent) {
  if (!intent.client_id.empty()) {
    auto seen = co_await fetch(spec, intent.client_id);
    if (!seen) co_return seen.error();
    if (!*seen || !carries_mark(spec.type, intent, (*seen)->object)) {
      co_return std::optional<std::string>();
    }
    co_return std::optional<std::string>(intent.client_id);
  }
  const auto parents = co_await all_parents(spec);
  if (!parents) co_return parents.error();
  auto listing = co_await list(spec.type, *parents);
  if (!listing) co_return listing.error();
  // Another resource of the same look may have been made meanwhile, and not be marked yet.
  Board& board = board_of(spec);
  const auto among_free = [&] {
    std::erase_if(listing->objects, [&](const Object& one) { return board.made.contains(one.id); });
    return identify(spec.type, intent, listing->objects);
  };
  auto index = among_free();
  const bool may_be_anothers = !spec.type.marked_at_create && (!index || *index);
  if (may_be_anothers) {
    co_await answers_so_far(board);
    index = among_free();
  }
  if (!index) co_return index.error();
  if (!*index) co_return std::optional<std::string>();
  co_return std::optional<std::string>(listing->objects[**index].id);
}

Task<Result<std::optional<std::string>>> RestProvider::find_created(const TypeSpec& spec,
                                                                    const Intent& intent) {
  const Instant start = loop_.clock().now();
  const Duration patience = scaled(std::max(spec.type.visible_within, kAnswerMayCome));
  Duration next = scaled(std::chrono::milliseconds(250));
  while (true) {
    auto found = co_await seek(spec, intent);
    if (found && *found) co_return found;
    if (!found) {
      const ErrorCode code = found.error().code;
      if (code == ErrorCode::ambiguous || code == ErrorCode::cancelled) co_return found.error();
    }
    if (loop_.clock().now() - start >= patience) co_return found;
    co_await loop_.sleep(std::max(Duration(1), next));
    next *= 2;
  }
}

std::string RestProvider::new_id(const Work& work, const Intent& intent,
                                 const Answer& answer) const {
  ManifestScope reply;
  reply.bind("body", &answer.body);
  reply.bind("self", &work.self);
  const Extract& source = work.spec.create->id;
  const Value told = source.empty() ? Value() : source.from(reply);
  const bool plausible = told.is_integer() || (told.is_string() && !told.as_string().empty());
  return plausible ? plain_text(told) : intent.client_id;
}

Task<Result<void>> RestProvider::note(const Work& work, Intent& intent, StopFlag& overdue) {
  intent.started = utc_text(loop_.clock().wall());
  overdue.lapse_at(loop_.clock(), loop_.clock().now() + kLeavesWithin);
  co_return co_await work.journal.note_intent(intent);
}

Task<Result<std::string>> RestProvider::send_create(Work& work, Intent intent, Answer& answer) {
  const TypeSpec& spec = work.spec;
  StopFlag overdue;
  if (auto noted = co_await note(work, intent, overdue); !noted) co_return noted.error();
  Patience patience = patience_for(spec, spec.stall());
  ManifestScope scope = scope_of(work);
  scope.own("client_id", intent.client_id.empty() ? Value() : Value(intent.client_id));
  for (int attempt = 1;;) {
    auto request = exchange_.build(spec.create->request, scope);
    if (!request) co_return request.error();
    request->unless.push_back(&overdue);
    {
      const Sending sending(board_of(spec));
      answer = co_await exchange_.send(*std::move(request), &work.secrets);
    }
    if (answer.error.code == ErrorCode::cancelled && overdue.lapsed()) {
      if (auto noted = co_await note(work, intent, overdue); !noted) co_return noted.error();
      continue;
    }
    tell_request(work, answer);
    Diagnostic problem = answer.error;
    if (answer.ok) {
      std::string id = new_id(work, intent, answer);
      if (!id.empty()) co_return id;
      answer.ok = false;
      problem.message = fmt::format("{}: {} answered {} without the new object's id",
                                    settings_.name, spec.create->request.route, answer.status);
    } else if (answer.meaning == Meaning::busy && answer.status != 0) {
      work.journal.progress("waits: the vendor is busy");
      if (auto waited = co_await pause(work, patience); !waited)
        co_return is_late(work) ? waited.error() : answer.error;
      continue;
    } else if (!answer.uncertain) {
      if (answer.meaning == Meaning::not_found) co_return names_nothing(answer.error);
      if (answer.meaning != Meaning::conflict) co_return answer.error;
      if (attempt == 1) co_return co_await found_by_id(work, intent, answer.error);
      attempt = kMostAttempts;  // it may well have met its own first try
    }
    // Nobody knows what became of it: look before sending it again.
    work.journal.progress("looks whether the request got through");
#ifdef JIM_MUTANT_NO_LOOKUP  // tests/simulation proves that it would be noticed
    Result<std::optional<std::string>> found = std::optional<std::string>();
#else
    auto found = co_await find_created(spec, intent);
#endif
    if (found && *found) co_return **found;
    const bool cancelled = !found && found.error().code == ErrorCode::cancelled;
    if (!found && (cancelled || found.error().code == ErrorCode::ambiguous)) {
      co_return found.error();
    }
    if (!found || ++attempt > kMostAttempts) {
      co_return Diagnostic{
          .code = ErrorCode::unknown_outcome,
          .message = problem.message,
          .hint =
              "jim has noted the request: the next run looks for its object before it makes "
              "another"};
    }
  }
}

Task<Result<std::string>> RestProvider::found_by_id(const Work& work, const Intent& intent,
                                                    Diagnostic conflict) {
  if (intent.client_id.empty()) co_return conflict;
  auto found = co_await seek(work.spec, intent);
  if (!found || !*found) co_return conflict;
  co_return **found;
}

Task<Result<Object>> RestProvider::create(const CreateRequest& request, Journal& journal) {
  const TypeSpec& spec = spec_of(*request.type);
  if (!spec.create) {
    co_return Diagnostic{.code = ErrorCode::invalid_config,
                         .message = fmt::format("{} cannot be made by jim", spec.type.name),
                         .hint = "take over one that stands already by 'jim adopt'"};
  }
  Work work = begin(spec, journal, request.attributes, request.mark);
  limit(work, request.timeout);
  auto intent = make_intent(work, request);
  if (!intent) co_return intent.error();
  if (auto ours = co_await keep_off_others(spec, *intent); !ours) co_return ours.error();
  if (auto noted = co_await note_earlier(spec, *intent); !noted) co_return noted.error();
  Answer answer;
  auto id = co_await send_create(work, *std::move(intent), answer);
  if (!id) co_return id.error();
  work.id = *id;
  work.born = loop_.clock().now();
  board_of(spec).made.insert(*id);
  if (auto kept = co_await journal.record_id(*id); !kept) co_return kept.error();
  if (answer.ok) {
    take_reply(work, spec.create->request, answer);
    if (auto saved = save(work, spec.create->request, answer); !saved) co_return saved.error();
  }
  co_return co_await bring(work);
}

}  // namespace jim
