// libFuzzer target: any bytes as positions. If the first byte is even, the rest is a PositionIds
// message; if it is odd, an .npy file. Run it with tools/fuzz --target position.
//
// Properties: nothing crashes; a message is accepted exactly if a simple model of the rules accepts
// it, and both give the same positions; an accepted file has the data that its shape asks for.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "client/files/position_file.h"
#include "proto/wire/convert.h"
#include "rope/v1/position_ids.pb.h"
#include "tests/fuzz/check.h"

namespace rope {
namespace {

using fuzz::Check;
using Wide = __int128;  // holds every product of two int64
using Positions = std::optional<std::vector<double>>;

constexpr int64_t kMaxRows = 4096;

Positions FromRange(const v1::PositionRange& range) {
  if (range.count() < 1 || range.count() > kMaxRows) return std::nullopt;
  const Wide step = range.has_step() ? range.step() : 1;
  std::vector<double> positions;
  for (int64_t i = 0; i < range.count(); ++i) {
    const Wide position = range.start() + i * step;
    if (position < kMinPosition || position > kMaxPosition) return std::nullopt;
    positions.push_back(static_cast<double>(position));
  }
  return positions;
}

template <typename Number>
Positions FromBytes(const std::string& bytes) {
  if (bytes.size() % sizeof(Number) != 0) return std::nullopt;
  std::vector<double> positions;
  for (size_t at = 0; at < bytes.size(); at += sizeof(Number)) {
    Number position = 0;
    std::memcpy(&position, bytes.data() + at, sizeof position);  // little-endian, like the host
    // A position far outside the range may be rounded here; it stays outside.
    positions.push_back(static_cast<double>(position));
  }
  return positions;
}

int64_t AxesOf(const v1::PositionIds& ids) { return std::max(ids.axes(), 1); }

// The positions of the message, those of axis 0 first; nothing if it breaks a rule of
// position_ids.proto.
Positions Model(const v1::PositionIds& ids) {
  Positions positions;
  if (ids.has_range()) positions = FromRange(ids.range());
  if (ids.has_list()) positions.emplace(ids.list().values().begin(), ids.list().values().end());
  if (ids.ids_case() == v1::PositionIds::kInt32Le) positions = FromBytes<int32_t>(ids.int32_le());
  if (ids.ids_case() == v1::PositionIds::kInt64Le) positions = FromBytes<int64_t>(ids.int64_le());
  if (ids.ids_case() == v1::PositionIds::kFloat64Le) {
    positions = FromBytes<double>(ids.float64_le());
  }
  if (!positions.has_value() || positions->empty()) return std::nullopt;
  const auto count = static_cast<int64_t>(positions->size());
  const bool in_range = std::all_of(positions->begin(), positions->end(), [](double position) {
    return position >= kMinPosition && position <= kMaxPosition;
  });
  if (!in_range || count > kMaxRows || ids.shape_size() > 8) return std::nullopt;
  if (ids.axes() < 0 || ids.axes() > kMaxAxes) return std::nullopt;
  const int64_t axes = AxesOf(ids);
  if (count % axes != 0 || (axes > 1 && ids.has_range())) return std::nullopt;
  const int64_t rows = count / axes;
  Wide product = ids.shape_size() == 0 ? rows : 1;
  for (const int64_t dimension : ids.shape()) {
    if (dimension < 1 || dimension > rows) return std::nullopt;
    product *= dimension;
  }
  return product == rows ? positions : std::nullopt;
}

void TestMessage(const std::string& bytes) {
  v1::PositionIds message;
  if (!message.ParseFromString(bytes)) return;
  const Positions expected = Model(message);
  const auto ids = wire::PositionIdsFromProto(message, kMaxRows);
  Check(ids.ok() == expected.has_value(), "accepted exactly if the model accepts it");
  if (!ids.ok()) {
    Check(!ids.status().message().empty(), "a refusal has a message");
    return;
  }
  Check(ids->axes() == AxesOf(message), "the axes of the message");
  std::vector<double> all;
  for (int64_t axis = 0; axis < ids->axes(); ++axis) {
    std::vector<double> rows(static_cast<size_t>(ids->size()));
    ids->AxisRows(axis, 0, ids->size()).CopyTo(0, absl::MakeSpan(rows));
    all.insert(all.end(), rows.begin(), rows.end());
  }
  Check(all == *expected, "the positions of the model");
  Check(static_cast<double>(ids->max()) == std::ceil(*std::max_element(all.begin(), all.end())),
        "max() is the largest, rounded up");
  if (ids->contiguous()) Check(static_cast<double>(ids->start()) == all[0], "start() is the first");
  const int64_t half = ids->size() / 2;
  std::vector<double> rest(static_cast<size_t>(ids->size() - half));
  ids->CopyTo(half, absl::MakeSpan(rest));
  Check(std::equal(rest.begin(), rest.end(), all.begin() + half), "CopyTo starts at any position");
}

// A file in memory with these bytes, which has a path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("positions", 0)) {
    Check(descriptor_ >= 0, "the system can make a file in memory");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string Write(const std::string& bytes) const {
    Check(ftruncate(descriptor_, 0) == 0, "the file can be emptied");
    const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), 0);
    Check(written == static_cast<ssize_t>(bytes.size()), "the file can be written");
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  const int descriptor_;
};

void TestFile(const std::string& bytes) {
  static const MemoryFile file;
  const auto ids = client::ReadPositionFile(file.Write(bytes));
  if (!ids.ok()) {
    Check(ids.status().code() == absl::StatusCode::kInvalidArgument, "INVALID_ARGUMENT");
    return;
  }
  const auto kind = ids->ids_case();
  const bool wide = kind != v1::PositionIds::kInt32Le;
  Check(!wide || kind == v1::PositionIds::kInt64Le || kind == v1::PositionIds::kFloat64Le,
        "int32, int64 or float64");
  const std::string& data = kind == v1::PositionIds::kInt32Le   ? ids->int32_le()
                            : kind == v1::PositionIds::kInt64Le ? ids->int64_le()
                                                                : ids->float64_le();
  Wide bytes_of_shape = wide ? 8 : 4;
  for (const int64_t dimension : ids->shape()) {
    Check(dimension >= 1, "dimensions are positive");
    bytes_of_shape *= dimension;
    Check(bytes_of_shape <= static_cast<Wide>(data.size()), "the shape fits the data");
  }
  Check(bytes_of_shape == static_cast<Wide>(data.size()), "the data that the shape asks for");
  Check(bytes.size() >= data.size() &&
            bytes.compare(bytes.size() - data.size(), data.size(), data) == 0,
        "the data is the end of the file");
}

}  // namespace
}  // namespace rope

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 2 == 0) {
    rope::TestMessage(rest);
  } else {
    rope::TestFile(rest);
  }
  return 0;
}
