// ropectl plot: wavelengths of a configuration, and what a scaling does to them.
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/files/partial_file.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/visible_text.h"
#include "client/ropectl/plot/drawing.h"

namespace rope::ropectl {
namespace {

constexpr int kColumns = 72;
constexpr int kRows = 22;

struct PlotOptions {
  ConfigOptions config;
  std::string compare;  // another configuration; empty: the frequencies without a scaling
  std::string layer_type;
  std::optional<int64_t> seq_len;
  std::string out;     // an .svg file; empty: text
  bool local = false;  // needs no server anyway
};

absl::StatusOr<v1::Frequencies> Ask(const PlotOptions& options, const std::string& config,
                                    std::vector<Finding>* findings) {
  const auto source = ReadConfig(config, options.config.strict);
  if (!source.ok()) return source.status();
  v1::GetFrequenciesRequest request;
  *request.mutable_config() = source->config;
  request.set_layer_type(options.layer_type);
  if (options.seq_len.has_value()) request.set_seq_len(*options.seq_len);
  const auto response = ConnectLocally().GetFrequencies(request, {}, findings);
  if (!response.ok()) return response.status();
  if (response->frequencies_size() == 1) return response->frequencies(0);
  std::string names;
  for (const v1::Frequencies& one : response->frequencies()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", one.resolution().layer_type());
  }
  return absl::InvalidArgumentError(absl::StrCat("--layer-type must be one of ", names));
}

Curve CurveOf(const std::string& config, const v1::Frequencies& frequencies) {
  const v1::Resolution& resolution = frequencies.resolution();
  Curve curve{VisibleText(absl::StrCat(config, " (", resolution.rope_type(), ", theta ",
                                       resolution.rope_theta(), ")")),
              {}};
  for (const float inv_freq : frequencies.inv_freq()) {
    curve.wavelengths.push_back(2.0 * M_PI / static_cast<double>(inv_freq));
  }
  return curve;
}

// The powers of the base: what a model without a scaling has.
Curve Unscaled(const v1::Frequencies& frequencies) {
  const v1::Resolution& resolution = frequencies.resolution();
  Curve curve{"without a scaling", {}};
  for (int i = 0; i < frequencies.inv_freq_size(); ++i) {
    curve.wavelengths.push_back(
        2.0 * M_PI *
        std::pow(resolution.rope_theta(), 2.0 * i / static_cast<double>(resolution.rotary_dim())));
  }
  return curve;
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  auto file = client::PartialFile::Create(path);
  if (!file.ok()) return file.status();
  absl::Status status = file->WriteAt(0, text);
  return status.ok() ? file->Commit() : status;
}

int RunPlot(const PlotOptions& options) {
  std::vector<Finding> findings;
  const auto first = Ask(options, options.config.config, &findings);
  if (!first.ok()) return ReportStatus(/*json=*/false, first.status(), findings);
  Drawing drawing{{CurveOf(options.config.config, *first)}, {}};
  if (first->resolution().has_max_position_embeddings()) {
    drawing.length = first->resolution().max_position_embeddings();
  }
  if (!options.compare.empty()) {
    const auto second = Ask(options, options.compare, &findings);
    if (!second.ok()) return ReportStatus(/*json=*/false, second.status(), findings);
    drawing.curves.push_back(CurveOf(options.compare, *second));
  } else if (first->resolution().rope_type() != "default") {
    drawing.curves.push_back(Unscaled(*first));
  }
  if (options.out.empty()) {
    absl::PrintF("%s", DrawText(drawing, kColumns, kRows));
    return kFine;
  }
  const absl::Status status = WriteFile(options.out, DrawSvg(drawing));
  return status.ok() ? kFine : ReportStatus(/*json=*/false, status, {});
}

}  // namespace

Command AddPlot(CLI::App* app) {
  const auto options = std::make_shared<PlotOptions>();
  CLI::App* line = app->add_subcommand(
      "plot", "Draws the wavelengths of a configuration, and what a scaling does to them");
  AddConfigOptions(line, &options->config);
  AddLocalOption(line, &options->local);
  line->add_option("--compare", options->compare,
                   "Another configuration. Without it: the same base without a scaling");
  line->add_option("--layer-type", options->layer_type, "Layer type, if the model has several");
  line->add_option("--seq-len", options->seq_len,
                   "Sequence length that chooses the frequencies (dynamic, longrope)")
      ->check(CLI::PositiveNumber);
  line->add_option("--out", options->out, "An .svg file to write. Without it: text")
      ->check([](const std::string& name) {
        return absl::EndsWith(name, ".svg") ? "" : "the name must end with .svg";
      });
  line->footer(
      "\nExample: ropectl plot --config qwen2.5-7b-yarn --compare qwen2.5-7b --out yarn.svg");
  return {line, [options] { return RunPlot(*options); }};
}

}  // namespace rope::ropectl
