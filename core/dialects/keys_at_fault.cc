#include "core/dialects/keys_at_fault.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace rope {
namespace {

using Path = std::vector<std::string>;

// Members that are tried, at most.
constexpr size_t kMaxTried = 64;

// Members beside the rope parameters that decide about frequencies.
constexpr const char* kBeside[] = {"partial_rotary_factor",
                                   "rotary_pct",
                                   "rotary_emb_fraction",
                                   "rotary_dim",
                                   "head_dim",
                                   "rope_theta",
                                   "rotary_emb_base",
                                   "original_max_position_embeddings",
                                   "dual_chunk_attention_config"};

const JsonValue* At(const JsonValue& root, const Path& path) {
  const JsonValue* value = &root;
  for (const std::string& key : path) {
    value = value->Find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

bool IsTypeName(const std::string& key) { return key == "rope_type" || key == "type"; }

// The members of a parameter set, and those of the parameter sets inside it.
void AddMembers(const JsonValue& object, const Path& at, bool types, std::vector<Path>* paths) {
  for (const JsonMember& member : object.as_object()) {
    Path path = at;
    path.push_back(member.key);
    if (member.value.is_object()) {
      AddMembers(member.value, path, types, paths);
    } else if (IsTypeName(member.key) == types) {
      paths->push_back(std::move(path));
    }
  }
}

// The members to try: those of the rope parameters first. With `types`, only the names of types.
std::vector<Path> Candidates(const JsonValue& root, const Path& model, bool types) {
  std::vector<Path> paths;
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    Path path = model;
    path.emplace_back(key);
    const JsonValue* object = At(root, path);
    if (object != nullptr && object->is_object()) AddMembers(*object, path, types, &paths);
  }
  for (const char* key : kBeside) {
    Path path = model;
    path.emplace_back(key);
    if (!types && At(root, path) != nullptr) paths.push_back(std::move(path));
  }
  if (paths.size() > kMaxTried) paths.resize(kMaxTried);
  return paths;
}

JsonValue Without(const JsonValue& root, const Path& path) {
  JsonValue changed = root;
  JsonValue* parent = &changed;
  for (size_t i = 0; i + 1 < path.size(); ++i) parent = parent->Find(path[i]);
  parent->Erase(path.back());
  return changed;
}

// The comparison for the document without the member; empty if it is not read any more.
std::vector<LayerDifference> CompareWithout(const JsonValue& root, const Path& path,
                                            const Dialect& dialect) {
  // Written and read again, because places of findings are found by offsets.
  const JsonResult json = ReadJson(WriteJson(Without(root, path)));
  const auto ours = ReadWithDialect(dialect, json);
  const auto theirs = ReadWithDialect(AllDialects().front(), json);
  if (!ours.ok() || !theirs.ok()) return {};
  return CompareReadings(*ours, *theirs);
}

bool Agrees(const std::vector<LayerDifference>& layers, const std::string& layer_type) {
  for (const LayerDifference& layer : layers) {
    if (layer.layer_type == layer_type || layers.size() == 1) {
      return layer.outcome == DialectOutcome::kSame;
    }
  }
  return false;
}

void TryEach(const JsonValue& root, const std::vector<Path>& paths, const Dialect& dialect,
             const std::vector<LayerDifference*>& open) {
  if (open.empty()) return;
  for (const Path& path : paths) {
    const std::vector<LayerDifference> without = CompareWithout(root, path, dialect);
    for (LayerDifference* layer : open) {
      if (Agrees(without, layer->layer_type)) layer->keys.push_back(absl::StrJoin(path, "."));
    }
  }
}

}  // namespace

void FindKeysAtFault(const JsonValue& root, const std::string& text_model_path,
                     const Dialect& dialect, std::vector<LayerDifference>* layers) {
  Path model;
  if (!text_model_path.empty()) model = absl::StrSplit(text_model_path, '.');
  if (At(root, model) == nullptr) return;
  std::vector<LayerDifference*> open;
  for (LayerDifference& layer : *layers) {
    if (layer.parts()) open.push_back(&layer);
  }
  TryEach(root, Candidates(root, model, false), dialect, open);
  std::erase_if(open, [](const LayerDifference* layer) { return !layer->keys.empty(); });
  TryEach(root, Candidates(root, model, true), dialect, open);
}

}  // namespace rope
