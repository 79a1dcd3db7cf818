// ropectl table: streams the cos and sin tables of a configuration to a file.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/files/table_file.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/arguments/table_request.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/reading_output.h"
#include "client/ropectl/output/same_reading.h"
#include "client/ropectl/output/visible_text.h"
#include "client/ropectl/table/piped_file.h"
#include "client/ropectl/table/progress_line.h"
#include "core/checksum/xxh3.h"

namespace rope::ropectl {
namespace {

using Clock = std::chrono::steady_clock;

struct TableCommandOptions {
  ServerOptions server;
  bool json = false;
  TableOptions table;
  std::string out;             // empty: check the table and write nothing; "-": standard output
  std::string format = "npz";  // of standard output
};

// The XXH3-64 of each whole tensor, from its chunks in order.
class TensorHashes {
 public:
  void Add(const v1::Chunk& chunk) {
    hashes_[chunk.kind()].Add(chunk.data().data(), chunk.data().size());
  }
  uint64_t Of(v1::TensorKind kind) const { return hashes_.at(kind).Hash(); }

 private:
  std::map<v1::TensorKind, Xxh3Stream> hashes_;
};

struct Result {
  v1::StreamHeader header;
  v1::StreamFooter footer;
  std::vector<std::string> files;
  TensorHashes hashes;
  double seconds = 0;
};

// The files to write, opened before anything is requested; null without --out.
absl::StatusOr<std::unique_ptr<client::TableFile>> OpenFile(
    const TableCommandOptions& options, const v1::StreamEmbeddingsRequest& request) {
  if (options.out.empty()) return nullptr;
  std::vector<v1::TensorKind> tensors;
  for (int kind : request.tensors()) tensors.push_back(static_cast<v1::TensorKind>(kind));
  return client::TableFile::Create(options.out, tensors);
}

// The bytes of one row of all tensors.
int64_t RowBytes(const v1::StreamHeader& header) {
  int64_t bytes = 0;
  for (const v1::TensorSpec& spec : header.tensors()) {
    const bool has_rows = spec.shape_size() > 0 && spec.shape(0) > 0;
    bytes += has_rows ? spec.byte_size() / spec.shape(0) : spec.byte_size();
  }
  return std::max<int64_t>(bytes, 1);
}

// Reads all chunks, hashes them and, unless `file` is null, writes them.
absl::Status ReadChunks(client::TableReader* reader, client::TableFile* file, Result* result) {
  int64_t total = 0;
  for (const v1::TensorSpec& spec : result->header.tensors()) total += spec.byte_size();
  absl::Status status = file == nullptr ? absl::OkStatus() : file->Begin(result->header);
  ProgressLine progress(total, total / RowBytes(result->header));
  while (status.ok()) {
    const auto chunk = reader->Next();
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) break;
    result->hashes.Add(**chunk);
    if (file != nullptr) status = file->Write(**chunk);
    progress.Add(static_cast<int64_t>((*chunk)->data().size()));
  }
  return status;
}

// Whether the table is one of the configuration that the command line names.
absl::Status CheckConfiguration(const TableCommandOptions& options,
                                const v1::StreamEmbeddingsRequest& table,
                                const v1::Resolution& came) {
  if (options.server.local) return absl::OkStatus();
  v1::GetFrequenciesRequest request;
  *request.mutable_config() = table.config();
  request.set_layer_type(table.layer_type());
  request.set_numeric_profile(table.numeric_profile());
  if (came.has_seq_len()) request.set_seq_len(came.seq_len());
  request.set_of_forward(came.has_seq_len());
  return CheckSameReading(request, table.omit_attention_factor(), came);
}

absl::StatusOr<Result> Fetch(const TableCommandOptions& options,
                             const v1::StreamEmbeddingsRequest& request, client::TableFile* file,
                             std::vector<Finding>* findings) {
  const auto start = Clock::now();
  Result result;
  const auto reader = options.server.Connect().StreamTable(request, options.server.call_options());
  auto header = reader->Header();
  if (!header.ok()) {
    *findings = reader->findings();
    return header.status();
  }
  result.header = *std::move(header);
  MakeVisible(&result.header);
  absl::Status status = CheckConfiguration(options, request, result.header.resolution());
  if (status.ok()) status = ReadChunks(reader.get(), file, &result);
  if (!status.ok()) return status;
  if (file != nullptr) {
    auto files = file->Commit();
    if (!files.ok()) return files.status();
    result.files = *std::move(files);
  }
  result.footer = reader->footer();
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

absl::string_view CacheName(v1::CacheOutcome outcome) {
  switch (outcome) {
    case v1::CACHE_OUTCOME_HIT:
      return "hit";
    case v1::CACHE_OUTCOME_MISS:
      return "miss";
    case v1::CACHE_OUTCOME_BYPASS:
      return "bypass";
    default:
      return "unknown";
  }
}

// The member "sequences": the rows of each sequence of a batch, and what they were computed from.
void WriteSequences(const v1::StreamEmbeddingsRequest& request, const v1::StreamHeader& header,
                    JsonOutput* json) {
  int64_t row = 0;
  json->Array("sequences", [&] {
    for (int i = 0; i < request.sequences_size(); ++i) {
      const v1::Resolution& used = header.sequence_resolutions(header.resolution_of_sequence(i));
      json->Object([&] {
        json->Member("first_row", row);
        json->Member("rows", request.sequences(i).rows());
        json->Member("config_id", used.config_id());
        json->Member("attention_factor", used.attention_factor());
      });
      row += request.sequences(i).rows();
    }
  });
}

// What the table was computed from.
void WriteUsed(const TableCommandOptions& options, const v1::Resolution& resolution,
               JsonOutput* json) {
  json->Member("rope_type", resolution.rope_type());
  json->Member("rope_theta", resolution.rope_theta());
  json->Member("head_dim", resolution.head_dim());
  json->Member("rotary_dim", resolution.rotary_dim());
  json->Member("attention_factor", resolution.attention_factor());
  json->Member("seq_len", resolution.seq_len());
  json->Member("max_position_embeddings", resolution.has_max_position_embeddings()
                                              ? std::optional(resolution.max_position_embeddings())
                                              : std::nullopt);
  json->Member("config_id", resolution.config_id());
  json->Member("numeric_profile", options.table.resolution.profile);
  json->Member("transformers_version", resolution.transformers_version());
  WriteReading(resolution.reading(), json);
  if (resolution.has_dialect()) WriteDialect(resolution.dialect(), json);
  WriteGiven(resolution, json);
  WriteAttentionScaling(resolution, json);
}

void PrintJson(const TableCommandOptions& options, const v1::StreamEmbeddingsRequest& request,
               const Result& result) {
  JsonOutput json;
  json.Object([&] {
    json.Member("files", result.files);
    json.Member("shape", result.header.tensors(0).shape());
    json.Member("dtype", options.table.dtype);
    json.Member("layout", options.table.layout);
    json.Member("rows", result.footer.rows());
    json.Object("xxh3_64", [&] {
      for (const v1::TensorSpec& spec : result.header.tensors()) {
        json.Member(client::TensorName(spec.kind()), Bits(result.hashes.Of(spec.kind())));
      }
    });
    if (request.sequences_size() > 0) WriteSequences(request, result.header, &json);
    json.Member("cache", CacheName(result.header.cache()));
    json.Member("backend", result.header.backend());
    WriteUsed(options, result.header.resolution(), &json);
    json.Member("first_channel", result.header.window().offset());
    json.Member("rotated_channels", result.header.window().width());
    json.Member("seconds", result.seconds);
    json.Member("bytes", result.footer.bytes());
  });
  json.Print();
}

// Asks the server for the frequencies at the table's sequence length; prints the first and the
// last.
void PrintFrequencies(const TableCommandOptions& options, const v1::StreamEmbeddingsRequest& table,
                      const v1::Resolution& resolution) {
  v1::GetFrequenciesRequest request;
  *request.mutable_config() = table.config();
  request.set_layer_type(table.layer_type());
  request.set_seq_len(resolution.seq_len());
  const auto response =
      options.server.Connect().GetFrequencies(request, options.server.call_options());
  if (!response.ok() || response->frequencies().empty()) return;
  const v1::Frequencies& frequencies = response->frequencies(0);
  absl::PrintF("inv_freq          %.9g (first) ... %.9g (last of %d)\n", frequencies.inv_freq(0),
               frequencies.inv_freq(frequencies.inv_freq_size() - 1), frequencies.inv_freq_size());
}

void PrintText(const TableCommandOptions& options, const v1::StreamEmbeddingsRequest& request,
               const Result& result) {
  const v1::Resolution& resolution = result.header.resolution();
  absl::PrintF("rope type         %s\n", resolution.rope_type());
  absl::PrintF("rope_theta        %.17g\n", resolution.rope_theta());
  absl::PrintF("head_dim          %d\n", resolution.head_dim());
  absl::PrintF("rotary_dim        %d\n", resolution.rotary_dim());
  absl::PrintF("attention_factor  %.17g\n", resolution.attention_factor());
  absl::PrintF("seq_len           %d\n", resolution.seq_len());
  PrintFrequencies(options, request, resolution);
  absl::PrintF("config id         %s\n", resolution.config_id());
  PrintReading(resolution.reading());
  if (resolution.has_dialect()) PrintDialect(resolution.dialect());
  PrintGiven(resolution);
  PrintAttentionScaling(resolution);
  const v1::Window& window = result.header.window();
  absl::PrintF("channels          %d to %d of a head\n", window.offset(),
               window.offset() + window.width() - 1);
  absl::PrintF("profile, backend  %s, %s (cache: %s)\n", options.table.resolution.profile,
               result.header.backend(), CacheName(result.header.cache()));
  if (request.sequences_size() > 0) {
    absl::PrintF("sequences         %d, with %d different sets of frequencies\n",
                 request.sequences_size(), result.header.sequence_resolutions_size());
  }
  for (const v1::TensorSpec& spec : result.header.tensors()) {
    absl::PrintF("%-17s [%s] %s %s, xxh3_64 %s\n", client::TensorName(spec.kind()),
                 absl::StrJoin(spec.shape(), ", "), options.table.dtype, options.table.layout,
                 Bits(result.hashes.Of(spec.kind())));
  }
  for (const std::string& file : result.files) absl::PrintF("written           %s\n", file);
  absl::PrintF("%d bytes in %.3f s, %.2f GB/s\n", result.footer.bytes(), result.seconds,
               static_cast<double>(result.footer.bytes()) / result.seconds / 1e9);
}

// A model was not made for positions that its configuration does not reach.
void WarnOfLength(const v1::Resolution& resolution) {
  if (!resolution.has_max_position_embeddings() ||
      resolution.seq_len() <= resolution.max_position_embeddings()) {
    return;
  }
  absl::FPrintF(stderr,
                "ropectl: warning: the sequence length is %d, and max_position_embeddings of the "
                "configuration is %d\n",
                resolution.seq_len(), resolution.max_position_embeddings());
}

// For --out -: null without it. Otherwise options->out becomes the file to write.
absl::StatusOr<std::unique_ptr<PipedFile>> OpenPipe(TableCommandOptions* options) {
  if (options->out != "-") return nullptr;
  auto piped = PipedFile::Create(absl::StrCat(".", options->format));
  if (piped.ok()) options->out = (*piped)->path();
  return piped;
}

int RunTable(TableCommandOptions options) {
  const auto pipe = OpenPipe(&options);
  if (!pipe.ok()) return ReportStatus(options.json, pipe.status(), {});
  PipedFile* const piped = pipe->get();
  const auto request = ReadTableRequest(options.table, options.json);
  if (!request.has_value()) return kUsage;
  const auto file = OpenFile(options, *request);
  if (!file.ok()) {
    PrintError(options.json, "IO", file.status().message(), {});
    return kUsage;
  }
  std::vector<Finding> findings;
  auto result = Fetch(options, *request, file->get(), &findings);
  if (result.ok() && piped != nullptr) {
    result->files = {"-"};
    if (absl::Status sent = piped->Send(); !sent.ok()) result = sent;
  }
  if (!result.ok()) {
    const int code = ReportStatus(options.json, result.status(), findings);
    return code == kUsage && IsRefusedByDialect(request->config()) ? kBadConfig : code;
  }
  WarnOfLength(result->header.resolution());
  if (options.json) {
    PrintJson(options, *request, *result);
  } else {
    PrintText(options, *request, *result);
  }
  return kFine;
}

}  // namespace

Command AddTable(CLI::App* app) {
  const auto options = std::make_shared<TableCommandOptions>();
  CLI::App* line = app->add_subcommand("table", "Streams cos and sin tables to a file");
  AddServerOptions(line, &options->server);
  AddLocalOption(line, &options->server.local);
  AddJsonOption(line, &options->json);
  AddTableOptions(line, &options->table);
  line->add_option("--batch", options->table.batch,
                   "A JSON file with many sequences, each with its own length: "
                   "[{\"positions\": [4096], \"seq_len\": 4097}, ...]; - is standard input")
      ->excludes("--positions", "--positions-file", "--seq-len");
  line->add_option("--out", options->out,
                   "File to write: .npz, .npy (one per tensor: x.cos.npy, x.sin.npy) or "
                   ".safetensors; - is standard output, and what is printed then goes to standard "
                   "error. Without it the table is received, checked and dropped");
  line->add_option("--format", options->format, "The format of --out -")
      ->check(CLI::IsMember({"npz", "safetensors"}))
      ->capture_default_str();
  line->footer(
      "\nWithout --seq-len the length is the largest position plus 1.\n"
      "The layouts half_split, interleaved and compact have the tensors cos and sin; packed, "
      "pairs,\n"
      "complex and matrices have one tensor, cos_sin. numpy has no bfloat16: .npy and .npz hold "
      "its bit\n"
      "patterns as uint16. A tower for images takes its vision_config and --grid.\n"
      "Example: ropectl table --config config.json --positions 0:131072 --dtype bfloat16 \\\n"
      "           --layout compact --out tables.safetensors");
  return {line, [options] { return RunTable(*options); }};
}

}  // namespace rope::ropectl
