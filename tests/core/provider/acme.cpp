#include "tests/core/provider/acme.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace jim {
namespace {

std::string joined(const std::map<std::string, std::string>& sections, const char* indent) {
  std::string text;
  for (const auto& [key, value] : sections) {
    if (!value.empty()) text += fmt::format("{}{}: {}\n", indent, key, value);
  }
  return text;
}

std::string shown(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics) {
    text +=
        fmt::format("{}:{}:{}: {}", one.where.file, one.where.line, one.where.column, one.message);
    text += one.hint.empty() ? "\n" : fmt::format(" | {}\n", one.hint);
  }
  return text;
}

}  // namespace

Acme::Acme() {
  account_ = {
      {"config", "{ token: { env: [ACME_TOKEN], required: true, secret: true } }"},
      {"base_url", "https://acme.example"},
      {"auth", R"({ kind: bearer, token: "${config.token}" })"},
      {"object", R"("${body.machine}")"},
      {"errors", R"({ message: "${body.message}", code: "${body.code}", rules: [
    { code: held, means: busy }, { code: no_stock, means: out_of_capacity, hint: try another } ] })"},
  };
  type_ = {
      {"identity", "[name]"},
      {"attributes", R"({
      name: { required: true, change: in-place },
      plan: { change: replace },
      image: { change: reinstall, send: os, read: "${it.os}" },
      password: { change: replace, secret: true, readable: false },
      ip: { computed: true } })"},
      {"mark", R"({ when: at_create, field: note, read: "${it.note}", write: {
      patch: "/machines/${id}", body: { note: "${mark.text ?? ''}" } } })"},
      {"list", R"({ get: /machines, items: "${body.machines}" })"},
      {"read", R"({ get: "/machines/${id}" })"},
      {"create", R"({ post: /machines, body: { "...": "${send}", note: "${mark.text}" },
      id: "${body.machine.id}" })"},
      {"update", R"([
      { name: rename, changed: [name], patch: "/machines/${id}", body: "${send}" },
      { name: reinstall, changed: [image], post: "/machines/${id}/reinstall", body: { os: "${self.image}" },
        until: '${it.state == "on" && it.os == self.image}', failed: '${it.state == "broken"}' } ])"},
      {"ready", R"({ status: "${it.state}", good: [on], pending: [building], failed: [broken],
      problem: "${it.why}", stall: 20m, poll: 5s })"},
      {"delete", R"({ delete: "/machines/${id}" })"},
  };
}

Acme& Acme::with(const std::string& section, const std::string& text) {
  type_[section] = text;
  compiled_.reset();
  return *this;
}

Acme& Acme::account(const std::string& section, const std::string& text) {
  account_[section] = text;
  compiled_.reset();
  return *this;
}

std::string Acme::text() const {
  return "provider: acme\n" + joined(account_, "") + "resources:\n  machine:\n" +
         joined(type_, "    ");
}

std::shared_ptr<const Manifest> Acme::compiled() const {
  if (compiled_) return compiled_;
  Diagnostics diagnostics;
  auto manifest = load_manifest(text(), "acme.yaml", diagnostics);
  EXPECT_EQ(shown(diagnostics), "") << text();
  compiled_ = std::make_shared<const Manifest>(manifest ? *std::move(manifest) : Manifest());
  return compiled_;
}

std::string Acme::mistakes() const { return mistakes_in(text()); }

std::string mistakes_in(const std::string& text) {
  Diagnostics diagnostics;
  const auto manifest = load_manifest(text, "acme.yaml", diagnostics);
  EXPECT_EQ(manifest.has_value(), diagnostics.empty());
  return shown(diagnostics);
}

}  // namespace jim
