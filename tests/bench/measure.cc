#include "tests/bench/measure.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace rope::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Seconds that all processors together have been busy since the system started.
double BusySeconds() {
  std::ifstream stat("/proc/stat");
  std::string label;
  double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0;
  stat >> label >> user >> nice >> system >> idle >> wait >> irq >> softirq;
  return (user + nice + system + irq + softirq) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double OwnSeconds(const std::vector<int>& helpers) {
  double seconds = ProcessSeconds();
  for (const int pid : helpers) seconds += ProcessSeconds(pid);
  return seconds;
}

// The clock of /proc/stat ticks a hundred times per second. It cannot tell whether shorter samples
// were disturbed.
constexpr double kMinMeasuredSeconds = 0.05;

struct Taken {
  double value;
  bool disturbed;
};

Taken Take(const Sample& sample, const std::vector<int>& helpers) {
  const double busy = BusySeconds();
  const double own = OwnSeconds(helpers);
  const auto start = Clock::now();
  Taken taken{sample(), false};
  const double wall = std::chrono::duration<double>(Clock::now() - start).count();
  const double foreign = (BusySeconds() - busy) - (OwnSeconds(helpers) - own);
  taken.disturbed = wall >= kMinMeasuredSeconds && foreign > 0.1 * wall + 0.02;
  return taken;
}

}  // namespace

std::vector<Side> Measure(const std::vector<Sample>& sides, const Options& options,
                          const std::vector<int>& helpers) {
  std::mt19937 random(1);
  std::vector<Side> measured(sides.size());
  for (const Sample& side : sides) side();
  const auto missing = [&](size_t i) {
    return static_cast<int>(measured[i].values.size()) < options.samples;
  };
  for (bool any = true; any;) {
    std::vector<size_t> order;
    for (size_t i = 0; i < sides.size(); ++i) {
      if (missing(i)) order.push_back(i);
    }
    any = !order.empty();
    std::shuffle(order.begin(), order.end(), random);
    for (const size_t i : order) {
      const Taken taken = Take(sides[i], helpers);
      if (taken.disturbed && measured[i].disturbed < options.discarded_max) {
        ++measured[i].disturbed;
      } else {
        measured[i].values.push_back(taken.value);
      }
    }
  }
  return measured;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Result MedianOf(const std::string& id, const std::string& what, const std::string& unit,
                const Side& side) {
  const auto [min, max] = std::minmax_element(side.values.begin(), side.values.end());
  return {id,   what, Median(side.values), unit, "", true, static_cast<int>(side.values.size()),
          *min, *max};
}

Result RatioOf(const std::string& id, const std::string& what, const Side& numerator,
               const Side& denominator) {
  const size_t count = std::min(numerator.values.size(), denominator.values.size());
  std::vector<double> ratios;
  for (size_t i = 0; i < count; ++i) {
    ratios.push_back(numerator.values[i] / denominator.values[i]);
  }
  const auto [min, max] = std::minmax_element(ratios.begin(), ratios.end());
  return {id,
          what,
          Median(numerator.values) / Median(denominator.values),
          "x",
          "",
          true,
          static_cast<int>(count),
          *min,
          *max};
}

Sample RateOf(std::function<void()> work, double shortest) {
  return [work = std::move(work), shortest] {
    const auto start = Clock::now();
    double seconds = 0;
    int times = 0;
    for (; times == 0 || seconds < shortest; ++times) {
      work();
      seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return times / seconds;
  };
}

Result AtLeast(double goal, Result result) {
  result.goal = absl::StrFormat(">= %g", goal);
  result.meets = result.value >= goal;
  return result;
}

Result AtMost(double goal, Result result) {
  result.goal = absl::StrFormat("<= %g", goal);
  result.meets = result.value <= goal;
  return result;
}

double ProcessSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double ProcessSeconds(int pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace rope::bench
