// The dialects: whose reading of rope parameters applies.
//
// One config.json means different frequencies to different programs. A dialect is one program at
// one version: which keys it reads, which defaults it has, which types it knows, what it refuses.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/dialects/dialect_reading.h"
#include "core/dialects/model_values.h"
#include "core/json/json_reader.h"

namespace rope {

// Constant, so it can be used from every thread.
struct Dialect {
  absl::string_view name;     // "vllm"
  absl::string_view version;  // of the program whose code was recorded
  // The release of transformers that the program loads a configuration with.
  absl::string_view transformers_version;
  absl::string_view description;  // one line, shown to people
  DialectReading (*read)(const ModelValues& model);
};

// The dialect of a request that names none. It is what ReadModelConfig does.
inline constexpr absl::string_view kDefaultDialect = "transformers";

// The parameter sets that a configuration may have. No model has more than a few.
inline constexpr size_t kMaxParameterSets = 64;

// Every dialect, the default first.
absl::Span<const Dialect> AllDialects();

// "transformers, vllm, ...": for messages.
std::string DialectNames();

// The dialect of a name: "" is the default, "vllm" and "vllm@0.33.0" are the version that is known.
// Another version of an engine is answered as the known one, and `note` says so; `note` is
// otherwise set to "". INVALID_ARGUMENT, with the names that exist, for anything else.
absl::StatusOr<const Dialect*> FindDialect(absl::string_view name, std::string* note);

// What the dialect makes of a document. INVALID_ARGUMENT if the text is not read, if it is not an
// object, or if the model has no rotary embedding. Pure; memory and time are linear in the
// document.
absl::StatusOr<DialectReading> ReadWithDialect(const Dialect& dialect, const JsonResult& json);

}  // namespace rope
