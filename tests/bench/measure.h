// Measuring on machines that are never quite idle. Results are medians of samples. The sides of a
// comparison take their samples in random interleaved order. Samples during which other programs
// ran are left out.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rope::bench {

// Runs once and returns what it measured, in any unit: seconds, bytes per second, ...
using Sample = std::function<double()>;

// A sample that says how many times per second `work` runs. It repeats it for at least `shortest`
// seconds, and runs it at least once.
Sample RateOf(std::function<void()> work, double shortest);

// How much work a run does.
enum class Effort {
  kSmoke,  // seconds in all: every benchmark runs once, its figures mean nothing
  kQuick,  // minutes: figures with more noise
  kFull,   // the figures of docs/performance.md
};

struct Options {
  Effort effort = Effort::kFull;
  int samples = 20;  // kept for each side
  // How many disturbed samples of each side are left out. Later ones are kept although they are
  // disturbed.
  int discarded_max = 40;
  // An interpreter with torch and transformers. "": the benchmarks run without these peers.
  std::string torch_python;

  // The amount of work that fits the effort.
  template <typename T>
  T Amount(T smoke, T quick, T full) const {
    if (effort == Effort::kSmoke) return smoke;
    return effort == Effort::kQuick ? quick : full;
  }
};

struct Side {
  std::vector<double> values;  // in the order in which they were taken
  int disturbed = 0;           // samples left out
};

// Takes options.samples samples of each side, in random interleaved order. A sample is disturbed
// if other programs, `helpers` not counted, used more than a tenth of one processor during it. Each
// side runs once before that, to warm up.
// `helpers` are process ids: of servers, for example, that work for the sample.
std::vector<Side> Measure(const std::vector<Sample>& sides, const Options& options,
                          const std::vector<int>& helpers = {});

// 0 for an empty list.
double Median(std::vector<double> values);

// One figure, which is one line of the output.
struct Result {
  std::string id;    // "BENCHMARK.NAME"
  std::string what;  // for people
  double value = 0;
  std::string unit;
  std::string goal;   // ">= 0.80"; "" if there is no goal
  bool meets = true;  // the goal; true if there is no goal
  int samples = 0;
  double min = 0;
  double max = 0;
};

// The median of one side. REQUIRES at least one value.
Result MedianOf(const std::string& id, const std::string& what, const std::string& unit,
                const Side& side);
// The ratio of two sides' medians. min and max are those of the ratios of single samples: the first
// of one side to the first of the other, and so on. REQUIRES at least one value on each side.
Result RatioOf(const std::string& id, const std::string& what, const Side& numerator,
               const Side& denominator);
// `result` with a goal: its value must be at least, or at most, this.
Result AtLeast(double goal, Result result);
Result AtMost(double goal, Result result);

// Seconds of processor time that this process, or another one, has used.
double ProcessSeconds();
double ProcessSeconds(int pid);

}  // namespace rope::bench
