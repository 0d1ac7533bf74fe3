#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/sandbox/latitude.h"

/// What Latitude.sh rents and where: slugs from the description of API version 2023-06-01, hardware
/// and prices from its recorded replies of 2025-05 where there are any, else set by us in
/// proportion. Read 2026-11.
namespace jim::sandbox::latitude {
namespace {

// slug, name, cpu, GHz, cores, cpus, GB, drives, size, type, nic, gpu, gpus, GB each, USD per hour
constexpr Plan kPlans[] = {
    {"c2-small-x86", "c2.small.x86", "E-2278G", 3.4, 8, 1, 64, 2, "500 GB", "SSD", "10 Gbps", "", 0,
     0, 0.21},
    {"c2-medium-x86", "c2.medium.x86", "7402P", 2.8, 24, 1, 64, 2, "1 TB", "NVME", "10 Gbps", "", 0,
     0, 0.42},
    {"c2-large-x86", "c2.large.x86", "7443P", 2.85, 24, 1, 256, 2, "2 TB", "NVME", "10 Gbps", "", 0,
     0, 0.69},
    {"c3-small-x86", "c3.small.x86", "E-2388G", 3.2, 8, 1, 32, 2, "500 GB", "NVME", "10 Gbps", "",
     0, 0, 0.26},
    {"c3-medium-x86", "c3.medium.x86", "7443P", 2.85, 24, 1, 128, 2, "1.9 TB", "NVME", "10 Gbps",
     "", 0, 0, 0.79},
    {"c3-large-x86", "c3.large.x86", "7543P", 2.8, 32, 1, 256, 2, "3.8 TB", "NVME", "25 Gbps", "",
     0, 0, 1.1},
    {"c3-xlarge-x86", "c3.xlarge.x86", "7543", 2.8, 32, 2, 512, 4, "3.8 TB", "NVME", "25 Gbps", "",
     0, 0, 2.1},
    {"s2-small-x86", "s2.small.x86", "4214R", 2.4, 12, 1, 64, 8, "4 TB", "HDD", "10 Gbps", "", 0, 0,
     0.6},
    {"s3-large-x86", "s3.large.x86", "7443P", 2.85, 24, 1, 256, 4, "8 TB", "NVME", "25 Gbps", "", 0,
     0, 1.5},
    {"m3-large-x86", "m3.large.x86", "9254", 2.9, 24, 2, 768, 4, "3.8 TB", "NVME", "25 Gbps", "", 0,
     0, 2.4},
    {"m4-metal-small", "m4.metal.small", "4244P", 3.8, 6, 1, 64, 2, "960 GB", "NVME", "10 Gbps", "",
     0, 0, 0.34},
    {"m4-metal-medium", "m4.metal.medium", "4484PX", 4.4, 12, 1, 128, 2, "1.9 TB", "NVME",
     "10 Gbps", "", 0, 0, 0.62},
    {"m4-metal-large", "m4.metal.large", "9124", 3.0, 16, 2, 384, 2, "3.8 TB", "NVME", "25 Gbps",
     "", 0, 0, 1.6},
    {"rs4-metal-large", "rs4.metal.large", "9354P", 3.25, 32, 1, 768, 2, "3.8 TB", "NVME",
     "25 Gbps", "", 0, 0, 1.9},
    {"rs4-metal-xlarge", "rs4.metal.xlarge", "9455P", 3.15, 48, 1, 1536, 4, "3.8 TB", "NVME",
     "100 Gbps", "", 0, 0, 3.2},
    {"g3-small-x86", "g3.small.x86", "9124", 3.0, 16, 1, 384, 2, "3.8 TB", "NVME", "10 Gbps",
     "NVIDIA L40S", 1, 48, 1.3},
    {"g3-medium-x86", "g3.medium.x86", "9354P", 3.25, 32, 1, 768, 2, "3.8 TB", "NVME", "25 Gbps",
     "NVIDIA H100", 2, 80, 4.4},
    {"g3-large-x86", "g3.large.x86", "9354", 3.25, 32, 2, 768, 4, "3.8 TB", "NVME", "25 Gbps",
     "NVIDIA H100", 4, 80, 9.9},
    {"g3-xlarge-x86", "g3.xlarge.x86", "9354", 3.25, 32, 2, 1536, 4, "3.8 TB", "NVME", "100 Gbps",
     "NVIDIA H100", 8, 80, 17.5},
    {"g3-gh200", "g3.gh200", "Grace", 3.1, 72, 1, 480, 2, "3.8 TB", "NVME", "25 Gbps",
     "NVIDIA GH200", 1, 96, 3.4},
    {"g4-rtx6kpro-large", "g4.rtx6kpro.large", "9355", 3.55, 32, 2, 1536, 4, "3.8 TB", "NVME",
     "100 Gbps", "NVIDIA RTX PRO 6000", 8, 96, 14.9},
};

constexpr Site kSites[] = {
    {"ASH", "Ashburn", "United States", "US", "Ashburn 1"},
    {"BUE", "Buenos Aires", "Argentina", "AR", "Buenos Aires 1"},
    {"CHI", "Chicago", "United States", "US", "Chicago 1"},
    {"DAL", "Dallas", "United States", "US", "Dallas 1"},
    {"FRA", "Frankfurt", "Germany", "DE", "Frankfurt 1"},
    {"LAX", "Los Angeles", "United States", "US", "Los Angeles 1"},
    {"LON", "London", "United Kingdom", "GB", "London 1"},
    {"MEX", "Mexico City", "Mexico", "MX", "Mexico City 1"},
    {"MEX2", "Mexico City 2", "Mexico", "MX", "Mexico City 2"},
    {"MIA", "Miami", "United States", "US", "Miami 1"},
    {"MIA2", "Miami 2", "United States", "US", "Miami 2"},
    {"NYC", "New York City", "United States", "US", "New York 1"},
    {"SAO", "São Paulo", "Brazil", "BR", "Latitude.sh SP1"},
    {"SAO2", "São Paulo 2", "Brazil", "BR", "Scala SP2"},
    {"SGP", "Singapore", "Singapore", "SG", "Singapore 1"},
    {"SYD", "Sydney", "Australia", "AU", "Sydney 1"},
    {"TYO", "Tokyo", "Japan", "JP", "Tokyo 1"},
    {"TYO2", "Tokyo 2", "Japan", "JP", "Tokyo 2"},
};

constexpr System kSystems[] = {
    {"centos_7_4_x64", "CentOS", "centos", "7.4", "core", "centos", true},
    {"centos_8_x64", "CentOS", "centos", "8", "stream", "centos", true},
    {"debian_10", "Debian", "debian", "10", "buster", "debian", true},
    {"debian_11", "Debian", "debian", "11", "bullseye", "debian", true},
    {"debian_12", "Debian", "debian", "12", "bookworm", "debian", true},
    {"ipxe", "iPXE", "ipxe", "1", "ipxe", "root", false},
    {"rhel8", "RHEL", "rhel", "8", "ootpa", "cloud-user", true},
    {"rockylinux_8", "Rocky Linux", "rockylinux", "8", "green-obsidian", "rocky", true},
    {"ubuntu22_ml_in_a_box", "Ubuntu ML-in-a-Box", "ubuntu", "22.04", "jammy", "ubuntu", true},
    {"ubuntu24_ml_in_a_box", "Ubuntu ML-in-a-Box", "ubuntu", "24.04", "noble", "ubuntu", true},
    {"ubuntu_20_04_x64_lts", "Ubuntu", "ubuntu", "20.04", "focal", "ubuntu", true},
    {"ubuntu_22_04_x64_lts", "Ubuntu", "ubuntu", "22.04", "jammy", "ubuntu", true},
    {"ubuntu_24_04_x64_lts", "Ubuntu", "ubuntu", "24.04", "noble", "ubuntu", true},
    {"windows_2022_std", "Windows Server", "windows", "2022", "2022", "Administrator", false},
    {"windows_server_2019_std_v1", "Windows Server", "windows", "2019", "2019", "Administrator",
     false},
};

template <class Table>
auto find_in(const Table& table, const std::string& slug) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [&](const auto& row) { return slug == row.slug; });
  return found == std::end(table) ? nullptr : &*found;
}

std::string code(const char* prefix, std::size_t row) { return prefix + opaque_text(~row, 13); }

template <class Table, class Row>
std::size_t row_of(const Table& table, const Row& row) {
  return static_cast<std::size_t>(&row - std::begin(table));
}

std::string plan_id(const Plan& plan) { return code("plan_", row_of(kPlans, plan)); }
std::string site_id(const Site& site) { return code("loc_", 100 + row_of(kSites, site)); }

double round_to_cents(double amount) { return std::round(amount * 100) / 100; }

Json pricing(const Plan& plan) {
  const auto prices = [&](double rate) {
    return Json{{"hour", round_to_cents(plan.hour * rate)},
                {"month", round_to_cents(plan.hour * rate * 690)},
                {"year", round_to_cents(plan.hour * rate * 6100)}};
  };
  return {{"USD", prices(1)}, {"BRL", prices(5)}};
}

Json regions_of(World& world, const Plan& plan) {
  Json regions = Json::array();
  for (const Site& site : kSites) {
    auto region = std::find_if(regions.begin(), regions.end(),
                               [&](const Json& other) { return other["name"] == site.country; });
    if (region == regions.end()) {
      regions.push_back({{"name", site.country},
                         {"deploys_instantly", Json::array()},
                         {"locations", {{"available", Json::array()}, {"in_stock", Json::array()}}},
                         {"stock_level", "unavailable"},
                         {"pricing", pricing(plan)}});
      region = regions.end() - 1;
    }
    (*region)["locations"]["available"].push_back(site.slug);
    const std::int64_t left = stock_left(world, plan.slug, site.slug);
    if (left == 0) continue;
    (*region)["locations"]["in_stock"].push_back(site.slug);
    const bool plenty = left < 0 || left >= 10 || (*region)["stock_level"] == "high";
    (*region)["stock_level"] = plenty ? "high" : left >= 3 ? "medium" : "low";
    (*region)["deploys_instantly"] = Json::array({"ubuntu_24_04_x64_lts"});
  }
  return regions;
}

Json render_plan(World& world, const Plan& plan) {
  Json gpu = Json::object();
  if (plan.gpus > 0) {
    gpu = {{"count", plan.gpus},
           {"type", plan.gpu},
           {"vram_per_gpu", plan.gpu_memory_gb},
           {"interconnect", nullptr}};
  }
  return {
      {"id", plan_id(plan)},
      {"type", "plans"},
      {"attributes",
       {{"slug", plan.slug},
        {"name", plan.name},
        {"features", Json::array({"ssh", "raid", "user_data"})},
        {"specs",
         {{"cpu",
           {{"type", plan.cpu},
            {"clock", plan.clock},
            {"cores", plan.cores},
            {"count", plan.cpus}}},
          {"memory", {{"total", plan.memory_gb}}},
          {"drives",
           Json::array(
               {{{"count", plan.drives}, {"size", plan.drive_size}, {"type", plan.drive_type}}})},
          {"nics", Json::array({{{"count", 2}, {"type", plan.nic}}})},
          {"gpu", gpu}}},
        {"regions", regions_of(world, plan)}}}};
}

Json render_site(const Site& site) {
  return {{"id", site_id(site)},
          {"type", "regions"},
          {"attributes",
           {{"slug", site.slug},
            {"name", site.city},
            {"country", {{"slug", site.country_code}, {"name", site.country}}}}}};
}

Json render_system(const System& system) {
  Json plans = Json::array();
  for (const Plan& plan : kPlans) plans.push_back(plan.slug);
  return {{"id", code("os_", 200 + row_of(kSystems, system))},
          {"type", "operating_system"},
          {"attributes",
           {{"name", system.name},
            {"slug", system.slug},
            {"distro", system.distro},
            {"user", system.user},
            {"version", system.version},
            {"features",
             {{"raid", system.raid},
              {"ssh_keys", system.raid},
              {"user_data", system.raid},
              {"rescue", system.raid}}},
            {"provisionable_on", plans}}}};
}

Reply paged(const Request& request, const Json& all) {
  const auto number = [&](const char* name, int otherwise) {
    const std::string text(request.query_value(name));
    return static_cast<std::size_t>(text.empty() ? otherwise
                                                 : std::max(1, std::atoi(text.c_str())));
  };
  const std::size_t size = number("page[size]", 20);
  Json list = Json::array();
  for (std::size_t i = (number("page[number]", 1) - 1) * size; i < all.size() && list.size() < size;
       ++i) {
    list.push_back(all[i]);
  }
  Json meta = Json::object();
  if (request.query_value("stats[total]") == "count") meta["stats"]["total"]["count"] = all.size();
  return {.status = 200, .body = Json{{"data", list}, {"meta", meta}}.dump()};
}

Reply list_plans(World& world, const Request& request) {
  // No pages: the description names no page parameters for plans.
  Json list = Json::array();
  const auto wants = [&](const char* filter, const char* value) {
    const auto wanted = request.query_value(filter);
    return wanted.empty() || wanted == value;
  };
  for (const Plan& plan : kPlans) {
    if (!wants("filter[slug]", plan.slug) || !wants("filter[name]", plan.name)) continue;
    if (!wants("filter[gpu]", plan.gpus > 0 ? "true" : "false")) continue;
    if (const std::string site(request.query_value("filter[location]"));
        !site.empty() && stock_left(world, plan.slug, site) == 0) {
      continue;
    }
    list.push_back(render_plan(world, plan));
  }
  return {.status = 200, .body = Json{{"data", list}}.dump()};
}

Reply get_plan(World& world, const Request& request) {
  for (const Plan& plan : kPlans) {
    if (plan_id(plan) == request.parameters[0] || plan.slug == request.parameters[0]) {
      return {.status = 200, .body = Json{{"data", render_plan(world, plan)}}.dump()};
    }
  }
  return not_found();
}

Reply list_systems(World&, const Request& request) {
  Json all = Json::array();
  for (const System& system : kSystems) all.push_back(render_system(system));
  return paged(request, all);
}

Reply list_regions(World&, const Request& request) {
  Json all = Json::array();
  for (const Site& site : kSites) all.push_back(render_site(site));
  return paged(request, all);
}

Reply get_region(World&, const Request& request) {
  for (const Site& site : kSites) {
    if (site_id(site) == request.parameters[0] || site.slug == request.parameters[0]) {
      return {.status = 200, .body = Json{{"data", render_site(site)}}.dump()};
    }
  }
  return not_found();
}

}  // namespace

const Plan* find_plan(const std::string& slug) { return find_in(kPlans, slug); }
const Site* find_site(const std::string& slug) { return find_in(kSites, slug); }
const System* find_system(const std::string& slug) { return find_in(kSystems, slug); }

Json plan_summary(const Plan& plan, const std::string& billing) {
  return {{"id", plan_id(plan)}, {"name", plan.name}, {"slug", plan.slug}, {"billing", billing}};
}

Json region_summary(const Site& site) {
  return {{"city", site.city},
          {"country", site.country},
          {"site",
           {{"id", site_id(site)},
            {"name", site.city},
            {"slug", site.slug},
            {"facility", site.facility}}}};
}

std::int64_t stock_left(World& world, const std::string& plan, const std::string& site) {
  const std::int64_t stock = world.stock("latitude", plan, site);
  if (stock < 0) return -1;
  const auto taken =
      static_cast<std::int64_t>(world.servers.under("stock:" + plan + '@' + site).size());
  return std::max<std::int64_t>(0, stock - taken);
}

void add_catalogue_routes(Router& router) {
  router.add("GET", "/plans", list_plans);
  router.add("GET", "/plans/operating_systems", list_systems);
  router.add("GET", "/plans/{plan_id}", get_plan);
  router.add("GET", "/regions", list_regions);
  router.add("GET", "/regions/{region_id}", get_region);
}

}  // namespace jim::sandbox::latitude
