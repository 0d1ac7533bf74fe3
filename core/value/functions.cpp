#include "core/value/functions.h"

#include <algorithm>

#include "core/value/arguments.h"

namespace jim {

const std::vector<Function>& functions() {
  static const std::vector<Function> kAll = [] {
    std::vector<Function> all;
    detail::add_number_functions(all);
    detail::add_text_functions(all);
    detail::add_format_functions(all);
    detail::add_regex_functions(all);
    detail::add_list_functions(all);
    detail::add_set_functions(all);
    detail::add_map_functions(all);
    detail::add_encoding_functions(all);
    detail::add_csv_functions(all);
    detail::add_yaml_functions(all);
    detail::add_digest_functions(all);
    detail::add_network_functions(all);
    detail::add_file_functions(all);
    detail::add_type_functions(all);
    detail::add_time_functions(all);
    std::sort(all.begin(), all.end(),
              [](const Function& a, const Function& b) { return a.name < b.name; });
    return all;
  }();
  return kAll;
}

const Function* find_function(std::string_view name) {
  const auto before = [](const Function& function, std::string_view key) {
    return function.name < key;
  };
  const auto found = std::lower_bound(functions().begin(), functions().end(), name, before);
  return found != functions().end() && found->name == name ? &*found : nullptr;
}

}  // namespace jim
