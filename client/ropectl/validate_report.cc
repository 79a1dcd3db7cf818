#include "client/ropectl/validate_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/report.h"
#include "core/findings/finding_table.h"
#include "core/validation/number_ranges.h"
#include "rapidjson/document.h"

namespace rope::ropectl {
namespace {

// JSON has no NaN and no Infinity: they become strings, so that every reader accepts the document.
class FiniteWriter : public JsonWriter {
 public:
  using JsonWriter::JsonWriter;
  bool Double(double value) {
    if (std::isnan(value)) return String("NaN");
    if (std::isinf(value)) return String(value > 0 ? "Infinity" : "-Infinity");
    return JsonWriter::Double(value);
  }
};

std::string StrictJson(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag>(text.data(),
                                                                                      text.size());
  if (document.HasParseError()) return "null";
  rapidjson::StringBuffer buffer;
  FiniteWriter writer(buffer);
  document.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

void WriteJudged(const Judged& judged, bool with_file, JsonOutput* output) {
  JsonWriter& json = output->writer();
  json.StartObject();
  if (with_file) output->Add("file", judged.source.name);
  json.Key("valid");
  json.Bool(judged.response.valid());
  json.Key("findings");
  WriteFindings(judged.findings, &json);
  json.Key("rope_parameters");
  const std::string parameters = StrictJson(judged.response.rope_parameters_json());
  json.RawValue(parameters.data(), parameters.size(),
                parameters == "null" ? rapidjson::kNullType : rapidjson::kObjectType);
  json.EndObject();
}

int Count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<int>(
      std::count_if(findings.begin(), findings.end(),
                    [severity](const Finding& finding) { return finding.severity == severity; }));
}

std::string Counted(int count, const std::string& thing) {
  return absl::StrCat(count, " ", thing, count == 1 ? "" : "s");
}

// Escape sequences, or nothing.
class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}
  std::string Bold(absl::string_view text) const { return With("1", text); }
  std::string Dim(absl::string_view text) const { return With("2", text); }
  std::string Bad(absl::string_view text) const { return With("1;31", text); }
  std::string Good(absl::string_view text) const { return With("1;32", text); }
  std::string As(Severity severity, absl::string_view text) const {
    return With(severity == Severity::kError     ? "1;31"
                : severity == Severity::kWarning ? "1;35"
                                                 : "1;36",
                text);
  }

 private:
  std::string With(const char* code, absl::string_view text) const {
    return color_ ? absl::StrCat("\033[", code, "m", text, "\033[0m") : std::string(text);
  }
  bool color_;
};

std::string WhereIs(const ConfigSource& source, const Finding& finding) {
  if (finding.offset < 0 || source.text.empty()) return source.name;
  const Place place = PlaceOf(source.text, finding.offset);
  return absl::StrCat(source.name, ":", place.line, ":", place.column);
}

void PrintFinding(const ConfigSource& source, const Finding& finding, const Paint& paint) {
  absl::PrintF("%s: %s: %s%s%s [%s]\n", paint.Bold(WhereIs(source, finding)),
               paint.As(finding.severity, SeverityName(finding.severity)), finding.path,
               finding.path.empty() ? "" : ": ", finding.message, finding.code);
  const FindingInfo* info = FindFinding(finding.code);
  if (info != nullptr && finding.severity != Severity::kNote) {
    absl::PrintF("%s\n", paint.Dim(absl::StrCat("    if ignored: ", info->consequence)));
  }
  if (!finding.hf_message.empty()) {
    absl::PrintF("%s\n", paint.Dim(absl::StrCat("    transformers: ", finding.hf_message)));
  }
  if (!finding.fix.empty()) {
    absl::PrintF("%s\n", paint.Dim(absl::StrCat("    fix (--fix writes it): ", finding.fix)));
  }
}

// As they stand in the file; what stands nowhere comes last.
std::vector<Finding> InOrder(std::vector<Finding> findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return static_cast<uint64_t>(a.offset) < static_cast<uint64_t>(b.offset);
  });
  return findings;
}

std::string Ranges(const google::protobuf::RepeatedField<int32_t>& layers) {
  return NumberRanges(std::vector<int64_t>(layers.begin(), layers.end()));
}

void PrintLayerType(const v1::LayerTypeReport& layer) {
  const std::string name = layer.layer_type().empty() ? "rope_parameters" : layer.layer_type();
  const std::string layers =
      layer.layers_size() == 0 ? "" : absl::StrCat(" (layers ", Ranges(layer.layers()), ")");
  if (!layer.has_rope()) {
    absl::PrintF("%s: no rotary embedding\n", name);
    return;
  }
  absl::PrintF("%s%s:\n", name, layers);
  for (const v1::EffectiveValue& value : layer.effective_values()) {
    absl::PrintF("  %-32s = %-24s %s%s%s\n", value.name(), value.value_json(), value.source(),
                 value.path().empty() ? "" : " at ", value.path());
  }
}

void PrintVerdict(const Judged& judged, const Paint& paint) {
  const std::vector<Finding>& findings = judged.findings;
  if (judged.fixed > 0) {
    absl::PrintF("%s: %d fixed\n", judged.source.name, judged.fixed);
  }
  absl::PrintF("%s: %s (%s, %s, %s; as transformers %s reads it)\n", paint.Bold(judged.source.name),
               judged.response.valid() ? paint.Good("valid") : paint.Bad("NOT valid"),
               Counted(Count(findings, Severity::kError), "error"),
               Counted(Count(findings, Severity::kWarning), "warning"),
               Counted(Count(findings, Severity::kNote), "note"),
               judged.response.transformers_version());
}

void PrintResolved(const v1::ValidateConfigResponse& response) {
  for (const v1::LayerTypeReport& layer : response.layer_types()) PrintLayerType(layer);
  if (response.layers_without_rope_size() > 0) {
    absl::PrintF("no rotary embedding: layers %s\n", Ranges(response.layers_without_rope()));
  }
}

}  // namespace

void PrintText(const std::vector<Judged>& judged, bool color) {
  const Paint paint(color);
  int valid = 0;
  for (const Judged& one : judged) {
    PrintVerdict(one, paint);
    for (const Finding& finding : InOrder(one.findings)) PrintFinding(one.source, finding, paint);
    if (judged.size() == 1) PrintResolved(one.response);
    valid += one.response.valid() ? 1 : 0;
  }
  if (judged.size() > 1) {
    absl::PrintF("%d configurations: %d valid, %d not valid\n", judged.size(), valid,
                 static_cast<int>(judged.size()) - valid);
  }
}

void PrintJson(const std::vector<Judged>& judged, bool several) {
  JsonOutput output;
  if (several) output.writer().StartArray();
  for (const Judged& one : judged) WriteJudged(one, several, &output);
  if (several) output.writer().EndArray();
  output.Print();
}

}  // namespace rope::ropectl
