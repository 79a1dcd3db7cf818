#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/files/table_file.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "client/ropectl/table_request.h"
#include "core/checksum/xxh3.h"

namespace rope::ropectl {
namespace {

using Clock = std::chrono::steady_clock;

// XXH3-64 of each whole tensor, from chunks in order.
class TensorHashes {
 public:
  void Add(const v1::Chunk& chunk) {
    hashes_[chunk.kind()].Add(chunk.data().data(), chunk.data().size());
  }
  uint64_t Of(v1::TensorKind kind) const { return hashes_.at(kind).Hash(); }

 private:
  std::map<v1::TensorKind, Xxh3Stream> hashes_;
};

// A line on a terminal that is written over; nothing anywhere else.
class ProgressBar {
 public:
  explicit ProgressBar(int64_t total) : total_(total), shown_(isatty(STDERR_FILENO) != 0) {}
  ~ProgressBar() {
    if (drawn_) absl::FPrintF(stderr, "\r\033[K");
  }
  void Add(int64_t bytes) {
    done_ += bytes;
    const auto now = Clock::now();
    if (!shown_ || now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    drawn_ = true;
    const int tenths =
        static_cast<int>(50.0 * static_cast<double>(done_) / static_cast<double>(total_));
    absl::FPrintF(stderr, "\r[%s%s] %d of %d MiB", std::string(tenths, '#'),
                  std::string(50 - tenths, ' '), done_ >> 20, total_ >> 20);
  }

 private:
  const int64_t total_;
  const bool shown_;
  bool drawn_ = false;
  int64_t done_ = 0;
  Clock::time_point last_ = Clock::now();
};

struct Result {
  v1::StreamHeader header;
  v1::StreamFooter footer;
  std::vector<std::string> files;
  TensorHashes hashes;
  double seconds = 0;
};

absl::StatusOr<Result> Fetch(const Options& options, const v1::StreamEmbeddingsRequest& request,
                             client::TableFile* file, std::vector<Finding>* findings) {
  const auto begin = Clock::now();
  Result result;
  const auto reader =
      client::RopeClient::Connect(options.server).StreamTable(request, options.call_options());
  auto header = reader->Header();
  if (!header.ok()) {
    *findings = reader->findings();
    return header.status();
  }
  result.header = *std::move(header);
  int64_t total = 0;
  for (const v1::TensorSpec& spec : result.header.tensors()) total += spec.byte_size();
  absl::Status status = file == nullptr ? absl::OkStatus() : file->Begin(result.header);
  ProgressBar progress(total);
  while (status.ok()) {
    const auto chunk = reader->Next();
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) break;
    result.hashes.Add(**chunk);
    if (file != nullptr) status = file->Write(**chunk);
    progress.Add(static_cast<int64_t>((*chunk)->data().size()));
  }
  if (!status.ok()) return status;
  if (file != nullptr) {
    auto files = file->Commit();
    if (!files.ok()) return files.status();
    result.files = *std::move(files);
  }
  result.footer = reader->footer();
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
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

void PrintJson(const Options& options, const Result& result) {
  JsonOutput output;
  JsonWriter& json = output.writer();
  json.StartObject();
  json.Key("files");
  json.StartArray();
  for (const std::string& file : result.files) json.String(file.c_str());
  json.EndArray();
  json.Key("shape");
  json.StartArray();
  for (int64_t dimension : result.header.tensors(0).shape()) json.Int64(dimension);
  json.EndArray();
  output.Add("dtype", options.dtype);
  output.Add("layout", options.layout);
  json.Key("rows");
  json.Int64(result.footer.rows());
  json.Key("xxh3_64");
  json.StartObject();
  for (const v1::TensorSpec& spec : result.header.tensors()) {
    output.Add(std::string(client::TensorName(spec.kind())).c_str(),
               Bits(result.hashes.Of(spec.kind())));
  }
  json.EndObject();
  output.Add("cache", CacheName(result.header.cache()));
  output.Add("backend", result.header.backend());
  json.Key("seconds");
  json.Double(result.seconds);
  json.Key("bytes");
  json.Int64(result.footer.bytes());
  json.EndObject();
  output.Print();
}

// First and last inverse frequency, as the server answers them for the same length.
void PrintFrequencies(const Options& options, const v1::StreamEmbeddingsRequest& table,
                      const v1::Resolution& resolution) {
  v1::GetFrequenciesRequest request;
  *request.mutable_config() = table.config();
  request.set_layer_type(table.layer_type());
  request.set_seq_len(resolution.seq_len());
  const auto response =
      client::RopeClient::Connect(options.server).GetFrequencies(request, options.call_options());
  if (!response.ok() || response->frequencies().empty()) return;
  const v1::Frequencies& frequencies = response->frequencies(0);
  absl::PrintF("inv_freq          %.9g (first) ... %.9g (last of %d)\n", frequencies.inv_freq(0),
               frequencies.inv_freq(frequencies.inv_freq_size() - 1), frequencies.inv_freq_size());
}

void PrintText(const Options& options, const v1::StreamEmbeddingsRequest& request,
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
  absl::PrintF("profile, backend  %s, %s (cache: %s)\n", options.profile, result.header.backend(),
               CacheName(result.header.cache()));
  for (const v1::TensorSpec& spec : result.header.tensors()) {
    absl::PrintF("%-17s [%s] %s %s, xxh3_64 %s\n", client::TensorName(spec.kind()),
                 absl::StrJoin(spec.shape(), ", "), options.dtype, options.layout,
                 Bits(result.hashes.Of(spec.kind())));
  }
  for (const std::string& file : result.files) absl::PrintF("written           %s\n", file);
  absl::PrintF("%d bytes in %.3f s, %.2f GB/s\n", result.footer.bytes(), result.seconds,
               static_cast<double>(result.footer.bytes()) / result.seconds / 1e9);
}

}  // namespace

int RunTable(const Options& options) {
  const auto request = ReadTableRequest(options);
  if (!request.has_value()) return kUsage;
  std::unique_ptr<client::TableFile> file;
  if (!options.out.empty()) {
    std::vector<v1::TensorKind> tensors;
    for (int kind : request->tensors()) tensors.push_back(static_cast<v1::TensorKind>(kind));
    auto created = client::TableFile::Create(options.out, tensors);
    if (!created.ok()) {
      PrintError(options.json, "IO", created.status().message(), {});
      return kUsage;
    }
    file = *std::move(created);
  }
  std::vector<Finding> findings;
  const auto result = Fetch(options, *request, file.get(), &findings);
  if (!result.ok()) return ReportStatus(options.json, result.status(), findings);
  if (options.json) {
    PrintJson(options, *result);
  } else {
    PrintText(options, *request, *result);
  }
  return kFine;
}

}  // namespace rope::ropectl
