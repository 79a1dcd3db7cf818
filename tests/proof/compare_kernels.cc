// Compares the kernels of this host with each other, and a sample of their rows with arbitrary
// precision. The tables are random and adversarial, of every profile, dtype and layout. All bytes
// must be the same.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/backends/backends.h"

namespace {

using rope::Backend;
using Random = std::mt19937_64;

constexpr int64_t kMaxRows = 4096;          // of a table
constexpr int64_t kReferenceEntries = 512;  // of a table: about as many are compared with MPFR
constexpr int64_t kBatchEntries = 2000000;  // at least as many are compared with one seed
constexpr double kQuarterTurn = 1.5707963267948966;

int64_t Between(int64_t low, int64_t high, Random& random) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}
double Uniform(double low, double high, Random& random) {
  return std::uniform_real_distribution<double>(low, high)(random);
}
// A number of random magnitude: every power of two between `low` and `high` is equally likely.
double OfAnyMagnitude(double low, double high, Random& random) {
  return std::exp2(Uniform(std::log2(low), std::log2(high), random));
}

// Consecutive positions, or positions of any magnitude, or positions anywhere.
std::vector<int64_t> Positions(int64_t rows, Random& random) {
  constexpr auto kLast = static_cast<double>(rope::kMaxPosition);
  std::vector<int64_t> positions(rows);
  const int64_t kind = Between(0, 2, random);
  const auto start = static_cast<int64_t>(OfAnyMagnitude(1, kLast - kMaxRows, random));
  for (int64_t row = 0; row < rows; ++row) {
    if (kind == 0) {
      positions[row] = start + row;
    } else if (kind == 1) {
      positions[row] = static_cast<int64_t>(OfAnyMagnitude(1, kLast, random));
    } else {
      positions[row] = Between(0, rope::kMaxPosition, random);
    }
  }
  return positions;
}

// One of three kinds, named in `kind`: frequencies as models have them ("ordinary"), frequencies of
// any magnitude ("any"), and frequencies that bring one of the positions as close to a multiple of
// pi/2 as a double can ("adversarial").
std::vector<double> Frequencies(int64_t half_width, const std::vector<int64_t>& positions,
                                Random& random, std::string* kind) {
  std::vector<double> inv_freq(half_width);
  const int64_t choice = Between(0, 9, random);
  const double theta = OfAnyMagnitude(100, 1e9, random);
  *kind = choice < 5 ? "ordinary" : choice < 8 ? "any" : "adversarial";
  for (int64_t i = 0; i < half_width; ++i) {
    if (choice < 5) {
      inv_freq[i] = std::pow(theta, -static_cast<double>(i) / static_cast<double>(half_width));
    } else if (choice < 8) {
      inv_freq[i] = OfAnyMagnitude(0x1p-60, 1, random);
    } else {
      const auto position = static_cast<double>(std::max<int64_t>(
          1, positions[Between(0, static_cast<int64_t>(positions.size()) - 1, random)]));
      const double turns = std::floor(OfAnyMagnitude(1, 1 + position * 0.6, random));
      inv_freq[i] = std::min(1.0, turns * kQuarterTurn / position);
    }
  }
  return inv_freq;
}

rope::FrequencyPlan PlanOf(rope::NumericProfile profile, const std::vector<double>& inv_freq,
                           double attention_factor) {
  rope::FrequencyPlan plan;
  plan.profile = profile;
  plan.inv_freq.assign(inv_freq.begin(), inv_freq.end());
  plan.attention_factor = attention_factor;
  if (profile == rope::NumericProfile::kExact) {
    plan.exact = std::make_shared<const rope::ExactPlan>(
        rope::ExactFrequencies{{inv_freq.begin(), inv_freq.end()}, attention_factor});
  }
  return plan;
}

rope::TableForm RandomForm(rope::NumericProfile profile, const std::string& without,
                           Random& random) {
  for (;;) {
    const auto pick = [&](auto all) {
      return all[Between(0, static_cast<int64_t>(all.size()) - 1, random)];
    };
    const rope::TableForm form{pick(rope::AllDTypes()), pick(rope::AllLayouts()),
                               Between(0, 3, random) == 0};
    if (rope::DTypeName(form.dtype) != without && rope::CheckForm(form, profile).ok()) {
      return form;
    }
  }
}

struct Table {
  rope::FrequencyPlan plan;
  rope::PositionIds positions;
  rope::TableForm form;
  std::string text;  // describes the table to people
};

Table RandomTable(const std::string& without, Random& random) {
  const auto profile =
      Between(0, 3, random) == 0 ? rope::NumericProfile::kExact : rope::NumericProfile::kHf;
  const int64_t rows = Between(1, kMaxRows, random);
  const int64_t half_width = Between(0, 1, random) == 0 ? 64 : Between(1, 200, random);
  const double factor = Between(0, 1, random) == 0 ? 1.0 : OfAnyMagnitude(0.25, 4, random);
  std::vector<int64_t> positions = Positions(rows, random);
  std::string kind;
  const std::vector<double> inv_freq = Frequencies(half_width, positions, random, &kind);
  const rope::TableForm form = RandomForm(profile, without, random);
  std::string text = absl::StrFormat("%s %s %s, %s frequencies [%d], %d rows, factor %a",
                                     rope::NumericProfileName(profile), rope::DTypeName(form.dtype),
                                     rope::LayoutName(form.layout), kind, half_width, rows, factor);
  return {PlanOf(profile, inv_freq, factor), *rope::PositionIds::List(std::move(positions)), form,
          std::move(text)};
}

using Bytes = std::vector<std::byte>;

// Computes the first `rows` rows with one backend; both tensors are put into one buffer.
void Fill(const Backend& backend, const Table& table, int64_t rows, Bytes* bytes) {
  const int64_t tensor = rows * rope::RowBytes(table.form, table.plan.half_width());
  bytes->assign(2 * tensor, std::byte{0});
  const absl::Status status = backend.FillRows(table.plan, table.positions, 0, rows, table.form, 1,
                                               {bytes->data(), bytes->data() + tensor});
  if (!status.ok()) std::abort();
}

// Prints the first element that differs.
void Report(const Table& table, absl::string_view one, const Bytes& its, absl::string_view other,
            const Bytes& others) {
  const auto place = std::mismatch(its.begin(), its.end(), others.begin()).first - its.begin();
  const auto element_bytes = static_cast<int64_t>(rope::DTypeSize(table.form.dtype));
  const int64_t first = place / element_bytes * element_bytes;
  const auto hex = [&](const Bytes& bytes) {  // the element, highest byte first
    std::string text;
    for (int64_t i = first + element_bytes - 1; i >= first; --i) {
      absl::StrAppend(&text, absl::Hex(static_cast<uint8_t>(bytes[i]), absl::kZeroPad2));
    }
    return text;
  };
  absl::PrintF("different: %s, element %d: %s has 0x%s, %s 0x%s\n", table.text,
               first / element_bytes, one, hex(its), other, hex(others));
}

// Compares all backends on one table. Returns the number of entries compared, or 0 if one differs.
int64_t Compare(const Table& table, const std::vector<const Backend*>& backends) {
  const int64_t half_width = table.plan.half_width();
  const int64_t rows = table.positions.size();
  Bytes expected;
  Bytes found;
  Fill(*backends[0], table, rows, &expected);
  for (size_t i = 1; i < backends.size(); ++i) {
    Fill(*backends[i], table, rows, &found);
    if (found != expected) {
      Report(table, backends[0]->name(), expected, backends[i]->name(), found);
      return 0;
    }
  }
  const int64_t sampled = std::min(rows, 1 + kReferenceEntries / (2 * half_width));
  Fill(*rope::FindBackend("reference"), table, sampled, &expected);
  Fill(*backends[0], table, sampled, &found);
  if (found != expected) {
    Report(table, backends[0]->name(), found, "reference", expected);
    return 0;
  }
  return 2 * rows * half_width;
}

struct Totals {
  int64_t tables = 0;
  int64_t entries = 0;
  int64_t different = 0;

  void operator+=(const Totals& other) {
    tables += other.tables;
    entries += other.entries;
    different += other.different;
  }
};

// Compares random tables until there are kBatchEntries entries, or until a table differs.
Totals CompareBatch(const std::vector<const Backend*>& backends, const std::string& without,
                    uint64_t seed) {
  Random random(seed);
  Totals totals;
  while (totals.entries < kBatchEntries && totals.different == 0) {
    const int64_t count = Compare(RandomTable(without, random), backends);
    totals += {1, count, count == 0 ? 1 : 0};
  }
  return totals;
}

// The backends "cpu-<kernel>" of this host.
std::vector<const Backend*> KernelBackends() {
  std::vector<const Backend*> backends;
  for (const Backend* backend : rope::AllBackends()) {
    if (absl::StartsWith(backend->name(), "cpu-") && backend->available()) {
      backends.push_back(backend);
    }
  }
  return backends;
}

Totals CompareBatches(const std::vector<const Backend*>& backends, const std::string& without,
                      int64_t entries, uint64_t seed) {
  constexpr uint64_t kSeedStep = 1000003;  // more than the batches of a run, so that none repeats
  const int64_t batches = (entries + kBatchEntries - 1) / kBatchEntries;
  Totals totals;
#pragma omp parallel for schedule(dynamic, 1)
  for (int64_t batch = 0; batch < batches; ++batch) {
    const Totals mine =
        CompareBatch(backends, without, seed * kSeedStep + static_cast<uint64_t>(batch));
#pragma omp critical
    totals += mine;
  }
  return totals;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Compares all kernels of this host, byte by byte, on random and adversarial tables of every\n"
      "profile, dtype and layout. Exit code 0: no table differs."};
  int64_t entries = 1000000000;
  uint64_t seed = 1;
  app.add_option("--entries", entries, "Compare at least N values of cos and sin")
      ->capture_default_str();
  app.add_option("--seed", seed, "Seed of the random tables")->capture_default_str();
  std::string without;
  app.add_option("--without", without,
                 "A dtype to leave out, for emulators that convert it wrongly");
  CLI11_PARSE(app, argc, argv);

  const std::vector<const Backend*> backends = KernelBackends();
  const Totals totals = CompareBatches(backends, without, entries, seed);
  std::string names;
  for (const Backend* backend : backends) absl::StrAppend(&names, " ", backend->name());
  absl::PrintF("%d entries in %d tables, seed %d: the bytes of%s, and of reference in samples\n",
               totals.entries, totals.tables, seed, names);
  absl::PrintF("%d tables differ\n", totals.different);
  return totals.different == 0 && totals.entries > 0 ? 0 : 1;
}
