// What computing a table costs. Each kernel of the host is compared with the speed of the memory,
// with other implementations of sine and cosine, and with itself for other forms of tables.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/backends.h"
#include "core/plan/frequency_plan.h"
#include "core/rope_types/rope_config.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/limits.h"
#include "tests/bench/peers/python_peer.h"
#include "tests/bench/peers/sincosf.h"

namespace rope::bench {
namespace {

constexpr int64_t kRotaryDim = 128;
constexpr int64_t kHalfWidth = kRotaryDim / 2;

// The smallest ratios that a kernel must reach; see Tables::ResultsOf.
struct Goals {
  double duplicated;
  double compact;
  double c_library;
  double sleef;
};

struct Kernel {
  std::string name;
  const Backend* backend;
  std::optional<Goals> goals;
  SincosfRows sleef;  // for the same instruction set; null if libsleef has no such function
};

std::vector<Kernel> Kernels() {
  std::vector<Kernel> kernels;
  const auto add = [&](const char* name, std::optional<Goals> goals, SincosfRows sleef) {
    const Backend* backend = FindBackend(absl::StrCat("cpu-", name));
    if (backend != nullptr && backend->available()) {
      kernels.push_back({name, backend, goals, sleef});
    }
  };
#if defined(__x86_64__)
  add("avx512", Goals{0.80, 0.42, 11, 2.5}, SleefAvx512Rows);
  add("avx2", Goals{0.42, 0.25, 7, 2.5}, SleefAvx2Rows);
#endif
  add("neon", std::nullopt, nullptr);
  return kernels;
}

FrequencyPlan PlanOf(NumericProfile profile) {
  RopeConfig config;
  config.head_dim = kRotaryDim;
  config.rotary_dim = kRotaryDim;
  config.rope_theta = 500000.0;
  auto plan = MakeFrequencyPlan(config, profile, std::nullopt, HfCallSite::kForward);
  if (!plan.ok()) std::abort();
  return *std::move(plan);
}

// The positions 0 .. rows - 1 in random order.
PositionIds Scattered(int64_t rows) {
  std::vector<int64_t> positions(rows);
  for (int64_t i = 0; i < rows; ++i) positions[i] = i;
  std::shuffle(positions.begin(), positions.end(), std::mt19937(1));
  return *PositionIds::List(std::move(positions));
}

// The sides of the comparison by name.
class Sides {
 public:
  // `shortest_sample` in seconds.
  explicit Sides(double shortest_sample) : shortest_sample_(shortest_sample) {}

  void Add(const std::string& name, std::function<void()> work) {
    AddSample(name, RateOf(std::move(work), shortest_sample_));
  }
  void AddSample(const std::string& name, Sample sample) {
    names_[name] = samples_.size();
    samples_.push_back(std::move(sample));
  }
  void Run(const Options& options, const std::vector<int>& helpers) {
    measured_ = Measure(samples_, options, helpers);
  }
  const Side& operator[](const std::string& name) const { return measured_[names_.at(name)]; }

 private:
  const double shortest_sample_;
  std::map<std::string, size_t> names_;
  std::vector<Sample> samples_;
  std::vector<Side> measured_;
};

// The tables of all sides, which lie in the same memory.
class Tables {
 public:
  // A sample takes 0.06 seconds: shorter ones do not show that other programs ran.
  explicit Tables(const Options& options)
      : rows_(options.Amount<int64_t>(1024, 131072, 131072)),
        sides_(options.Amount(0.0, 0.06, 0.06)) {}

  void AddLimits() {
    sides_.Add("limit.compact", [this] { FillPastCaches(memory_.data(), CompactBytes()); });
    sides_.Add("limit.duplicated", [this] { FillPastCaches(memory_.data(), DuplicatedBytes()); });
    sides_.Add("c_library", [this] { PeerRows(CLibraryRows); });
    sides_.Add("fma.1", [] { MultiplyAndAdd(1, 1 << 20); });
    sides_.Add("fma.2", [] { MultiplyAndAdd(2, 1 << 20); });
  }

  void AddKernel(const Kernel& kernel) {
    const auto add = [&](const char* what, const FrequencyPlan& plan, const PositionIds& positions,
                         DType dtype, Layout layout, int threads) {
      sides_.Add(kernel.name + "." + what, [=, this, &plan, &positions, &kernel] {
        FillTable(*kernel.backend, plan, positions, {dtype, layout}, threads);
      });
    };
    add("compact", hf_, range_, DType::kFloat32, Layout::kCompact, 1);
    add("duplicated", hf_, range_, DType::kFloat32, Layout::kHalfSplit, 1);
    add("bfloat16_compact", hf_, range_, DType::kBFloat16, Layout::kCompact, 1);
    add("bfloat16_duplicated", hf_, range_, DType::kBFloat16, Layout::kHalfSplit, 1);
    add("two_threads", hf_, range_, DType::kFloat32, Layout::kCompact, 2);
    add("scattered", hf_, scattered_, DType::kFloat32, Layout::kCompact, 1);
    add("exact", exact_, range_, DType::kFloat32, Layout::kCompact, 1);
    if (kernel.sleef != nullptr) {
      sides_.Add(kernel.name + ".sleef", [this, &kernel] { PeerRows(kernel.sleef); });
    }
  }

  // A peer in Python that computes the same table and answers with the seconds that it took.
  void AddTorch(const std::string& python) {
    torch_ = std::make_unique<PythonPeer>(python, "torch_tables.py");
    sides_.AddSample("torch", [this] { return 1.0 / torch_->Ask("table"); });
  }

  void Run(const Options& options) {
    sides_.Run(options, torch_ == nullptr ? std::vector<int>{} : std::vector<int>{torch_->pid()});
  }

  std::vector<Result> ResultsOfMachine() const;
  std::vector<Result> ResultsOf(const Kernel& kernel) const;

 private:
  // Bytes of both tensors, float32.
  size_t CompactBytes() const {
    return static_cast<size_t>(2 * rows_ * kHalfWidth) * sizeof(float);
  }
  size_t DuplicatedBytes() const { return 2 * CompactBytes(); }

  // A rate of whole tables as nanoseconds for each pair of cos and sin.
  Side NanosecondsPerPair(const Side& tables_per_second) const {
    Side side;
    for (const double rate : tables_per_second.values) {
      side.values.push_back(1e9 / (rate * static_cast<double>(rows_ * kHalfWidth)));
    }
    return side;
  }

  void FillTable(const Backend& backend, const FrequencyPlan& plan, const PositionIds& positions,
                 const TableForm& form, int threads) const {
    const TableRows out{memory_.data(), memory_.data() + rows_ * RowBytes(form, kHalfWidth)};
    if (!backend.FillRows(plan, positions, 0, rows_, form, threads, out).ok()) std::abort();
  }

  void PeerRows(SincosfRows rows) const {
    auto* const cos = reinterpret_cast<float*>(memory_.data());
    rows(positions_.data(), rows_, hf_.inv_freq.data(), kHalfWidth, cos, cos + rows_ * kHalfWidth);
  }

  const int64_t rows_;
  RecycledMemory memory_{DuplicatedBytes()};
  FrequencyPlan hf_ = PlanOf(NumericProfile::kHf);
  FrequencyPlan exact_ = PlanOf(NumericProfile::kExact);
  PositionIds range_ = *PositionIds::Range(0, rows_);
  PositionIds scattered_ = Scattered(rows_);
  std::vector<float> positions_ = [this] {
    std::vector<float> positions(rows_);
    for (int64_t i = 0; i < rows_; ++i) positions[i] = static_cast<float>(i);
    return positions;
  }();
  Sides sides_;
  std::unique_ptr<PythonPeer> torch_;  // null without --torch
};

Result DividedBy(double divisor, Result result) {
  result.value /= divisor;
  result.min /= divisor;
  result.max /= divisor;
  return result;
}

std::vector<Result> Tables::ResultsOfMachine() const {
  Side bytes;
  for (const double rate : sides_["limit.duplicated"].values) {
    bytes.values.push_back(rate * static_cast<double>(DuplicatedBytes()) / 1e9);
  }
  Result gain = RatioOf("table.limit.two_threads", "multiply-adds: 2 threads / 1 thread",
                        sides_["fma.2"], sides_["fma.1"]);
  return {MedianOf("table.limit.stores", "non-temporal stores of 128 MiB, 1 thread", "GB/s", bytes),
          DividedBy(0.5, gain)};
}

std::vector<Result> Tables::ResultsOf(const Kernel& kernel) const {
  const auto own = [&](const char* what) -> const Side& {
    return sides_[kernel.name + "." + what];
  };
  const auto id = [&](const char* what) { return absl::StrCat("table.", kernel.name, ".", what); };
  const auto with_goal = [&](double Goals::*goal, const Result& result) {
    return kernel.goals.has_value() ? AtLeast((*kernel.goals).*goal, result) : result;
  };
  const Side& compact = own("compact");
  const double fma_gain = Median(sides_["fma.2"].values) / Median(sides_["fma.1"].values) * 2;
  std::vector<Result> results = {
      MedianOf(id("pair"), "float32 compact, 1 thread, a pair of cos and sin", "ns",
               NanosecondsPerPair(compact)),
      with_goal(
          &Goals::duplicated,
          RatioOf(id("duplicated"), "float32 half-split / non-temporal stores of as many bytes",
                  own("duplicated"), sides_["limit.duplicated"])),
      with_goal(&Goals::compact,
                RatioOf(id("compact"), "float32 compact / non-temporal stores of as many bytes",
                        compact, sides_["limit.compact"])),
      with_goal(&Goals::c_library,
                RatioOf(id("c_library"), "float32 compact / the C library's sincosf", compact,
                        sides_["c_library"])),
      AtLeast(0.9, RatioOf(id("bfloat16_compact"), "bfloat16 compact / float32 compact",
                           own("bfloat16_compact"), compact)),
      AtLeast(0.9, RatioOf(id("bfloat16_duplicated"), "bfloat16 half-split / float32 compact",
                           own("bfloat16_duplicated"), compact)),
      AtLeast(0.95, DividedBy(fma_gain, RatioOf(id("two_threads"),
                                                "2 threads / 1 thread / what multiply-adds gain",
                                                own("two_threads"), compact))),
      AtLeast(0.8, RatioOf(id("scattered"), "a list in no order / a range of as many positions",
                           own("scattered"), compact)),
      AtLeast(0.3, RatioOf(id("exact"), "profile exact / profile hf", own("exact"), compact)),
  };
  if (kernel.sleef != nullptr) {
    results.push_back(with_goal(
        &Goals::sleef,
        RatioOf(id("sleef"), "float32 compact / libsleef's sincosf, u10", compact, own("sleef"))));
  }
  if (torch_ != nullptr) {
    results.push_back(RatioOf(id("torch"), "float32 half-split / transformers on torch, 1 thread",
                              own("duplicated"), sides_["torch"]));
  }
  return results;
}

}  // namespace

std::vector<Result> TableBenchmark(const Options& options) {
  const std::vector<Kernel> kernels = Kernels();
  Tables tables(options);
  tables.AddLimits();
  for (const Kernel& kernel : kernels) tables.AddKernel(kernel);
  if (!options.torch_python.empty()) tables.AddTorch(options.torch_python);
  tables.Run(options);
  std::vector<Result> results = tables.ResultsOfMachine();
  for (const Kernel& kernel : kernels) {
    for (Result& result : tables.ResultsOf(kernel)) results.push_back(std::move(result));
  }
  return results;
}

}  // namespace rope::bench
