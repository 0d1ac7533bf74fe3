#include "cli/tell.h"

#include "cli/render/diagnostics.h"
#include "core/apply/apply.h"
#include "core/base/text.h"

namespace jim {
}
