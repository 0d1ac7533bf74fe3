#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jim {

/// The contents of every element called `element`, in order, with entities decoded; for the flat
/// XML that AWS and its kind answer. An element within one of the same name is not looked for.
std::vector<std::string> xml_texts(std::string_view xml, std::string_view element);
/// The first of them, or an empty text.
std::string xml_text(std::string_view xml, std::string_view element);

}  // namespace jim
