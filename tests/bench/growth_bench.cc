// How the time to read a configuration grows with it, for each kind of large document.
#include <algorithm>
#include <string>
#include <vector>

#include "core/json/json_edit.h"
#include "core/json/json_reader.h"
#include "core/validation/validate_config.h"
#include "tests/bench/benchmarks.h"
#include "tests/testing/large_documents.h"

namespace rope::bench {
namespace {

constexpr JsonLimits kAnySize{.max_bytes = 1 << 28};

// Validates the document and applies its first fix.
double Milliseconds(const std::string& text) {
  ValidateOptions options;
  options.limits = kAnySize;
  const double start = ProcessSeconds();
  const Validation validation = ValidateConfig(text, options);
  const auto& findings = validation.report.findings;
  const auto fixable = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding& finding) { return !finding.fix.empty(); });
  if (fixable != findings.end()) {
    const JsonResult patch = ReadJson(fixable->fix, kAnySize);
    if (patch.ok()) EditJson(text, patch->root);
  }
  return (ProcessSeconds() - start) * 1e3;
}

}  // namespace

std::vector<Result> GrowthBenchmark(const Options& options) {
  const size_t large_bytes = options.Amount<size_t>(16'000, 1'000'000, 4'000'000);
  std::vector<Result> results;
  Options few = options;
  few.samples = std::min(options.samples, 3);  // there are many documents
  for (size_t i = 0; i < testing::LargeDocuments().size(); ++i) {
    const testing::LargeDocument& document = testing::LargeDocuments()[i];
    const std::string small = testing::LargeText(document, large_bytes / 4);
    const std::string large = testing::LargeText(document, large_bytes);
    const auto sides =
        Measure({[&] { return Milliseconds(small); }, [&] { return Milliseconds(large); }}, few);
    const std::string id = "growth." + std::to_string(i);
    // Linear is 4, and quadratic is 16. A document that leaves the caches costs more for each byte.
    results.push_back(AtMost(8, RatioOf(id, document.name, sides[1], sides[0])));
    results.push_back(MedianOf(id + ".time", document.name, "ms", sides[1]));
  }
  return results;
}

}  // namespace rope::bench
