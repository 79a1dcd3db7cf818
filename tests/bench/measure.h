// Measuring on machines that are never quite idle: medians of samples taken in random interleaved
// order, without those during which other work ran.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rope::bench {

// Runs once and returns what it measured, in any unit: seconds, bytes per second, ...
using Sample = std::function<double()>;

struct Options {
  int samples = 20;          // kept, of each side
  int discarded_max = 40;    // disturbed samples of each side, before they are kept after all
  std::string torch_python;  // an interpreter with torch and transformers; "": without that peer
};

struct Side {
  std::vector<double> values;  // in the order they were taken
  int disturbed = 0;           // samples left out
};

// Takes samples of all sides in random interleaved order. A sample is disturbed where other
// programs, `helpers` not counted, used more than a tenth of one processor during it. The first
// round of each side warms up and is not kept.
std::vector<Side> Measure(const std::vector<Sample>& sides, const Options& options,
                          const std::vector<int>& helpers = {});

double Median(std::vector<double> values);

// One line of the result.
struct Result {
  std::string id;
  std::string what;
  double value = 0;
  std::string unit;
  std::string goal;  // ">= 0.80"; "" where it is reported only
  bool meets = true;
  int samples = 0;
  double min = 0;
  double max = 0;
};

// The median of one side.
Result MedianOf(const std::string& id, const std::string& what, const std::string& unit,
                const Side& side);
// The ratio of two sides' medians, with the extremes of the ratios of neighbouring samples.
Result RatioOf(const std::string& id, const std::string& what, const Side& numerator,
               const Side& denominator);
// `result` held against a goal.
Result AtLeast(double goal, Result result);
Result AtMost(double goal, Result result);

// Seconds of processor time that this process, or another one, has used.
double ProcessSeconds();
double ProcessSeconds(int pid);

}  // namespace rope::bench
