#include "server/options/warm_spec.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/presets/presets.h"
#include "server/engine/snapshot.h"

namespace rope::server {
namespace {

// The largest number of positions of a table whose specification names none.
constexpr int64_t kMaxDefaultPositions = 131072;

absl::StatusOr<std::string> ReadConfig(absl::string_view name) {
  if (absl::ConsumePrefix(&name, "preset:")) {
    const Preset* preset = FindPreset(name);
    if (preset == nullptr) return absl::NotFoundError(absl::StrCat("unknown preset ", name));
    return std::string(preset->config_json);
  }
  std::ifstream file{std::string(name), std::ios::binary};
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", name));
  return text;
}

bool SetPositions(absl::string_view value, WarmSpec* spec) {
  const std::vector<absl::string_view> ends = absl::StrSplit(value, ':');
  int64_t start = 0;
  if (ends.size() != 2 || !absl::SimpleAtoi(ends[0], &start) ||
      !absl::SimpleAtoi(ends[1], &spec->stop) || start < 0 || spec->stop <= start) {
    return false;
  }
  spec->start = start;
  return true;
}

template <typename Value>
bool Set(const std::optional<Value>& found, Value* value) {
  if (found.has_value()) *value = *found;
  return found.has_value();
}

bool SetOption(absl::string_view key, absl::string_view value, WarmSpec* spec) {
  if (key == "positions") return SetPositions(value, spec);
  if (key == "dtype") return Set(FindDType(value), &spec->form.dtype);
  if (key == "layout") return Set(FindLayout(value), &spec->form.layout);
  if (key == "profile") return Set(FindNumericProfile(value), &spec->resolve.profile);
  if (key == "layer_type") spec->resolve.layer_type = std::string(value);
  return key == "layer_type";
}

}  // namespace

absl::StatusOr<WarmSpec> ParseWarmSpec(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  WarmSpec spec;
  spec.resolve.call_site = HfCallSite::kForward;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> option =
        absl::StrSplit(parts[i], absl::MaxSplits('=', 1));
    if (!SetOption(option.first, option.second, &spec)) {
      return absl::InvalidArgumentError(absl::StrCat(
          parts[i], ": expected positions=START:STOP, dtype=, layout=, profile= or layer_type=, ",
          "with a known value"));
    }
  }
  if (absl::Status status = CheckForm(spec.form, spec.resolve.profile); !status.ok()) return status;
  auto config_json = ReadConfig(parts[0]);
  if (!config_json.ok()) return config_json.status();
  spec.config_json = *std::move(config_json);
  return spec;
}

absl::Status Warm(const WarmSpec& spec, engine::RopeEngine* engine) {
  std::vector<Finding> findings;
  engine::ResolveOptions options = spec.resolve;
  int64_t stop = spec.stop;
  if (!spec.start.has_value()) {
    const auto resolved = engine->ResolveOne(spec.config_json, options, &findings);
    if (!resolved.ok()) return resolved.status();
    stop = std::min(resolved->config.max_position_embeddings.value_or(kMaxDefaultPositions),
                    kMaxDefaultPositions);
  }
  options.seq_len = stop;
  const auto resolved = engine->ResolveOne(spec.config_json, options, &findings);
  if (!resolved.ok()) return resolved.status();
  const int64_t start = spec.start.value_or(0);
  auto positions = PositionIds::Range(start, stop - start);
  if (!positions.ok()) return positions.status();
  return engine::FillCache(engine, resolved->plan, *std::move(positions), spec.form);
}

}  // namespace rope::server
