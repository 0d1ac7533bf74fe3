#pragma once

#include <string>

#include "cli/render/paint.h"
#include "core/apply/apply.h"
#include "core/value/value.h"

namespace jim {

/// `Done: 3 created · 1 changed`: what was done, and whether that is all.
std::string done_text(const Report& report);

/// What failed, what was not done, and what to do next; empty when everything was done.
std::string troubles_text(const Report& report, const Paint& paint);

/// What is gone although a step like `step` did not end well: `removed` are its old objects, not
/// empty.
std::string gone_text(const StepReport& step, const std::vector<std::string>& removed);

/// The report as a JSON value: `steps`, `outputs`, `errors`, `complete`, `interrupted`. Holds no
/// secret.
Value report_value(const Report& report);

/// `web = ["192.0.2.1"]`, one line per output.
std::string outputs_text(const ValueMap& outputs);

}  // namespace jim
