#include "core/base/conceal.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::string_view kStandIn = "(sensitive)";
constexpr std::size_t kShortest = 3;
/// A short text in another form is too likely to stand somewhere by chance.
constexpr std::size_t kShortestForm = 6;
/// A shorter line of a longer text is nothing secret: `---`, `}`.
constexpr std::size_t kShortestLine = 8;

using Forms = std::set<std::string>;

std::string hex(std::string_view text, const char* digits) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// As a JSON string has it. `slashes`: with `\/` too, as some writers do.
std::string quoted(std::string_view text, bool slashes) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || (slashes && c == '/')) out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out;
}

std::string in_url(std::string_view text, std::string_view kept, bool plus, const char* digits) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || kept.find(c) != std::string_view::npos) {
      out += c;
    } else if (plus && c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

/// What base64 makes of `text` wherever it stands: a letter holds six bits, so those at both ends
/// may hold bits of the neighbours and are left out.
void add_base64(const std::string& text, Forms& forms) {
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string whole = base64_encode(std::string(before, '\0') + text);
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t last = (before + text.size()) * 8 / 6;
    std::string core = whole.substr(first, last - first);
    forms.insert(core);
    std::replace(core.begin(), core.end(), '+', '-');
    std::replace(core.begin(), core.end(), '/', '_');
    forms.insert(std::move(core));
  }
}

void add_forms(const std::string& text, Forms& forms) {
  constexpr const char* kSmall = "0123456789abcdef";
  constexpr const char* kLarge = "0123456789ABCDEF";
  forms.insert(text);
  if (text.size() < kShortestForm) return;
  std::vector<std::string> written = {text};
  for (int times = 0; times < 3; ++times) written.push_back(quoted(written.back(), false));
  written.push_back(quoted(text, true));
  forms.insert(written.begin(), written.end());
  written.resize(2);  // what is quoted more often is not encoded on top of that
  for (const std::string& one : written) {
    add_base64(one, forms);
    for (const char* digits : {kSmall, kLarge}) {
      forms.insert(hex(one, digits));
      for (const std::string_view kept : {"-._~", "-._~/", "-._~!*'()", "-._~/:?#[]@!$&'()*+,;="})
        for (const bool plus : {false, true}) forms.insert(in_url(one, kept, plus, digits));
    }
  }
}

}  // namespace

std::string conceal(std::string text, const std::vector<std::string>& secrets) {
  Forms forms;
  for (const std::string& secret : secrets) {
    if (secret.size() < kShortest) continue;
    add_forms(secret, forms);
    if (secret.find('\n') == std::string::npos) continue;
    for (const std::string& line : split(secret, "\n"))
      if (trim(line).size() >= kShortestLine) add_forms(std::string(trim(line)), forms);
  }
  // The longest first: one may be a part of another.
  std::vector<std::string> ordered(forms.begin(), forms.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  for (const std::string& form : ordered) {
    std::size_t at = text.find(form);
    for (; at != std::string::npos; at = text.find(form, at + kStandIn.size()))
      text.replace(at, form.size(), kStandIn);
  }
  return text;
}

}  // namespace jim
