#include "server/rpc/messages/resolve_options.h"

#include "proto/wire/config_json.h"

namespace rope::server {

engine::ResolveOptions ResolveOptionsOf(const v1::ModelConfig& config) {
  engine::ResolveOptions options;
  options.strict = config.strict();
  options.dialect = config.dialect();
  options.overrides = wire::OverridesFromProto(config);
  return options;
}

}  // namespace rope::server
