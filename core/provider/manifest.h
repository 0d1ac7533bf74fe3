#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/provider/value_template.h"
#include "core/resource/resource_type.h"
#include "core/value/expression.h"
#include "core/value/value.h"

namespace jim {

/// A named template: a header, a query parameter, something kept for a later step.
struct NamedTemplate {
  std::string name = {};
  Template value = {};
};

/// One key under `config`: what a provider block in the user's file may or must say.
struct ConfigKey {
  std::string name = {};
  std::string description = {};
  std::vector<std::string> env = {};  ///< variables that give it when the file does not, in order
  bool required = false;
  bool secret = false;
  std::optional<Value> default_value = {};
};

/// How requests prove who sends them.
struct AuthSpec {
  enum class Kind { none, bearer, header, basic };
  Kind kind = Kind::none;
  std::optional<Template> when = {};  ///< the first one that holds is used
  std::string header = {};            ///< of kind header
  Template token = {};                ///< of kinds bearer and header
  Template username = {};             ///< of kind basic
  Template password = {};
};

/// How a list is cut into pages.
struct PaginationSpec {
  enum class Kind { none, page, offset, cursor, marker, next_url, link_header };
  Kind kind = Kind::none;
  std::string position = {};   ///< the parameter that moves: page, offset, cursor, marker
  std::string size_name = {};  ///< the parameter for the page's size; empty: none is sent
  int size = 0;
  int first = 1;       ///< number of the first page
  Extract next = {};   ///< from `body`: cursor or URL of the next page
  Extract total = {};  ///< from `body`: how many objects there are in all
};

/// At most `count` requests per `per`, for all routes or for one.
struct LimitSpec {
  std::string route = {};  ///< empty: all
  int count = 0;
  Duration per = {};
};

/// What a refusal means to us.
enum class Meaning {
  invalid,
  not_found,
  unauthorized,
  conflict,
  busy,  ///< held for a moment: the same request may be sent again
  out_of_capacity,
  quota,
  rate_limited,
  unavailable,
};

/// A line of `errors.rules`: everything that it names must fit.
struct ErrorRule {
  std::vector<int> statuses = {};
  std::string code = {};   ///< with `*` at its end: a prefix
  std::string match = {};  ///< part of the message
  Meaning means = Meaning::invalid;
  std::string hint = {};
};

struct ErrorSpec {
  std::vector<Extract> messages =
      {};  ///< from `status` and `body`; the first that gives text is used
  std::vector<Extract> codes = {};
  bool json_in_json = false;  ///< strings in an error's body that hold JSON are read as JSON
  std::vector<ErrorRule> rules = {};
};

/// One request as a manifest writes it.
struct RequestSpec {
  SourceLocation where = {};
  std::string method = {};
  std::vector<Template> path =
      {};                  ///< pieces: text as it stands, and expressions, whose values are escaped
  std::string route = {};  ///< `POST /servers/{}`: for limits and messages
  std::vector<NamedTemplate> query = {};
  std::vector<NamedTemplate> headers = {};
  ValueTemplate body = {};
  bool has_body = false;
  std::string content_type = {};
  /// JSON pointer to value: sent as JSON Patch, as far as the object differs. A pointer that ends
  /// in `/*` takes a map, each entry of which is compared and set on its own; other entries stay as
  /// they are.
  std::vector<std::pair<std::string, ValueTemplate>> json_patch = {};
  /// Whether an expression of it looks at the name `root`.
  bool mentions(std::string_view root) const;
  std::vector<Reference> references() const;

  Extract object = {};                   ///< the whole object inside the reply, when it is there
  std::vector<NamedTemplate> save = {};  ///< from `body`, kept as `saved.NAME` for later steps
};

/// One request of a series, with what must hold before and after.
struct StepSpec {
  std::string name = {};
  std::optional<Template> when = {};      ///< on `it`; absent: always
  std::vector<std::string> changed = {};  ///< update: only when one of these attributes differs
  RequestSpec request = {};
  std::shared_ptr<const RequestSpec> otherwise =
      {};                               ///< sent instead when the request is answered `conflict`
  std::optional<Template> until = {};   ///< on `it`: polled until it holds
  std::optional<Template> failed = {};  ///< on `it`: while waiting, this ends the wait
  Duration settle = {};                 ///< after sending: until then `it` may still be as it was
};

struct AttributeSpec {
  Extract read = {};      ///< from `it`; empty: cannot be read
  std::string send = {};  ///< the vendor's name of it in `send`; empty: not part of it
};

/// Where jim's mark is.
struct MarkSpec {
  enum class When { never, at_create, afterwards };
  When when = When::never;
  std::string field = {};  ///< for people
  Extract read = {};       ///< from `it`: a text, or a list of texts, one of which may hold it
  std::size_t max = 0;     ///< the longest mark or part that fits; 0: any
  std::vector<StepSpec> write = {};  ///< sets it on an existing object; empty: cannot be set
};

struct ListSpec {
  RequestSpec request = {};
  Extract items = {};  ///< from `body`
  std::optional<PaginationSpec> pagination = {};
  std::string below = {};  ///< the parent's type name; `parent` is its object's id
};

struct CreateSpec {
  RequestSpec request = {};
  Extract id = {};                         ///< from `body`
  std::optional<Template> client_id = {};  ///< the id that we choose; `uuid` in it is a fresh one
};

struct ReadySpec {
  Extract status = {};
  std::vector<std::string> good = {};
  std::vector<std::string> pending = {};
  std::vector<std::string> failed = {};
  Extract problem = {};
  Duration expect = {};
  Duration stall = std::chrono::minutes(30);
  Duration poll = std::chrono::seconds(5);
  std::string retry = {};  ///< the update that brings a failed object back; empty: none does
};

struct DeleteSpec {
  std::vector<StepSpec> steps = {};
  std::optional<Template> gone = {};    ///< on `it`: as good as absent
  std::optional<Template> failed = {};  ///< on `it`: when it comes to hold, the deletion failed
  std::vector<StepSpec> after = {};     ///< tidies up once it is gone; failures here fail nothing
  std::optional<Duration> stall = {};   ///< absent: as the type's
};

/// A resource type with everything that the engine needs to run it.
struct TypeSpec {
  SourceLocation where = {};
  ResourceType type = {};
  std::map<std::string, AttributeSpec> attributes = {};  ///< one per attribute of `type`
  Extract id = {};                                       ///< from `it`
  std::optional<Template> exists = {};  ///< on `it`: this object is one of ours at all
  MarkSpec mark = {};
  std::optional<ListSpec> list = {};
  std::optional<RequestSpec> read = {};  ///< absent: read from the list
  std::optional<CreateSpec> create = {};
  std::vector<StepSpec> steps = {};
  std::vector<StepSpec> update = {};
  std::optional<ReadySpec> ready = {};
  std::optional<DeleteSpec> remove = {};

  /// The update called `ready.retry`, or nullptr.
  const StepSpec* retry() const;
  /// How long an object may stand still on its way before jim gives up on it for now.
  Duration stall() const;
  /// Whether a request writes the mark as one text, or hands all of it on.
  bool marks_whole() const;
  /// The name without the provider's: `server`.
  std::string short_name() const;
};

/// A vendor's API, compiled.
struct Manifest {
  std::string provider = {};
  std::string description = {};
  std::string homepage = {};
  std::vector<ConfigKey> config = {};
  Template base_url = {};
  std::vector<NamedTemplate> headers = {};
  std::vector<AuthSpec> auth = {};
  PaginationSpec pagination = {};
  std::vector<LimitSpec> limits = {};
  ErrorSpec errors = {};
  std::vector<TypeSpec> types = {};  ///< sorted by name

  const ConfigKey* config_key(std::string_view name) const;
  const TypeSpec* find(std::string_view type_name) const;
};

/// Compiles a manifest. Adds every mistake it can see, each at its place; nullopt when there was
/// one.
std::optional<Manifest> load_manifest(std::string_view text, const std::string& file,
                                      Diagnostics& diagnostics);

}  // namespace jim
