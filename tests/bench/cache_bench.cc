// Which blocks the cache keeps: its own rule compared with "least recently used". The load is a mix
// of tables that are requested again and again, and of requests that nobody repeats.
#include <cmath>
#include <future>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/backends.h"
#include "server/engine/cache/lru_map.h"
#include "server/engine/cache/table_cache.h"
#include "tests/bench/benchmarks.h"

namespace rope::bench {
namespace {

constexpr int kTables = 40;
constexpr int kBlocks = 8;      // of each table
constexpr int kCapacity = 100;  // blocks that fit into the cache

// A number in [0, kTables). Number i is drawn with a probability proportional to 1 / (i + 1).
int Zipf(std::mt19937* random) {
  static const auto* const weights = [] {
    auto* const all = new std::vector<double>;
    for (int i = 1; i <= kTables; ++i) all->push_back(1.0 / i);
    return all;
  }();
  return std::discrete_distribution<int>(weights->begin(), weights->end())(*random);
}

// Makes requests with `ask(name, block)`, which returns whether the block was in the cache. Returns
// the share of hits among the requests for tables.
template <typename Ask>
double HitShare(unsigned seed, int requests, const Ask& ask) {
  std::mt19937 random(seed);
  int hits = 0;
  int asked = 0;
  for (int i = 0; i < requests; ++i) {
    if (random() % 2 == 0) {
      ask(absl::StrCat("once", i), 0);
      continue;
    }
    const std::string table = absl::StrCat("table", Zipf(&random));
    for (int block = 0; block < kBlocks; ++block) {
      hits += ask(table, block) ? 1 : 0;
      ++asked;
    }
  }
  return static_cast<double>(hits) / asked;
}

FrequencyPlan SmallPlan() {
  FrequencyPlan plan;
  plan.inv_freq = {1.0F};
  return plan;
}

double CacheHitShare(unsigned seed, int requests) {
  const FrequencyPlan plan = SmallPlan();
  const engine::ComputeSettings settings{FindBackend("cpu")};
  engine::WorkQueue queue(1);
  const auto compute = [&] {
    return engine::TableBlock::Compute(settings, plan, *PositionIds::Range(0, 1), 0, 1, {});
  };
  const int64_t charge = 2900;  // bytes that the cache counts for such a block, rounded down
  engine::TableCache cache(kCapacity * charge, &queue);
  const auto wanted = std::make_shared<int>(0);
  return HitShare(seed, requests, [&](const std::string& name, int64_t block) {
    const engine::BlockKey key{{name, {}, 0}, block};
    const bool hit = cache.Contains(key);
    std::promise<void> done;
    cache.Get(key, compute, wanted, [&done](const engine::BlockResult&) { done.set_value(); });
    done.get_future().wait();
    return hit;
  });
}

double LruHitShare(unsigned seed, int requests) {
  engine::LruMap<int> map(kCapacity);
  return HitShare(seed, requests, [&](const std::string& name, int64_t block) {
    const std::string key = absl::StrCat(name, "/", block);
    const bool hit = map.Find(key) != nullptr;
    if (!hit) map.Insert(key, 0, 1);
    return hit;
  });
}

}  // namespace

std::vector<Result> CacheBenchmark(const Options& options) {
  const int requests = options.Amount(200, 20000, 20000);
  Side ours;
  Side lru;
  for (int seed = 0; seed < options.samples; ++seed) {
    ours.values.push_back(CacheHitShare(static_cast<unsigned>(seed), requests));
    lru.values.push_back(LruHitShare(static_cast<unsigned>(seed), requests));
  }
  return {MedianOf("cache.rule", "blocks found, the cache's rule (reuse, then recency)", "x", ours),
          MedianOf("cache.lru", "blocks found, least recently used", "x", lru),
          AtLeast(1, RatioOf("cache.rule_lru", "the rule / least recently used", ours, lru))};
}

}  // namespace rope::bench
