#include <algorithm>
#include <iterator>

#include "core/sandbox/lambda.h"

/// What Lambda rents and where: names, sizes and prices as public price catalogues had them (read
/// 2026-11).
namespace jim::sandbox::lambda {
namespace {

// name, description, GPU, cents per hour, vCPUs, memory, storage, GPUs
constexpr Type kTypes[] = {
    {"cpu_4x_general", "4x CPU General", "N/A", 20, 4, 16, 512, 0},
    {"gpu_1x_a10", "1x A10 (24 GB PCIe)", "A10 (24 GB PCIe)", 129, 30, 200, 1400, 1},
    {"gpu_1x_a100", "1x A100 (40 GB PCIe)", "A100 (40 GB PCIe)", 199, 30, 200, 512, 1},
    {"gpu_1x_a100_sxm4", "1x A100 (40 GB SXM4)", "A100 (40 GB SXM4)", 199, 30, 200, 512, 1},
    {"gpu_1x_a6000", "1x A6000 (48 GB)", "A6000 (48 GB)", 109, 14, 100, 200, 1},
    {"gpu_1x_b200_sxm6", "1x B200 (180 GB SXM6)", "B200 (180 GB SXM6)", 699, 26, 360, 2816, 1},
    {"gpu_1x_gh200", "1x GH200 (96 GB)", "GH200 (96 GB)", 229, 64, 432, 4096, 1},
    {"gpu_1x_h100_pcie", "1x H100 (80 GB PCIe)", "H100 (80 GB PCIe)", 329, 26, 200, 1024, 1},
    {"gpu_1x_h100_sxm5", "1x H100 (80 GB SXM5)", "H100 (80 GB SXM5)", 429, 26, 225, 2816, 1},
    {"gpu_1x_rtx6000", "1x RTX 6000 (24 GB)", "RTX 6000 (24 GB)", 69, 14, 46, 512, 1},
    {"gpu_2x_a100", "2x A100 (40 GB PCIe)", "A100 (40 GB PCIe)", 398, 60, 400, 1024, 2},
    {"gpu_2x_a6000", "2x A6000 (48 GB)", "A6000 (48 GB)", 218, 28, 200, 400, 2},
    {"gpu_2x_h100_sxm5", "2x H100 (80 GB SXM5)", "H100 (80 GB SXM5)", 838, 52, 450, 5632, 2},
    {"gpu_4x_a100", "4x A100 (40 GB PCIe)", "A100 (40 GB PCIe)", 796, 120, 800, 1024, 4},
    {"gpu_4x_h100_sxm5", "4x H100 (80 GB SXM5)", "H100 (80 GB SXM5)", 1636, 104, 900, 11264, 4},
    {"gpu_8x_a100", "8x A100 (40 GB SXM4)", "A100 (40 GB SXM4)", 1592, 124, 1800, 6144, 8},
    {"gpu_8x_a100_80gb_sxm4", "8x A100 (80 GB SXM4)", "A100 (80 GB SXM4)", 2232, 240, 1800, 19968,
     8},
    {"gpu_8x_b200_sxm6", "8x B200 (180 GB SXM6)", "B200 (180 GB SXM6)", 5352, 208, 2900, 22528, 8},
    {"gpu_8x_h100_sxm5", "8x H100 (80 GB SXM5)", "H100 (80 GB SXM5)", 3192, 208, 1800, 22528, 8},
    {"gpu_8x_v100", "8x Tesla V100 (16 GB)", "Tesla V100 (16 GB)", 632, 92, 448, 5939, 8},
};

struct Region {
  const char* name;
  const char* description;
};

constexpr Region kRegions[] = {
    {"us-west-1", "California, USA"},    {"us-west-2", "Arizona, USA"},
    {"us-west-3", "Utah, USA"},          {"us-east-1", "Virginia, USA"},
    {"us-east-2", "Washington DC, USA"}, {"us-east-3", "Washington DC, USA"},
    {"us-midwest-1", "Illinois, USA"},   {"us-south-1", "Texas, USA"},
    {"us-south-2", "North Texas, USA"},  {"us-south-3", "Central Texas, USA"},
    {"europe-central-1", "Germany"},     {"asia-northeast-1", "Osaka, Japan"},
    {"asia-south-1", "India"},           {"me-west-1", "Israel"},
};

Json region_json(const Region& region) {
  return {{"name", region.name}, {"description", region.description}};
}

Reply list_types(World& world, const Request&) {
  Json all = Json::object();
  for (const Type& type : kTypes) {
    Json regions = Json::array();
    for (const Region& place : kRegions) {
      if (has_capacity(world, type.name, place.name)) regions.push_back(region_json(place));
    }
    all[type.name] = {{"instance_type", type_summary(type)},
                      {"regions_with_capacity_available", regions}};
  }
  return data(all);
}

Reply list_regions(World&, const Request&) {
  Json all = Json::array();
  for (const Region& place : kRegions) all.push_back(region_json(place));
  return data(all);
}

Reply list_images(World&, const Request&) {
  Json all = Json::array();
  std::uint64_t number = 0;
  for (const Region& place : kRegions) {
    for (const char* family : {"lambda-stack-24-04", "lambda-stack-22-04", "ubuntu-24-04"}) {
      all.push_back({{"id", hex_text(~++number)},
                     {"created_time", "2026-09-01T00:00:00+00:00"},
                     {"updated_time", "2026-09-01T00:00:00+00:00"},
                     {"name", family},
                     {"description", "Image " + std::string(family)},
                     {"family", family},
                     {"version", "1.0.0"},
                     {"architecture", "x86_64"},
                     {"region", region_json(place)}});
    }
  }
  return data(all);
}

}  // namespace

const Type* find_type(const std::string& name) {
  const auto found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                  [&](const Type& type) { return name == type.name; });
  return found == std::end(kTypes) ? nullptr : &*found;
}

Json region(const std::string& name) {
  for (const Region& place : kRegions) {
    if (name == place.name) return region_json(place);
  }
  return nullptr;
}

Json type_summary(const Type& type) {
  return {{"name", type.name},
          {"description", type.description},
          {"gpu_description", type.gpu},
          {"price_cents_per_hour", type.cents_per_hour},
          {"specs",
           {{"vcpus", type.vcpus},
            {"memory_gib", type.memory_gib},
            {"storage_gib", type.storage_gib},
            {"gpus", type.gpus}}}};
}

bool has_capacity(World& world, const std::string& type, const std::string& place) {
  const std::int64_t stock = world.stock("lambda", type, place);
  if (stock < 0) return true;
  return static_cast<std::int64_t>(world.instances.under("stock:" + type + '@' + place).size()) <
         stock;
}

void add_catalogue_routes(Router& router) {
  router.add("GET", "/instance-types", list_types);
  router.add("GET", "/regions", list_regions);
  router.add("GET", "/images", list_images);
}

}  // namespace jim::sandbox::lambda
