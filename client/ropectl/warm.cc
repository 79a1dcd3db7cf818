// ropectl warm: has a server compute a table before it is requested.
#include <chrono>
#include <cstdio>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/table_request.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/reading_output.h"
#include "client/ropectl/output/visible_text.h"

namespace rope::ropectl {
namespace {

struct WarmOptions {
  ServerOptions server;
  bool json = false;
  TableOptions table;
};

void PrintJson(const v1::WarmedTable& table, double seconds) {
  JsonOutput json;
  json.Object([&] {
    json.Member("config_id", table.config_id());
    json.Member("rows", table.rows());
    json.Member("bytes", table.bytes());
    json.Member("kept_rows", table.kept_rows());
    json.Member("was_cached", table.cache() == v1::CACHE_OUTCOME_HIT);
    WriteReading(table.reading(), &json);
    json.Member("seconds", seconds);
  });
  json.Print();
}

void PrintText(const v1::WarmedTable& table, double seconds) {
  absl::PrintF("config id         %s\n", table.config_id());
  PrintReading(table.reading());
  absl::PrintF("table             %d rows, %d bytes, %s, in %.3f s\n", table.rows(), table.bytes(),
               table.cache() == v1::CACHE_OUTCOME_HIT ? "already there" : "computed", seconds);
  if (table.kept_rows() == table.rows()) {
    absl::PrintF("in the cache      all rows\n");
  } else {
    absl::PrintF("in the cache      %d of %d rows: the cache has no room for all\n",
                 table.kept_rows(), table.rows());
  }
}

int RunWarm(const WarmOptions& options) {
  const auto request = ReadTableRequest(options.table, options.json);
  if (!request.has_value()) return kUsage;
  v1::WarmTablesRequest warm;
  *warm.add_tables() = *request;
  std::vector<Finding> findings;
  const auto start = std::chrono::steady_clock::now();
  const auto response =
      Visible(options.server.Connect().WarmTables(warm, options.server.call_options(), &findings));
  if (!response.ok()) return ReportStatus(options.json, response.status(), findings);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.json) {
    PrintJson(response->tables(0), seconds);
  } else {
    PrintText(response->tables(0), seconds);
  }
  return kFine;
}

}  // namespace

Command AddWarm(CLI::App* app) {
  const auto options = std::make_shared<WarmOptions>();
  CLI::App* line =
      app->add_subcommand("warm", "Has the server compute a table before it is requested");
  AddServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  AddTableOptions(line, &options->table);
  line->footer(
      "\nExample: ropectl warm --config preset:llama-3.1-8b --positions 0:131072 --dtype bfloat16");
  return {line, [options] { return RunWarm(*options); }};
}

}  // namespace rope::ropectl
