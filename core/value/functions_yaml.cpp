#include "core/value/arguments.h"
#include "core/value/json.h"

namespace jim {

namespace {

YamlDecoder yaml_decoder = nullptr;

}  // namespace

void set_yaml_decoder(YamlDecoder decoder) { yaml_decoder = decoder; }

namespace detail {

namespace {

using Values = std::vector<Value>;

bool fits_one_line(const Value& value) {
  if (value.is_list()) return value.as_list().empty();
  return !value.is_map() || value.as_map().empty();
}

void write_yaml(const Value& value, std::size_t level, std::string& out);

void write_after(const Value& value, std::size_t level, std::string& out) {
  if (fits_one_line(value)) {
    out += ' ';
    write_yaml(value, level, out);
  } else {
    out += '\n';
    write_yaml(value, level + 1, out);
  }
}

/// Blocks for lists and maps. Scalars are JSON, which is YAML too and leaves nothing to guess.
void write_yaml(const Value& value, std::size_t level, std::string& out) {
  if (fits_one_line(value)) {
    out += to_json(value, {.reveal_secrets = true}) + "\n";
  } else if (value.is_list()) {
    for (const Value& item : value.as_list()) {
      out.append(level * 2, ' ');
      out += '-';
      write_after(item, level, out);
    }
  } else {
    for (const auto& [key, item] : value.as_map()) {
      out.append(level * 2, ' ');
      out += to_json(Value(key)) + ":";
      write_after(item, level, out);
    }
  }
}

Result<Value> encode_yaml(const Values& values, const Scope&) {
  std::string out;
  write_yaml(values[0], 0, out);
  return Value(std::move(out));
}

Result<Value> decode_yaml(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  // A program that never reads YAML has no reader; most of what people decode is JSON, which is
  // YAML.
  return yaml_decoder != nullptr ? yaml_decoder(text) : parse_json(text);
}

}  // namespace

void add_yaml_functions(Functions& all) {
  all.push_back({"yamldecode", "yamldecode(text)", "The value that a YAML text stands for.",
                 R"(yamldecode("[1, true]"))", "[1,true]", 1, 1, decode_yaml});
  all.push_back({"yamlencode", "yamlencode(value)", "The value as YAML, keys in order.",
                 "yamlencode({a: [1, true]})", R"("\"a\":\n  - 1\n  - true\n")", 1, 1,
                 encode_yaml});
}

}  // namespace detail

}  // namespace jim
