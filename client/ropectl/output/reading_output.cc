#include "client/ropectl/output/reading_output.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/ropectl/output/visible_text.h"

namespace rope::ropectl {

void WriteReading(const v1::Reading& reading, JsonOutput* json) {
  std::optional<std::string> path;
  if (!reading.text_model_path().empty()) path = reading.text_model_path();
  json->Member("family", reading.family());
  json->Member("text_model_path", path);
  json->Member("warnings", reading.warning_codes());
  json->ArrayOf("assumed", reading.assumed(), [json](const v1::AssumedValue& assumed) {
    json->Object([&] {
      json->Member("name", assumed.name());
      json->Json("value", assumed.value_json());
      json->Member("source", assumed.source());
    });
  });
  json->Member("preset_unverified", reading.preset_unverified());
}

void PrintReading(const v1::Reading& reading) {
  absl::PrintF("family            %s\n", reading.family());
  if (!reading.text_model_path().empty()) {
    absl::PrintF("read from         %s\n", reading.text_model_path());
  }
  if (reading.warning_codes_size() > 0) {
    absl::PrintF("warnings          %s (ropectl validate explains them)\n",
                 absl::StrJoin(reading.warning_codes(), ", "));
  }
  for (const v1::AssumedValue& assumed : reading.assumed()) {
    absl::PrintF("assumed           %s = %s, %s\n", assumed.name(),
                 VisibleText(assumed.value_json()), assumed.source());
  }
  if (reading.preset_unverified()) {
    absl::PrintF("preset            not compared with the published configuration\n");
  }
}

void WriteDialect(const v1::DialectResolution& dialect, JsonOutput* json) {
  std::optional<int64_t> rows;
  if (dialect.has_table_rows()) rows = dialect.table_rows();
  json->Object("dialect", [&] {
    json->Member("name", dialect.name());
    json->Member("version", dialect.version());
    json->Member("transformers_version", dialect.transformers_version());
    json->Member("engine_class", dialect.engine_class());
    json->Member("position_divisor", dialect.position_divisor());
    json->Member("softmax_scale_factor", dialect.softmax_scale_factor());
    json->Member("first_position", dialect.first_position());
    json->Member("table_rows", rows);
    json->Member("interleaved_pairs", dialect.interleaved_pairs());
    json->Member("guess", dialect.guess());
    json->Member("notes", dialect.notes());
  });
}

void PrintDialect(const v1::DialectResolution& dialect) {
  absl::PrintF("dialect           %s %s\n", dialect.name(), dialect.version());
  const bool own = !dialect.engine_class().empty();
  absl::PrintF("class             %s\n", own ? dialect.engine_class() : "that of transformers");
  if (dialect.position_divisor() != 1.0) {
    absl::PrintF("positions         divided by %.9g\n", dialect.position_divisor());
  }
  if (dialect.softmax_scale_factor() != 1.0) {
    absl::PrintF("softmax scale     times %.17g\n", dialect.softmax_scale_factor());
  }
  for (const std::string& note : dialect.notes()) absl::PrintF("note              %s\n", note);
}

void WriteGiven(const v1::Resolution& resolution, JsonOutput* json) {
  json->Member("inv_freq_given", resolution.inv_freq_given());
  json->Member("lane_scale_given", resolution.lane_scale_given());
}

void PrintGiven(const v1::Resolution& resolution) {
  std::vector<absl::string_view> given;
  if (resolution.inv_freq_given()) given.emplace_back("inv_freq");
  if (resolution.lane_scale_given()) given.emplace_back("lane_scale");
  if (given.empty()) return;
  absl::PrintF("given             %s, beside the configuration\n", absl::StrJoin(given, " and "));
}

void WriteAttentionScaling(const v1::Resolution& resolution, JsonOutput* json) {
  constexpr std::optional<bool> kNothing;
  if (!resolution.has_attention_scaling()) return json->Member("attention_scaling", kNothing);
  const v1::AttentionScaling& scaling = resolution.attention_scaling();
  json->Object("attention_scaling", [&] {
    json->Member("softmax_scale_factor", scaling.softmax_scale_factor());
    if (!scaling.has_queries()) return json->Member("queries", kNothing);
    json->Object("queries", [&] {
      json->Member("beta", scaling.queries().beta());
      json->Member("interval", scaling.queries().interval());
      json->Member("first", scaling.queries().first());
      json->Member("layers_without_rope", scaling.queries().layers_without_rope());
    });
  });
}

void PrintAttentionScaling(const v1::Resolution& resolution) {
  if (!resolution.has_attention_scaling()) return;
  const v1::AttentionScaling& scaling = resolution.attention_scaling();
  if (scaling.softmax_scale_factor() != 1.0) {
    absl::PrintF("softmax scale     times %.17g, not part of tables\n",
                 scaling.softmax_scale_factor());
  }
  if (!scaling.has_queries()) return;
  absl::PrintF(
      "queries           times 1 + %.9g * ln(1 + floor(%s / %.9g))%s\n", scaling.queries().beta(),
      scaling.queries().first() == 0 ? "position" : "(position + 1)", scaling.queries().interval(),
      scaling.queries().layers_without_rope() ? ", in layers without rotary embedding" : "");
}

}  // namespace rope::ropectl
