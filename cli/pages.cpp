#include "cli/pages.h"

namespace jim {

namespace {

constexpr const char* kFile =
    R"(jim.yaml: what should exist. Found in this folder or a parent; -f names another.

project: chat                      who owns what: objects are marked with it. Required.
vars: { servers: 3 }               values to use as ${var.servers}; --var servers=5 sets one
providers:                         accounts; keys by 'jim explain PROVIDER'
  latitude: { token: "${env.LATITUDESH_BEARER}", project: proj_x }
  acme: { manifest: ./acme.yaml }  a vendor of your own (providers/README.md)
state: .jim/state.db               where jim remembers what it made
include: [network.yaml]            more files, merged under this one
resources:                         what should exist, by names of your choice
  web:
    type: latitude.server          attributes by 'jim explain latitude.server'
    count: 3                       web[0], web[1], web[2]; or for_each: a list or map
    hostname: web-${index}
outputs: { addresses: "${web[*].ipv4}" }

Every resource may also have
  count, for_each    several of it; ${index}, ${each.key}, ${each.value}
  if                 only when true
  needs              names of resources that come before it
  protect            true: never delete or replace it
  keep               true: leave the object alone when the resource goes
  create_before_destroy
                     true: a replacement is made first, and the old object deleted after it
  ignore             attributes that others may change
  timeouts           create, update, delete: 30m, 1h
  was                its old name, when it got a new one

Expressions ${...} stand inside any text; $${ is a plain ${. They have paths (web[0].ipv4,
web[*].ipv4, var.n, env.TOKEN), arithmetic, comparison, && || !, a ? b : c, a ?? b,
[for x in xs : f(x) if x > 1], and the functions of 'jim explain functions'.
)";

}  // namespace

const char* reference_page(std::string_view name) {
  if (name == "file") return kFile;
  return nullptr;
}

}  // namespace jim
