#include <array>

#include "cli/commands/commands.h"
#include "cli/tell.h"
#include "core/base/files.h"
#include "core/base/text.h"

namespace jim {

namespace {

struct Example {
  std::string_view name = {};
  std::string_view text = {};
  std::string_view next = {};
};

constexpr std::string_view kQuickstart =
    R"(# Two web servers and a key. 'jim explain file' says what a file may have.
project: quickstart

providers:
  latitude: { project: proj_quickstart }   # the token comes from $LATITUDESH_BEARER

vars:
  servers: 2

resources:
  ops:
    type: latitude.ssh_key
    name: ops
    public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPutYourOwnPublicKeyHere00000000000000000000 you@example

  web:
    type: latitude.server
    count: ${var.servers}
    hostname: web-${index}
    plan: c3-small-x86
    site: NYC
    operating_system: ubuntu_24_04_x64_lts
    ssh_keys: ["${ops.id}"]

outputs:
  web: ${web[*].ipv4}
)";

constexpr std::string_view kLambda =
    R"(# One GPU machine. 'jim explain lambda.instance' says what else it takes.
project: training

providers:
  lambda: {}   # the key comes from $LAMBDA_API_KEY

resources:
  ops:
    type: lambda.ssh_key
    name: ops
    public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPutYourOwnPublicKeyHere00000000000000000000 you@example

  trainer:
    type: lambda.instance
    name: trainer
    instance_type: gpu_1x_a10
    region: us-west-1
    ssh_key_names: ["${ops.name}"]

outputs:
  trainer: ${trainer.ip}
)";

constexpr std::string_view kOwnRacks =
    R"(# Machines in your own racks, by OpenStack Ironic. 'jim explain ironic.node' says more.
project: racks

providers:
  ironic:
    endpoint: ${env.IRONIC_URL ?? "http://127.0.0.1:6385"}

resources:
  node:
    type: ironic.node
    count: 2
    name: node-${index}
    driver: fake-hardware
    resource_class: baremetal
)";

constexpr std::array kExamples = {
    Example{"quickstart", kQuickstart, "jim --sandbox plan"},
    Example{"latitude", kQuickstart, "jim plan"},
    Example{"lambda", kLambda, "jim plan"},
    Example{"own-racks", kOwnRacks, "jim plan"},
};

}  // namespace

int run_init(Context& context, const InitFlags& flags) {
  const std::string wanted = flags.example.empty() ? "quickstart" : flags.example;
  const Example* example = nullptr;
  std::vector<std::string> names;
  for (const Example& one : kExamples) {
    names.emplace_back(one.name);
    if (one.name == wanted) example = &one;
  }
  if (example == nullptr) {
    const auto near = did_you_mean(wanted, names);
    return fail(
        context.terminal,
        {.code = ErrorCode::invalid_config,
         .message = "there is no example '" + escape_control(wanted) + "'",
         .hint = near ? "did you mean '" + *near + "'?" : "there are " + join(names, ", ")});
  }
  DiskFiles files;
  if (files.exists("jim.yaml"))
    return fail(context.terminal, {.code = ErrorCode::invalid_config,
                                   .message = "jim.yaml is there already; it was left as it is",
                                   .hint = "'jim validate' checks it"});
  if (auto written = files.write("jim.yaml", std::string(example->text)); !written)
    return fail(context.terminal, written.error());
  context.terminal.out("wrote jim.yaml; next: " + std::string(example->next) + "\n");
  return 0;
}

}  // namespace jim
