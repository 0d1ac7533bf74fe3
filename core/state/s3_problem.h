#pragma once

#include "core/net/http.h"
#include "core/state/s3_objects.h"

namespace jim {

/// An answer of S3 that is no success, as a person needs it: what was refused and what to do.
Diagnostic s3_problem(const S3Place& place, const std::string& method, const HttpResponse& reply);
/// No whole answer came.
Diagnostic s3_unreachable(const S3Place& place, const Diagnostic& failure);

}  // namespace jim
