#include "core/provider/manifest.h"

#include <gtest/gtest.h>

#include "tests/core/provider/acme.h"

namespace jim {
namespace {

/// The mistakes in a manifest of which one section of the type is another, without their places.
std::string type_mistakes(const std::string& section, const std::string& text) {
  std::string all = Acme().with(section, text).mistakes();
  std::string bare;
  for (std::size_t at = 0; at < all.size();) {
    const auto end = all.find('\n', at);
    const auto message = all.find(": ", at) + 2;
    bare += all.substr(message, end + 1 - message);
    at = end + 1;
  }
  return bare;
}
/// The same of a section of the account.
std::string account_mistakes(const std::string& section, const std::string& text) {
  const std::string all = Acme().account(section, text).mistakes();
  return all.empty() ? all : all.substr(all.find(": ") + 2);
}

struct Case {
  const char* section;
  const char* text;
  const char* mistakes;
};

TEST(ManifestTest, AGoodOneHasNoMistakes) { EXPECT_EQ(Acme().mistakes(), ""); }

TEST(ManifestTest, MistakesHaveTheirPlaces) {
  EXPECT_EQ(mistakes_in("provider: acme\n"
                        "base_url: https://acme.example\n"
                        "colour: red\n"
                        "resources:\n"
                        "  thing:\n"
                        "    attributes: { name: { requird: true } }\n"
                        "    mark: { when: never }\n"
                        "    list: { get: /things, items: '${body.things' }\n"
                        "    create: { post: /things, id: '${body.id}' }\n"
                        "    delete: { delete: '/things/${id}' }\n"),
            "acme.yaml:6:27: resources.thing.attributes.name: unknown key 'requird' | did you mean "
            "'required'?\n"
            "acme.yaml:8:48: expected '}', found the end of the text | close '${' with '}', or "
            "write '$${' for the text itself\n"
            "acme.yaml:3:1: manifest: unknown key 'colour' | known here: attributes_in, auth, "
            "base_url, config, description, errors, headers, homepage, limits, object, pagination, "
            "provider, resources\n");
}

TEST(ManifestTest, MistakesOfTheWhole) {
  EXPECT_EQ(mistakes_in(""), "acme.yaml:1:1: the file is empty\n");
  EXPECT_EQ(mistakes_in("null"), "acme.yaml:1:1: manifest must be a map, not null\n");
  EXPECT_EQ(mistakes_in("[1]"), "acme.yaml:1:1: manifest must be a map, not a list\n");
  EXPECT_EQ(mistakes_in("provider: acme\nprovider: acme\n"),
            "acme.yaml:2:1: 'provider' is here twice; the first is at acme.yaml:1:1 | keep one of "
            "them\n");
  EXPECT_EQ(mistakes_in("provider: acme\nbase_url: https://a\nresources: [a]\n"),
            "acme.yaml:3:12: resources must be a map, not a list\n");
}

TEST(ManifestTest, MistakesOfTheAccount) {
  const std::vector<Case> kCases = {
      {"config", "{ token: { secrte: true } }",
       "config.token: unknown key 'secrte' | did you mean 'secret'?\n"},
      {"config", "{ token: { required: maybe } }", "config.token.required must be true or false\n"},
      {"base_url", "", "manifest: 'base_url' is missing\n"},
      {"base_url", "\"${it.url}\"", "unknown name 'it' | known here: config\n"},
      {"base_url", "\"${config.tokn}\"", "unknown name 'config.tokn' | did you mean 'token'?\n"},
      {"auth", "{ token: x }", "auth: 'kind' is missing\n"},
      {"auth", "{ kind: baerer, token: x }",
       "auth.kind: unknown word 'baerer' | did you mean 'bearer'?\n"},
      {"auth", "{ kind: bearer }", "auth: 'token' is missing\n"},
      {"auth", "{ kind: header, token: x }", "auth: 'header' is missing\n"},
      {"pagination", "{ kind: pages }",
       "pagination.kind: unknown word 'pages' | did you mean 'page'?\n"},
      {"pagination", "{ kind: page }",
       "pagination: 'size' is missing | without it the last page cannot be told from the others\n"},
      {"pagination", "{ kind: cursor }", "pagination: 'next' is missing\n"},
      {"pagination", "{ kind: page, size: many }", "pagination.size must be a whole number\n"},
      {"pagination", "{ kind: page, size: 5, next: a }",
       "pagination: unknown key 'next' | known here: first, kind, page, size, size_name, total\n"},
      {"limits", "{ count: 1, per: 1s }", "limits must be a list\n"},
      {"limits", "[{ count: 1 }]", "limits[0]: 'per' is missing\n"},
      {"limits", "[{ count: 1, per: soon }]",
       "limits[0].per must be a time such as 500ms, 30s, 8m or 1h\n"},
      {"errors", "{ rules: [{ means: conflict }] }",
       "errors.rules[0] fits every error | name a status, a code or a part of the message\n"},
      {"errors", "{ rules: [{ status: 4xx, means: conflict }] }",
       "errors.rules[0].status must be HTTP statuses\n"},
      {"errors", "{ rules: [{ status: 404, means: absent }] }",
       "errors.rules[0].means: unknown word 'absent' | one of: invalid, not_found, unauthorized, "
       "conflict, busy, out_of_capacity, quota, rate_limited, unavailable\n"},
      {"errors", "{ rules: [{ status: 404 }] }", "errors.rules[0]: 'means' is missing\n"},
      {"errors", "{ rules: { status: 404, means: conflict } }", "errors.rules must be a list\n"},
      {"errors", "{ decode: yaml }",
       "errors.decode: unknown word 'yaml' | one of: none, json_in_json\n"},
      {"errors", "{ message: \"${it.message}\" }",
       "unknown name 'it' | known here: status, body\n"},
      {"object", "\"${body.\"", "expected a name after '.', found the end of the text\n"},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(account_mistakes(one.section, one.text), one.mistakes)
        << one.section << ": " << one.text;
}

TEST(ManifestTest, MistakesOfAttributes) {
  const std::vector<Case> kCases = {
      {"attributes", "{ name: { change: in-place }, count: {} }",
       "resources.machine.attributes: 'count' means something else in the user's file\n"
       "resources.machine: no attribute is called 'image'\n"},
      {"attributes", "{ name: { change: in-place }, image: { change: reinstal } }",
       "resources.machine.attributes.image.change: unknown word 'reinstal' | did you mean "
       "'reinstall'?\n"},
      {"attributes", "{ name: { change: in-place }, image: { change: reinstall, type: text } }",
       "resources.machine.attributes.image.type: 'text' is no type | any, string, integer, number, "
       "boolean, list(T) or map(T)\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall, type: integer, default: x } }",
       "resources.machine.attributes.image.default is no integer\n"},
      {"attributes", "{ name: { change: in-place }, image: { change: reinstall, allowed: x } }",
       "resources.machine.attributes.image.allowed must be a list\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall, type: integer, allowed: [1, b] } "
       "}",
       "resources.machine.attributes.image.allowed is no integer\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall, allowed_open: true } }",
       "resources.machine.attributes.image has 'allowed_open', but no 'allowed'\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall, required: true, computed: true } "
       "}",
       "resources.machine.attributes.image is both required and computed\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall, required: true, default: x } }",
       "resources.machine.attributes.image is required and yet has a default\n"},
      {"attributes", "{ name: { change: in-place }, image: { change: reinstall, raed: x } }",
       "resources.machine.attributes.image: unknown key 'raed' | did you mean 'read'?\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall, read: \"${body.x}\" } }",
       "unknown name 'body' | known here: it, config, parent\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall }, term: { change: bill } }",
       "resources.machine: attribute 'term' can be changed, but no update names it | add it to "
       "'changed' of an update, or say change: replace\n"},
      {"attributes",
       "{ name: { change: in-place }, image: { change: reinstall }, term: { change: release } }",
       ""},
      {"attributes", "[name]", "resources.machine.attributes must be a map, not a list\n"},
      {"attributes", "", "resources.machine: 'attributes' is missing\n"},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(type_mistakes(one.section, one.text), one.mistakes) << one.text;
}

TEST(ManifestTest, WhatMakingNeedsMustBeSent) {
  const std::string unmarked =
      "resources.machine.mark: it is set at_create, but neither 'create' nor a step sends it | put "
      "${mark.text} into the request of 'create', or say when: afterwards\n";
  EXPECT_EQ(type_mistakes("create", "{ post: /m, body: '${send}', id: '${body.id}' }"), unmarked);
  EXPECT_EQ(
      type_mistakes("create",
                    "{ post: /m, body: { x: '${mark.text}', y: '${self.plan}' }, "
                    "id: '${body.id}' }"),
      "resources.machine: attribute 'name' is required, but neither 'create' nor a step sends "
      "it | send all by ${send}, or this one by ${self.name}\n");
  EXPECT_EQ(type_mistakes("create",
                          "{ put: '/m/${client_id}', client_id: '${self.name}', body: { x: "
                          "'${mark.text}' } }"),
            "");
}

TEST(ManifestTest, MistakesOfTheLife) {
  const std::vector<Case> kCases = {
      {"mark", "", "resources.machine: 'mark' is missing\n"},
      {"mark", "{ field: note }", "resources.machine.mark: 'when' is missing\n"},
      {"mark", "{ when: sometimes }",
       "resources.machine.mark.when: unknown word 'sometimes' | one of: never, at_create, "
       "afterwards\n"},
      {"mark", "{ when: at_create }",
       "resources.machine.mark: 'read' is missing | say where the mark is found on an object\n"},
      {"mark", "{ when: afterwards, read: \"${it.note}\" }",
       "resources.machine.mark: 'write' is missing | say which requests set the mark on an "
       "existing object\n"},
      {"mark",
       "{ when: at_create, read: \"${it.note}\", write: { patch: /x, body: \"${self.name}\" } }",
       "unknown name 'self' | known here: config, mark, id, it, saved\n"},
      {"list", "", "resources.machine: 'list' is missing\n"},
      {"list", "{ get: /machines }", "resources.machine.list: 'items' is missing\n"},
      {"list", "{ items: \"${body.m}\" }",
       "resources.machine.list: no request is named | say one of get, post, put, patch, delete "
       "with the path\n"},
      {"list", "{ get: /machines, post: /machines, items: \"${body.m}\" }",
       "resources.machine.list has both 'get' and 'post'\n"},
      {"list", "{ get: \"/machines/${id}\", items: \"${body.m}\" }",
       "unknown name 'id' | known here: config, parent\n"},
      {"list", "{ get: \"/p/${parent}\", items: \"${body.m}\", below: project }",
       "resources.machine.list.below: no type is called 'project' | known here: machine\n"},
      {"list", "{ get: /machines, items: \"${it.m}\" }", "unknown name 'it' | known here: body\n"},
      {"read", "{ get: \"/machines/${self.name}\" }",
       "unknown name 'self' | known here: config, id\n"},
      {"create", "",
       "resources.machine: 'create' is missing | types whose objects stand already say adopt_only: "
       "true\n"},
      {"create", "{ post: /machines }",
       "resources.machine.create: 'id' is missing | say where the reply holds the new object's id, "
       "or that we choose it: client_id: true\n"},
      {"create", "{ post: \"/machines/${id}\", id: \"${body.id}\" }",
       "unknown name 'id' | known here: config, self, send, mark, client_id\n"},
      {"create", "{ post: /m, body: { a: \"${self.nmae}\" }, id: \"${body.id}\" }",
       "unknown name 'self.nmae' | did you mean 'name'?\n"},
      {"create", "{ post: /m, body: { a: \"${mark.owner}\" }, id: \"${body.id}\" }",
       "unknown name 'mark.owner' | known here: text, lineage, project, address\n"},
      {"create", "{ post: /m, body: {}, json_patch: { /a: 1 }, id: \"${body.id}\" }",
       "resources.machine.create has both 'body' and 'json_patch'\n"},
      {"steps", "[{ post: /m, untill: true }]",
       "resources.machine.steps[0]: unknown key 'untill' | did you mean 'until'?\n"},
      {"steps", "[{ when: true }]",
       "resources.machine.steps[0]: no request is named | say one of get, post, put, patch, delete "
       "with the path\n"},
      {"steps", "send it", "resources.machine.steps must be a list of steps\n"},
      {"steps", "[{ patch: /m, json_patch: { a: 1 } }]",
       "'a' is no JSON pointer | it begins with '/'\n"},
      {"steps", "[{ post: /m, settle: a while }]",
       "resources.machine.steps[0].settle must be a time such as 500ms, 30s, 8m or 1h\n"},
      {"steps", "[{ post: /m, save: [a] }]", "resources.machine.steps[0].save must be a map\n"},
      {"steps", "[{ post: /m, when: \"${body.x}\" }]",
       "unknown name 'body' | known here: config, self, send, mark, id, it, saved, changed, "
       "resumed\n"},
      {"steps", "[{ post: /m, on_conflict: { body: {} } }]",
       "resources.machine.steps[0].on_conflict: no request is named | say one of get, post, put, "
       "patch, delete with the path\n"},
      {"update", "",
       "resources.machine: attribute 'image' can be changed, but no update names it | add it to "
       "'changed' of an update, or say change: replace\n"
       "resources.machine: attribute 'name' can be changed, but no update names it | add it to "
       "'changed' of an update, or say change: replace\n"},
      {"update", "[{ changed: [name, image, color], patch: /m }]",
       "resources.machine: no attribute is called 'color'\n"},
      {"ready", "{ good: [on] }", "resources.machine.ready: 'status' is missing\n"},
      {"ready", "{ status: \"${it.s}\" }", "resources.machine.ready: 'good' is missing\n"},
      {"ready", "{ status: \"${it.s}\", good: [on], retry: reboot }",
       "resources.machine.ready.retry: no update is called 'reboot'\n"},
      {"ready", "{ status: \"${self.s}\", good: [on] }", "unknown name 'self' | known here: it\n"},
      {"ready", "{ status: \"${it.s}\", good: [on], poll: 5 }",
       "resources.machine.ready.poll must be a time such as 500ms, 30s, 8m or 1h\n"},
      {"delete", "",
       "resources.machine: 'delete' is missing | what is created must be removable\n"},
      {"delete", "{ gone: true }",
       "resources.machine.delete: no request is named | say one of get, post, put, patch, delete "
       "with the path\n"},
      {"delete", "{ delete: \"/m/${self.name}\" }",
       "unknown name 'self' | known here: config, id, it, saved\n"},
      {"delete", "{ delete: \"/m/${id}\", failed: \"${id}\" }",
       "unknown name 'id' | did you mean 'it'?\n"},
      {"identity", "[nmae]",
       "resources.machine: no attribute is called 'nmae' | did you mean 'name'?\n"},
      {"visible_within", "soon",
       "resources.machine.visible_within must be a time such as 500ms, 30s, 8m or 1h\n"},
      {"id", "\"${body.id}\"", "unknown name 'body' | known here: it, config, parent\n"},
      {"exists", "\"${it.a +}\"", "expected a value, found '}'\n"},
      {"colour", "red",
       "resources.machine: unknown key 'colour' | known here: adopt_only, attributes, costs_money, "
       "create, create_before_destroy, delete, description, exists, id, identity, list, mark, "
       "object, read, ready, steps, summary, update, visible_within\n"},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(type_mistakes(one.section, one.text), one.mistakes)
        << one.section << ": " << one.text;
}

TEST(ManifestTest, APageHoldsAtLeastOne) {
  EXPECT_EQ(
      account_mistakes("pagination", "{ kind: page, size: 0 }"),
      "pagination.size must be at least 1 | it is how many objects a page is asked to hold\n");
}

TEST(ManifestTest, ATypeIsNotListedBelowItself) {
  EXPECT_EQ(type_mistakes("list", R"({ get: "/m/${parent}", items: "${body.m}", below: machine })"),
            "resources.machine.list.below goes in a circle: machine below machine | a type is "
            "listed below another one, and at last below none\n");
}

}  // namespace
}  // namespace jim
