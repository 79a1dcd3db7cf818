// ropectl warm: has a server compute a table before anyone asks for it.
#include <chrono>

#include "absl/strings/str_format.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "client/ropectl/table_request.h"

namespace rope::ropectl {

int RunWarm(const Options& options) {
  const auto request = ReadTableRequest(options);
  if (!request.has_value()) return kUsage;
  v1::WarmTablesRequest warm;
  *warm.add_tables() = *request;
  std::vector<Finding> findings;
  const auto begin = std::chrono::steady_clock::now();
  const auto response = client::RopeClient::Connect(options.server)
                            .WarmTables(warm, options.call_options(), &findings);
  if (!response.ok()) return ReportStatus(options.json, response.status(), findings);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const v1::WarmedTable& table = response->tables(0);
  if (options.json) {
    JsonOutput output;
    JsonWriter& json = output.writer();
    json.StartObject();
    json.Key("config_id");
    json.String(table.config_id().c_str());
    json.Key("rows");
    json.Int64(table.rows());
    json.Key("bytes");
    json.Int64(table.bytes());
    json.Key("was_cached");
    json.Bool(table.cache() == v1::CACHE_OUTCOME_HIT);
    json.Key("seconds");
    json.Double(seconds);
    json.EndObject();
    output.Print();
  } else {
    absl::PrintF("config id         %s\n", table.config_id());
    absl::PrintF("in the cache      %d rows, %d bytes, %s, in %.3f s\n", table.rows(),
                 table.bytes(), table.cache() == v1::CACHE_OUTCOME_HIT ? "as before" : "computed",
                 seconds);
  }
  return kFine;
}

}  // namespace rope::ropectl
