#include "core/provider/rest_provider.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/provider/object_reader.h"

namespace jim {

RestProvider::RestProvider(std::shared_ptr<const Manifest> manifest, ProviderSettings settings,
                           Http& http, EventLoop& loop)
    : manifest_(std::move(manifest)),
      settings_(std::move(settings)),
      loop_(loop),
      exchange_(*manifest_, settings_, http) {}

Result<std::unique_ptr<Provider>> RestProvider::make(std::shared_ptr<const Manifest> manifest,
                                                     ProviderSettings settings, Http& http,
                                                     EventLoop& loop) {
  std::unique_ptr<RestProvider> provider(
      new RestProvider(std::move(manifest), std::move(settings), http, loop));
  if (auto ready = provider->exchange_.prepare(); !ready) return ready.error();

  const Manifest& known = *provider->manifest_;
  const std::vector<TypeSpec>* specs = &known.types;
  if (provider->name() != known.provider) {
    provider->renamed_ = known.types;
    for (TypeSpec& spec : provider->renamed_) {
      spec.type.name = provider->name() + "." + spec.short_name();
      spec.type.provider = provider->name();
    }
    specs = &provider->renamed_;
  }
  for (const TypeSpec& spec : *specs) {
    provider->types_.push_back(spec.type);
    provider->specs_[spec.type.name] = &spec;
    provider->boards_[&spec] = std::make_unique<Board>(loop);
  }
  return std::unique_ptr<Provider>(std::move(provider));
}

const TypeSpec& RestProvider::spec_of(const ResourceType& type) const {
  return *specs_.at(type.name);
}

Board& RestProvider::board_of(const TypeSpec& spec) { return *boards_.at(&spec); }

Duration RestProvider::scaled(Duration time) const {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(time.count()) * settings_.time_scale));
}

std::string RestProvider::parent_of(const ResourceType& type) const {
  const TypeSpec& spec = spec_of(type);
  if (!spec.list || spec.list->below.empty()) return {};
  return settings_.name + "." + spec.list->below;
}

bool RestProvider::can_set_mark(const ResourceType& type) const {
  return !spec_of(type).mark.write.empty();
}

}  // namespace jim
