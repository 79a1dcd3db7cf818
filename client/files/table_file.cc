#include "client/files/table_file.h"

#include <zip.h>

#include <cstdio>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/files/npy_array.h"
#include "client/files/partial_file.h"
#include "client/files/table_metadata.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::client {
namespace {

// The header of the tensor's .npy file.
std::string HeaderOf(const v1::StreamHeader& stream, const v1::TensorSpec& spec) {
  const char* descr = stream.layout() == v1::LAYOUT_COMPLEX ? "<c8" : "<f4";
  if (stream.dtype() == v1::D_TYPE_FLOAT16) descr = "<f2";
  if (stream.dtype() == v1::D_TYPE_BFLOAT16) descr = "<u2";
  if (stream.dtype() == v1::D_TYPE_FLOAT64) descr = "<f8";
  return NpyHeader(descr, spec.shape());
}

// One .npy file for each tensor.
class NpyFiles final : public TableFile {
 public:
  static absl::StatusOr<std::unique_ptr<NpyFiles>> Create(
      const std::vector<v1::TensorKind>& tensors, const std::vector<std::string>& paths) {
    auto files = std::make_unique<NpyFiles>();
    for (size_t i = 0; i < tensors.size(); ++i) {
      auto file = PartialFile::Create(paths[i]);
      if (!file.ok()) return file.status();
      files->tensors_.push_back({tensors[i], *std::move(file), 0});
    }
    return files;
  }

  absl::Status Begin(const v1::StreamHeader& header) override {
    for (const v1::TensorSpec& spec : header.tensors()) {
      for (One& one : tensors_) {
        if (one.kind != spec.kind()) continue;
        const std::string npy = HeaderOf(header, spec);
        one.data_offset = static_cast<int64_t>(npy.size());
        if (absl::Status status = one.file.WriteAt(0, npy); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Write(const v1::Chunk& chunk) override {
    for (One& one : tensors_) {
      if (one.kind == chunk.kind()) {
        return one.file.WriteAt(one.data_offset + chunk.byte_offset(), chunk.data());
      }
    }
    return absl::InternalError("a chunk of a tensor that was not requested");
  }

  absl::StatusOr<std::vector<std::string>> Commit() override {
    std::vector<std::string> names;
    for (One& one : tensors_) {
      if (absl::Status status = one.file.Commit(); !status.ok()) return status;
      names.push_back(one.file.path());
    }
    return names;
  }

 private:
  struct One {
    v1::TensorKind kind;
    PartialFile file;
    int64_t data_offset;
  };
  std::vector<One> tensors_;
};

// An array with one text, as numpy writes it: UTF-32, here of ASCII.
std::string TextArray(const std::string& text) {
  std::string npy = NpyHeader(absl::StrCat("<U", text.size()), {});
  for (const char c : text) npy.append({c, 0, 0, 0});
  return npy;
}

// .npy files that Commit puts into a zip archive, with an array "metadata" of one text: JSON. They
// are removed at the end.
class NpzFile final : public TableFile {
 public:
  NpzFile(PartialFile archive, std::vector<v1::TensorKind> tensors,
          std::vector<std::string> members, std::unique_ptr<NpyFiles> files)
      : archive_(std::move(archive)),
        tensors_(std::move(tensors)),
        members_(std::move(members)),
        files_(std::move(files)) {}
  ~NpzFile() override {
    for (const std::string& member : members_) std::remove(member.c_str());
  }

  absl::Status Begin(const v1::StreamHeader& header) override {
    metadata_ = TextArray(TableMetadataJson(header));
    return files_->Begin(header);
  }
  absl::Status Write(const v1::Chunk& chunk) override { return files_->Write(chunk); }

  absl::StatusOr<std::vector<std::string>> Commit() override {
    if (auto names = files_->Commit(); !names.ok()) return names.status();
    int error = 0;
    zip_t* zip = zip_open(archive_.partial_path().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (zip == nullptr) return absl::InternalError(absl::StrCat("libzip error ", error));
    bool added = true;
    for (size_t i = 0; added && i < members_.size(); ++i) {
      added = AddTo(zip, std::string(TensorName(tensors_[i])),
                    zip_source_file(zip, members_[i].c_str(), 0, -1));
    }
    added = added &&
            AddTo(zip, "metadata", zip_source_buffer(zip, metadata_.data(), metadata_.size(), 0));
    if (!added || zip_close(zip) != 0) {
      const absl::Status status = absl::InternalError(zip_strerror(zip));
      zip_discard(zip);
      return status;
    }
    if (absl::Status status = archive_.Commit(); !status.ok()) return status;
    return std::vector<std::string>{archive_.path()};
  }

 private:
  // Not compressed: the mantissas of cosines look random.
  static bool AddTo(zip_t* zip, const std::string& name, zip_source_t* source) {
    const zip_int64_t index =
        zip_file_add(zip, absl::StrCat(name, ".npy").c_str(), source, ZIP_FL_OVERWRITE);
    return index >= 0 && zip_set_file_compression(zip, index, ZIP_CM_STORE, 0) == 0;
  }

  std::string metadata_;  // an .npy file
  PartialFile archive_;
  std::vector<v1::TensorKind> tensors_;
  std::vector<std::string> members_;
  std::unique_ptr<NpyFiles> files_;
};

// https://github.com/huggingface/safetensors, "Format": the length of the header, the header
// (JSON), the tensors one after another.
class SafetensorsTableFile final : public TableFile {
 public:
  explicit SafetensorsTableFile(PartialFile file) : file_(std::move(file)) {}

  absl::Status Begin(const v1::StreamHeader& header) override {
    header_ = header;
    const std::string text = HeaderText();
    std::string bytes;  // the length in 8 bytes, little-endian, then the text
    for (int shift = 0; shift < 64; shift += 8) {
      bytes.push_back(static_cast<char>((text.size() >> shift) & 0xff));
    }
    bytes += text;
    data_offset_ = static_cast<int64_t>(bytes.size());
    return file_.WriteAt(0, bytes);
  }

  absl::Status Write(const v1::Chunk& chunk) override {
    int64_t offset = data_offset_;
    for (const v1::TensorSpec& spec : header_.tensors()) {
      if (spec.kind() == chunk.kind()) {
        return file_.WriteAt(offset + chunk.byte_offset(), chunk.data());
      }
      offset += spec.byte_size();
    }
    return absl::InternalError("a chunk of a tensor that was not announced");
  }

  absl::StatusOr<std::vector<std::string>> Commit() override {
    if (absl::Status status = file_.Commit(); !status.ok()) return status;
    return std::vector<std::string>{file_.path()};
  }

 private:
  using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

  void WriteMetadata(JsonWriter* json) const {
    json->Key("__metadata__");
    json->StartObject();
    for (const auto& [key, value] : TableMetadata(header_)) {
      json->Key(key.c_str());
      json->String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    json->EndObject();
  }

  std::string HeaderText() const {
    const char* dtype = header_.layout() == v1::LAYOUT_COMPLEX ? "C64" : "F32";
    if (header_.dtype() == v1::D_TYPE_FLOAT16) dtype = "F16";
    if (header_.dtype() == v1::D_TYPE_BFLOAT16) dtype = "BF16";
    if (header_.dtype() == v1::D_TYPE_FLOAT64) dtype = "F64";
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    WriteMetadata(&json);
    int64_t offset = 0;
    for (const v1::TensorSpec& spec : header_.tensors()) {
      json.Key(std::string(TensorName(spec.kind())).c_str());
      json.StartObject();
      json.Key("dtype");
      json.String(dtype);
      json.Key("shape");
      json.StartArray();
      for (int64_t dimension : spec.shape()) json.Int64(dimension);
      json.EndArray();
      json.Key("data_offsets");
      json.StartArray();
      json.Int64(offset);
      json.Int64(offset += spec.byte_size());
      json.EndArray();
      json.EndObject();
    }
    json.EndObject();
    std::string text(buffer.GetString(), buffer.GetSize());
    text.append((8 - text.size() % 8) % 8, ' ');  // The data starts at a multiple of 8.
    return text;
  }

  PartialFile file_;
  v1::StreamHeader header_;
  int64_t data_offset_ = 0;
};

std::vector<std::string> NpyPaths(const std::string& stem,
                                  const std::vector<v1::TensorKind>& tensors) {
  if (tensors.size() == 1) return {absl::StrCat(stem, ".npy")};
  std::vector<std::string> paths;
  for (v1::TensorKind kind : tensors) {
    paths.push_back(absl::StrCat(stem, ".", TensorName(kind), ".npy"));
  }
  return paths;
}

}  // namespace

absl::string_view TensorName(v1::TensorKind kind) {
  if (kind == v1::TENSOR_KIND_COS_SIN) return "cos_sin";
  return kind == v1::TENSOR_KIND_SIN ? "sin" : "cos";
}

absl::StatusOr<std::unique_ptr<TableFile>> TableFile::Create(
    const std::string& path, const std::vector<v1::TensorKind>& tensors) {
  if (absl::EndsWith(path, ".npy")) {
    return NpyFiles::Create(tensors, NpyPaths(path.substr(0, path.size() - 4), tensors));
  }
  const bool is_npz = absl::EndsWith(path, ".npz");
  if (!is_npz && !absl::EndsWith(path, ".safetensors")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the name must end with .npy, .npz or .safetensors"));
  }
  auto file = PartialFile::Create(path);
  if (!file.ok()) return file.status();
  if (!is_npz) return std::make_unique<SafetensorsTableFile>(*std::move(file));

  std::vector<std::string> members;
  for (v1::TensorKind kind : tensors) {
    members.push_back(absl::StrCat(file->partial_path(), ".", TensorName(kind), ".npy"));
  }
  auto files = NpyFiles::Create(tensors, members);
  if (!files.ok()) return files.status();
  return std::make_unique<NpzFile>(*std::move(file), tensors, std::move(members),
                                   *std::move(files));
}

}  // namespace rope::client
