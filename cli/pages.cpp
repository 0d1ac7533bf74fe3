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
                                   or etcd://H1,H2/PREFIX, s3://BUCKET/KEY, https://..., or a map:
                                   'jim explain state'
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
  protect            true: never delete, replace or reinstall it
  keep               true: leave the object alone when the resource goes
  create_before_destroy
                     true: a replacement is made first, and the old object deleted after it
  ignore             attributes that others may change
  timeouts           create, update, delete: 30m, 1h
  was                its old name, when it got a new one

Expressions ${...} stand inside any text; $${ is a plain ${. They have paths (web[0].ipv4,
web[*].ipv4, var.n, env.TOKEN), arithmetic, comparison, && || !, a ? b : c, a ?? b,
[for x in xs : f(x) if x > 1], {for k, v in m : k => v}, and the functions of
'jim explain functions'.
)";

constexpr const char* kState =
    R"(state: where jim remembers which object is which resource. A path or URL:

  state: .jim/state.db                    the default: a file beside jim.yaml
  state: etcd://h1:2379,h2:2379/jim/chat  etcd 3.4 or newer; etcds:// for TLS
  state: s3://BUCKET/KEY                  S3 with conditional writes: AWS, Ceph, MinIO, R2
  state: https://gitlab.example/api/v4/projects/7/terraform/state/chat
                                          any server of Terraform's http protocol

or a map, with what it takes to get in, and to seal:

  url              as above
  user, password   of etcd and of http servers; or ETCDCTL_USER, and USER:PASSWORD@ in an http URL
  ca_file          who signed the server's certificate
  cert_file, key_file
                   a client certificate, for etcd
  endpoint, region, profile, path_style
                   of S3; or AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_PROFILE
  unconditional    true: take an S3 server without conditional writes. Two runs at once may then
                   write over one another
  lock_url, unlock_url, update_method, lock_method, unlock_method
                   of http servers that want others than URL/lock for both, POST, LOCK and UNLOCK;
                   GitLab's methods are known by its URL
  key              seals every record: { passphrase: "${env.JIM_KEY}" }, { file: PATH } with 64 hex
                   digits ('openssl rand -hex 32'), or { command: [pass, show, jim] } that prints them
  old_keys         a list of such keys that still open; the next apply seals all with 'key', and then
                   they can go
  encryption       required: refuse to read or write in clear. Default: optional

'jim state move --to URL' brings it to another place. --state URL says another place for one run.
)";

constexpr const char* kManifest =
    R"page(A manifest: one YAML file that says how a vendor's API works. 'jim provider check FILE' reads
it, and 'providers: { acme: { manifest: ./acme.yaml } }' of jim.yaml uses it. A small one, whole:

provider: acme                     # before the dot in types: acme.machine
base_url: https://api.acme.example/v1
config:                            # what the block in jim.yaml may say
  token: { env: [ACME_TOKEN], required: true, secret: true, description: access token }
auth: { kind: bearer, token: "${config.token}" }
pagination: { kind: page, size: 100 }
errors: { message: "${body.error.message}" }
resources:
  machine:
    identity: [name]               # what tells people which one it is
    summary: [plan]                # shown on a plan line
    attributes:
      name: { required: true, change: in-place }
      plan: { required: true, change: replace, read: "${it.plan.slug}" }
      ip: { computed: true, read: "${it.addresses[0].ip}" }
    mark: { when: at_create, field: note, read: "${it.note}",
            write: { patch: "/machines/${id}", body: { note: "${mark.text}" } } }
    list: { get: /machines, items: "${body.machines}" }
    read: { get: "/machines/${id}" }
    create: { post: /machines, body: { "...": "${send}", note: "${mark.text}" }, id: "${body.id}" }
    update: [{ name: rename, changed: [name], patch: "/machines/${id}", body: "${send}" }]
    ready: { status: "${it.state}", good: [on], pending: [building], failed: [broken], expect: 5m }
    delete: { delete: "/machines/${id}" }

Of the account
  auth         kind: none, bearer (token), header (header, token), basic (username, password)
  pagination   kind: none, page, json_api, offset, cursor, marker, next_url, link_header
  limits       list of { route, count, per }: requests per time
  errors       message, code: where an error body has them; rules: status, code, match, means, hint;
               means: invalid, not_found, unauthorized, conflict, busy, out_of_capacity, quota,
               rate_limited, unavailable
  headers, object, attributes_in, description, homepage

Of a type
  attributes   type: string, integer, number, boolean, any, list(T), map(T); required, computed,
               optional_computed, default, allowed, allowed_open, secret, readable, read, send,
               unordered, ignore_case, trim, partial, description, example; change: in-place,
               reboot, reinstall, replace (when missing), release, bill
  mark         when: at_create, afterwards, never; field, read, max, write
  list         a request with items; below, pagination
  create       a request with id, or client_id: the id that jim chooses
  steps        requests that a new object still needs; update: those that change one
  ready        status, good, pending, failed, problem, expect, stall, poll, retry
  delete       a request, or steps; gone, failed, stall, after
  id, exists, object, identity, summary, costs_money, adopt_only, create_before_destroy,
  visible_within, description

A request is get, post, put, patch or delete with a path, and query, headers, body, json_patch,
content_type, object, save, route. A step adds name, when, changed, until, failed, settle,
on_conflict.

Expressions are those of jim.yaml. They see config; it (the object as it was last shown), id,
parent; self (the wanted attributes), send (those by the vendor's names), mark (text, or lineage,
project, address), changed, resumed, saved; body and status of a reply. A key whose value is null
is not sent; the key "..." spreads a map.
)page";

constexpr const char* kScenario =
    R"page(A scenario: how the emulated vendors misbehave, for 'jim --sandbox --sandbox-scenario FILE COMMAND'
and 'jim sandbox serve --scenario FILE'. One with everything in it:

stock:                                 # so many there can be at most; what is not named: plenty
  lambda: { gpu_1x_a10: [us-west-1] }  # in these regions only
  latitude: { c3-small-x86: { NYC: 2 } }
launch_limit: true                     # Lambda's one launch per 12 s, also without delays
faults:
  - { vendor: latitude, on: "POST /servers", do: capacity }
  - { on: "GET *", do: status, status: 503, retry_after: 1, after: 3, times: 2 }
  - { vendor: latitude, on: "POST /servers", do: lose_answer, match: { hostname: "web-*" } }
drift:
  - { vendor: latitude, type: servers, match: { hostname: web-1 }, set: { hostname: x }, after: 10 }
  - { vendor: lambda, type: instances, match: { name: trainer }, delete: true }

A fault meets requests to the vendor (absent: any) that fit 'on' (METHOD PATH, with * and {name} for
a part of the path) and whose attributes fit 'match'. It lets 'after' of them pass, and is used up
after 'times' (1; -1 is for ever). What it does:

  capacity      the vendor's own answer that it has none left
  status        answers 'status' (500) with 'body'; 'when: after' does the work first
  rate_limit    429 with 'Retry-After: retry_after'
  lose_answer   does the work, then cuts the connection without an answer
  lose_request  cuts the connection and does nothing
  cut           the answer ends in the middle
  delay         answers after 'ms' milliseconds
  garbage       answers with text that is no JSON
  huge          answers with 96 MB
  slow_machine  the machine takes 'factor' times as long
  fail_machine  the machine never comes up

Drift changes ('set') or deletes the objects of a type that fit 'match', before the 'after'-th
request.
)page";

}  // namespace

const char* reference_page(std::string_view name) {
  if (name == "file") return kFile;
  if (name == "state") return kState;
  if (name == "manifest") return kManifest;
  if (name == "scenario") return kScenario;
  return nullptr;
}

}  // namespace jim
