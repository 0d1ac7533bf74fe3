#include "tests/simulation/stores.h"

#include <cstdio>
#include <cstdlib>

namespace jim {

std::unique_ptr<StateStore> StatePlace::open(EventLoop& loop, Http& http, int machine) const {
  const std::string disk = folder_ + "/machine-" + std::to_string(machine);
  StoreSettings settings = {.root = disk};
  settings.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "AWS_ACCESS_KEY_ID") return SimulatedS3::kAccessKey;
    if (name == "AWS_SECRET_ACCESS_KEY") return SimulatedS3::kSecretKey;
    return std::nullopt;
  };
  switch (kind_) {
    case StoreKind::sealed:
      settings.sealing.keys = {{.bytes = Secret(std::string(32, 'k')), .origin = "key"}};
      settings.sealing.required = true;
      [[fallthrough]];
    case StoreKind::sqlite:
      settings.url = folder_ + "/state.db";
      settings.root.clear();
      break;
    case StoreKind::etcd:
      settings.url = "etcd://h1:2379,h2:2379,h3:2379/jim/p";
      break;
    case StoreKind::s3:
      settings.url = "s3://bucket/jim/p";
      settings.endpoint = SimulatedS3::kEndpoint;
      break;
    case StoreKind::http:
      settings.url = like_gitlab_ ? "https://git.example/api/v4/projects/7/terraform/state/p"
                                  : "https://state.example/state/p";
      break;
  }
  auto store = open_store(loop, http, settings);
  if (store) return std::move(*store);
  std::fprintf(stderr, "no store: %s\n", store.error().message.c_str());
  std::abort();
}

Server StatePlace::server() {
  switch (kind_) {
    case StoreKind::etcd:
      return [this](const HttpRequest& request) -> Result<HttpResponse> {
        return etcd_.answer(request);
      };
    case StoreKind::s3:
      return [this](const HttpRequest& request) { return s3_.answer(request); };
    case StoreKind::http:
      return [this](const HttpRequest& request) -> Result<HttpResponse> {
        return http_.answer(request);
      };
    default:
      return [](const HttpRequest& /*request*/) -> Result<HttpResponse> {
        return HttpResponse{.status = 404};
      };
  }
}

}  // namespace jim
