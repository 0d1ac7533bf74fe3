#include "core/value/arguments.h"
#include "core/value/limits.h"

namespace jim::detail {

namespace {

/// Reads rows of RFC 4180: quotes around fields with commas, line ends or doubled quotes.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}
  bool at_end() const { return place_ >= text_.size(); }

  /// One row; false when a quote does not close.
  bool row(std::vector<std::string>& fields) {
    while (true) {
      if (!field(fields.emplace_back())) return false;
      if (at_end()) return true;
      const char c = text_[place_++];
      if (c == '\n') return true;
    }
  }

 private:
  bool field(std::string& out) {
    if (!at_end() && text_[place_] == '"') return quoted(out);
    while (!at_end() && text_[place_] != ',' && text_[place_] != '\n') out += text_[place_++];
    if (!out.empty() && out.back() == '\r') out.pop_back();
    return true;
  }

  bool quoted(std::string& out) {
    for (++place_; !at_end(); ++place_) {
      if (text_[place_] != '"') {
        out += text_[place_];
      } else if (place_ + 1 < text_.size() && text_[place_ + 1] == '"') {
        out += text_[place_++];
      } else {
        ++place_;
        if (!at_end() && text_[place_] == '\r') ++place_;
        return at_end() || text_[place_] == ',' || text_[place_] == '\n';
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t place_ = 0;
};

Result<Value> decode_csv(const std::vector<Value>& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  CsvReader reader(text);
  std::vector<std::string> names;
  if (!reader.row(names)) return function_error("a quote in the first line does not close");
  std::size_t header_size = 0;
  for (const std::string& name : names) header_size += name.size();
  ValueList rows;
  while (!reader.at_end()) {
    // Every row has a copy of the names.
    if (header_size * (rows.size() + 1) > kMaxText) return function_error("the texts get too long");
    std::vector<std::string> fields;
    const std::string row = "row " + std::to_string(rows.size() + 1);
    if (!reader.row(fields)) return function_error("a quote in " + row + " does not close");
    if (fields.size() != names.size())
      return function_error(row + " has " + std::to_string(fields.size()) +
                            " fields, the first line has " + std::to_string(names.size()));
    std::vector<ValueMap::Entry> entries;
    for (std::size_t i = 0; i < names.size(); ++i) entries.emplace_back(names[i], Value(fields[i]));
    rows.emplace_back(ValueMap::from_entries(std::move(entries)));
  }
  return Value(std::move(rows));
}

}  // namespace

void add_csv_functions(Functions& all) {
  all.push_back({"csvdecode", "csvdecode(text)",
                 "The rows of a CSV text as maps; its first line names the keys.",
                 R"(csvdecode("a,b\n1,2\n"))", R"([{"a":"1","b":"2"}])", 1, 1, decode_csv});
}

}  // namespace jim::detail
