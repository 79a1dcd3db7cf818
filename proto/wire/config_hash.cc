#include "proto/wire/config_hash.h"

#include <string>

#include "core/checksum/xxh3.h"

namespace rope::wire {

uint64_t ConfigHash(const v1::ModelConfig& config) {
  if (config.has_model_config_json()) {
    const std::string& text = config.model_config_json();
    return Xxh3(text.data(), text.size());
  }
  if (config.has_preset()) return Xxh3(config.preset().data(), config.preset().size());
  return 0;
}

}  // namespace rope::wire
