#include "core/base/digest.h"
#include "core/value/arguments.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

std::string_view without_end_slashes(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

Result<Value> base_name(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  const std::string_view path = without_end_slashes(text);
  if (path == "/") return Value(path);
  return Value(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

Result<Value> dir_name(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  const std::string_view path = without_end_slashes(text);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return Value(".");
  return Value(slash == 0 ? "/" : without_end_slashes(path.substr(0, slash)));
}

Result<Value> file(const Values& values, const Scope& scope) {
  Arguments in(values);
  const std::string path = in.text(0);
  if (!in) return in.error();
  auto text = scope.read_file(path);
  if (!text) return text.error();
  return Value(std::move(*text));
}

Result<Value> file_base64(const Values& values, const Scope& scope) {
  Arguments in(values);
  const std::string path = in.text(0);
  if (!in) return in.error();
  const auto text = scope.read_file(path);
  if (!text) return text.error();
  return Value(base64_encode(*text));
}

Result<Value> file_exists(const Values& values, const Scope& scope) {
  Arguments in(values);
  const std::string path = in.text(0);
  if (!in) return in.error();
  const auto text = scope.read_file(path);
  if (!text && text.error().code != ErrorCode::not_found) return text.error();
  return Value(static_cast<bool>(text));
}

Result<Value> template_file(const Values& values, const Scope& scope) {
  Arguments in(values);
  const std::string path = in.text(0);
  const ValueMap& names = in.map(1);
  if (!in) return in.error();
  const auto text = scope.read_file(path);
  if (!text) return text.error();
  const auto parsed = Template::parse(*text, {.file = path, .line = 1, .column = 1});
  // The place of the call replaces that in the file, so the message says it.
  const auto located = [](Diagnostic error) {
    const SourceLocation& where = error.where;
    error.message = where.file + ":" + std::to_string(where.line) + ":" +
                    std::to_string(where.column) + ": " + error.message;
    return error;
  };
  if (!parsed) return located(parsed.error());
  // This scope has no files, so that no template can include itself.
  auto value = parsed->evaluate(MapScope(names));
  if (!value) return located(value.error());
  return *value;
}

}  // namespace

void add_file_functions(Functions& all) {
  all.push_back({"basename", "basename(path)", "The last part of a path.",
                 R"(basename("keys/ops.pub"))", R"("ops.pub")", 1, 1, base_name});
  all.push_back({"dirname", "dirname(path)", "A path without its last part.",
                 R"(dirname("keys/ops.pub"))", R"("keys")", 1, 1, dir_name});
  all.push_back({"file", "file(path)",
                 "The text of a file; relative paths start at the config's folder.",
                 R"(try(file("no such file"), "none"))", R"("none")", 1, 1, file});
  all.push_back({"filebase64", "filebase64(path)", "The bytes of a file in base64.",
                 R"(try(filebase64("no such file"), "none"))", R"("none")", 1, 1, file_base64});
  all.push_back({"fileexists", "fileexists(path)", "Whether there is such a file.",
                 R"(try(fileexists("no such file"), false))", "false", 1, 1, file_exists});
  all.push_back({"templatefile", "templatefile(path, map)",
                 "The text of a file with ${...} in it, where the map's keys are the names.",
                 R"(try(templatefile("no such file", {a: 1}), "none"))", R"("none")", 2, 2,
                 template_file});
}

}  // namespace jim::detail
