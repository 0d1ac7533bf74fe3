#pragma once

#include <memory>

#include "core/state/entry_store.h"
#include "core/state/open_store.h"

namespace jim {

/// The store at `s3://BUCKET/KEY`. The server is AWS's, or the one that `settings.endpoint`,
/// AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL names. Fails with `invalid_config`.
Result<std::unique_ptr<EntryStore>> open_s3_store(EventLoop& loop, Http& http,
                                                  const StoreSettings& settings);

}  // namespace jim
