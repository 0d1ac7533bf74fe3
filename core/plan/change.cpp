#include "core/plan/change.h"

namespace jim {

std::string_view action_word(Action action) {
  switch (action) {
    case Action::no_op:
      return "no-op";
    case Action::create:
      return "create";
    case Action::update:
      return "update";
    case Action::replace:
      return "replace";
    case Action::remove:
      return "delete";
    case Action::adopt:
      return "adopt";
    case Action::rename:
      return "rename";
    case Action::forget:
      return "forget";
  }
  return "no-op";
}

std::string_view action_sign(Action action) {
  switch (action) {
    case Action::no_op:
      return " ";
    case Action::create:
      return "+";
    case Action::update:
      return "~";
    case Action::replace:
      return "-/+";
    case Action::remove:
      return "-";
    case Action::adopt:
      return "←";
    case Action::rename:
      return "→";
    case Action::forget:
      return ".";
  }
  return " ";
}

}  // namespace jim
