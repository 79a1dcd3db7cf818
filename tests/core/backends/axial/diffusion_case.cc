// Cases of diffusers' rotary classes. The spectrum and the positions of each class are those that
// docs/vision.md gives for it.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "tests/core/backends/axial/axial_case.h"

namespace rope::testing {
namespace {

using Value = rapidjson::Value;

bool IsOneOf(const std::string& name, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* one) { return name == one; });
}

double NumberOr(const Value& object, const char* key, double otherwise) {
  return object.HasMember(key) && object[key].IsNumber() ? object[key].GetDouble() : otherwise;
}

// What else the spectrum of a class says: members after "axes".
std::string MembersOf(const std::string& name, const Value& record) {
  std::string members;
  if (record.HasMember("freqs") && record["freqs"].Size() > 0) {
    absl::StrAppend(&members, R"(,"frequency_arithmetic":")",
                    record["freqs"][0]["dtype"].GetString(), "\"");
  }
  if (record["arithmetic"].Size() > 0) {
    absl::StrAppend(&members, R"(,"angle_arithmetic":")", record["arithmetic"][0].GetString(),
                    "\"");
  }
  if (name.rfind("Kandinsky", 0) == 0) members += R"(,"formula":"exponential")";
  if (name == "get_2d_rotary_pos_embed_lumina") members += R"(,"order":"in_turn")";
  if (name == "LTX2VideoVaeRotaryPosEmbed3D") {
    members += R"(,"frequency_arithmetic":"float64_then_float32")";
  }
  if (name == "MiniMaxH3VideoRotaryPosEmbed") members += R"(,"positions_are_turns":true)";
  if (IsOneOf(name, {"Cosmos3VLTextRotaryEmbedding", "Ideogram4MRoPE"})) {
    members += R"(,"order":"in_turn","shared_progression":true)";
  }
  return members;
}

std::string Spectrum(const std::vector<std::string>& axes, const std::string& members) {
  return absl::StrCat(R"({"spectrum":{"axes":[)", absl::StrJoin(axes, ","), "]", members, "}}");
}

std::string Axis(double dim, double theta, const std::string& members = "") {
  return absl::StrFormat(R"({"dim":%d,"theta":%.17g%s})", static_cast<int64_t>(dim), theta,
                         members);
}

// LTX: rising frequencies, the axes in turn, and what is left of dim in front.
std::string LtxSpectrum(const Value& record) {
  const auto axes = static_cast<int64_t>(record["axes"].GetInt());
  const int64_t dim = record["args"]["dim"].GetInt64();
  const int64_t lanes = dim / (2 * axes);
  const bool is_ltx2 = std::string(record["cls"].GetString()) == "LTX2AudioVideoRotaryPosEmbed";
  const bool in_double = is_ltx2 && (!record["args"].HasMember("double_precision") ||
                                     record["args"]["double_precision"].GetBool());
  return Spectrum(std::vector<std::string>(axes, Axis(2.0 * lanes, 10000.0)),
                  absl::StrCat(R"(,"formula":"rising","order":"in_turn","zero_lanes_before":)",
                               dim / 2 - lanes * axes, R"(,"frequency_arithmetic":")",
                               in_double ? "float64_then_float32" : "float32", "\""));
}

std::vector<double> DimsOf(const std::string& name, const Value& record) {
  const auto& args = record["args"];
  std::vector<double> dims;
  if (!record["axes_dim"].IsNull()) {
    for (const auto& dim : record["axes_dim"].GetArray()) dims.push_back(dim.GetDouble());
  } else if (args.HasMember("mrope_section")) {
    for (const auto& lanes : args["mrope_section"].GetArray()) dims.push_back(2 * lanes.GetInt());
  } else if (name == "MiniMaxH3RotaryPosEmbed") {
    dims.assign(3, 2.0 * args["rope_freq_dim"].GetInt());
  } else {
    const int64_t axes = record["axes"].GetInt64();
    const int64_t dim = args["dim"].GetInt64() / axes;
    dims.assign(axes, static_cast<double>(dim));
  }
  return dims;
}

std::string SpectrumOf(const std::string& name, const Value& record) {
  if (name.rfind("LTX", 0) == 0 && name != "LTX2VideoVaeRotaryPosEmbed3D") {
    return LtxSpectrum(record);
  }
  const auto& args = record["args"];
  const std::vector<double> dims = DimsOf(name, record);
  const double ntk = NumberOr(args, "ntk_factor", 1.0);
  std::vector<std::string> axes;
  for (size_t i = 0; i < dims.size(); ++i) {
    const auto& thetas = record["thetas"];
    const double theta = thetas[std::min<rapidjson::SizeType>(i, thetas.Size() - 1)].GetDouble();
    std::string members;
    if (ntk != 1.0) absl::StrAppend(&members, R"(,"ntk_factor":)", ntk);
    const double linear = NumberOr(args, "linear_factor", 1.0);
    if (linear != 1.0) absl::StrAppend(&members, R"(,"linear_factor":)", linear);
    if (record["input"].HasMember("scale_factor")) {
      absl::StrAppend(&members, R"(,"angle_divisor":)",
                      record["input"]["scale_factor"][i].GetDouble());
    }
    // The first half of the lanes reads the column.
    if (name == "get_2d_rotary_pos_embed") absl::StrAppend(&members, R"(,"position_axis":)", 1 - i);
    // Theta is recorded after the factor; the case gives both.
    axes.push_back(Axis(dims[i],
                        ntk == 1.0                ? theta
                        : args.HasMember("theta") ? args["theta"].GetDouble()
                                                  : 10000.0,
                        members));
  }
  return Spectrum(axes, MembersOf(name, record));
}

// torch's linspace in float32, as tests/golden/README.md describes it.
std::vector<double> Linspace(double from, double to, int64_t count) {
  std::vector<double> points(count, from);
  if (count == 1) return points;
  const auto start = static_cast<float>(from);
  const auto end = static_cast<float>(to);
  const float step = (end - start) / static_cast<float>(count - 1);
  for (int64_t i = 0; i < count; ++i) {
    points[i] = i < count / 2 ? std::fma(step, static_cast<float>(i), start)
                              : std::fma(-step, static_cast<float>(count - 1 - i), end);
  }
  return points;
}

// The rows of a raster whose places have these positions on each axis.
PositionRows RowsOf(const std::vector<std::vector<double>>& places) {
  std::vector<int64_t> sides;
  for (const auto& axis : places) sides.push_back(static_cast<int64_t>(axis.size()));
  PositionRows rows = RasterOf(sides);
  for (std::vector<double>& row : rows) {
    for (size_t axis = 0; axis < row.size(); ++axis) {
      row[axis] = places[axis][static_cast<size_t>(row[axis])];
    }
  }
  return rows;
}

std::vector<double> Counted(int64_t count) {
  std::vector<double> places(count);
  std::iota(places.begin(), places.end(), 0.0);
  return places;
}

// linspace(start, stop (n - 1)/n, n) for each of the last two axes.
void StretchToCrop(double top, double left, double bottom, double right,
                   std::vector<std::vector<double>>* places) {
  const size_t last = places->size() - 1;
  const auto rows = static_cast<int64_t>((*places)[last - 1].size());
  const auto columns = static_cast<int64_t>((*places)[last].size());
  const auto n = static_cast<double>(rows);
  const auto m = static_cast<double>(columns);
  (*places)[last - 1] = Linspace(top, bottom * (n - 1) / n, rows);
  (*places)[last] = Linspace(left, right * (m - 1) / m, columns);
}

// EasyAnimate: a 45 x 30 area that the grid fills as far as its shape allows, centred.
void StretchToEasyAnimate(int64_t patch, std::vector<std::vector<double>>* places) {
  const double base_rows = 60 / static_cast<double>(patch);
  const double base_columns = 90 / static_cast<double>(patch);
  const auto rows = static_cast<double>((*places)[1].size());
  const auto columns = static_cast<double>((*places)[2].size());
  double high = base_rows;
  double wide = base_columns;
  if (rows / columns > base_rows / base_columns) {
    wide = std::nearbyint(base_rows / rows * columns);
  } else {
    high = std::nearbyint(base_columns / columns * rows);
  }
  const double top = std::nearbyint((base_rows - high) / 2);
  const double left = std::nearbyint((base_columns - wide) / 2);
  StretchToCrop(top, left, top + high, left + wide, places);
}

void AdjustPlaces(const std::string& name, const Value& record,
                  std::vector<std::vector<double>>* places) {
  const auto& args = record["args"];
  const auto& input = record["input"];
  if (args.HasMember("crops_coords") && args["crops_coords"].IsArray()) {
    const auto& crops = args["crops_coords"];
    StretchToCrop(crops[0][0].GetDouble(), crops[0][1].GetDouble(), crops[1][0].GetDouble(),
                  crops[1][1].GetDouble(), places);
  }
  if (name == "EasyAnimateRotaryPosEmbed") {
    StretchToEasyAnimate(args["patch_size"].GetInt64(), places);
  }
  if (input.HasMember("frame_indices")) {
    places->front().clear();
    for (const auto& frame : input["frame_indices"].GetArray()) {
      places->front().push_back(frame.GetDouble());
    }
  }
  if (args.HasMember("temporal_skip_len") && places->front().size() == 2) {
    places->front()[1] = args["temporal_skip_len"].GetDouble() - 1;
  }
  if (input.HasMember("fps") && input["fps"].IsNumber()) {
    const auto fps = static_cast<float>(input["fps"].GetDouble());
    for (double& t : places->front()) {
      t = static_cast<float>(t) / fps * static_cast<float>(args["base_fps"].GetDouble());
    }
  }
  if (args.HasMember("rope_axes_dim")) {
    for (size_t axis = 0; axis < 2; ++axis) {
      const auto side = static_cast<int64_t>((*places)[axis].size());
      for (double& place : (*places)[axis]) {
        const int64_t scaled =
            static_cast<int64_t>(place) * args["rope_axes_dim"][axis].GetInt64() / side;
        place = static_cast<double>(scaled);
      }
    }
  }
}

// LTX and LTX-2: 2p - 1 in float32, for the coordinates p in shares of a base.
PositionRows LtxPositions(const Value& record) {
  const auto& input = record["input"];
  PositionRows rows;
  const float bases[] = {20.0F, 2048.0F, 2048.0F};
  const auto coordinate = [](float p) { return static_cast<double>(2.0F * p - 1.0F); };
  if (input.HasMember("coords_bits")) {
    const auto count = static_cast<size_t>(input["coords_shape"][2].GetInt64());
    rows.resize(count);
    for (size_t i = 0; i < input["coords_bits"].Size(); ++i) {
      const std::string bits = input["coords_bits"][i].GetString();
      const auto start = static_cast<float>(NumberOfBits(bits.substr(0, 8)));
      const auto end = static_cast<float>(NumberOfBits(bits.substr(8, 8)));
      rows[i % count].push_back(coordinate((start + end) / 2.0F / bases[i / count]));
    }
  } else if (input.HasMember("video_coords_bits")) {
    const auto& axes = input["video_coords_bits"];
    rows.resize(axes[0].Size());
    for (rapidjson::SizeType axis = 0; axis < axes.Size(); ++axis) {
      for (size_t row = 0; row < rows.size(); ++row) {
        const auto p = static_cast<float>(NumberOfBits(axes[axis][row].GetString()));
        rows[row].push_back(coordinate(p / bases[axis]));
      }
    }
  } else {
    rows = RasterOf(Integers(input["grid"]));
    for (std::vector<double>& row : rows) {
      for (size_t axis = 0; axis < row.size(); ++axis) {
        auto p = static_cast<float>(row[axis]);
        if (input["scale"].IsArray()) {
          p = p * static_cast<float>(input["scale"][axis].GetDouble()) / bases[axis];
        }
        row[axis] = coordinate(p);
      }
    }
  }
  return rows;
}

PositionRows IdRows(const Value& ids) {
  PositionRows rows;
  for (const auto& row : ids.GetArray()) {
    rows.emplace_back();
    if (row.IsNumber()) {
      rows.back().push_back(row.GetDouble());
    } else if (row.IsString()) {
      const std::string bits = row.GetString();
      for (size_t at = 0; at < bits.size(); at += 8) {
        rows.back().push_back(NumberOfBits(bits.substr(at, 8)));
      }
    } else {
      for (const auto& id : row.GetArray()) rows.back().push_back(id.GetDouble());
    }
  }
  return rows;
}

PositionRows PositionsOf(const std::string& name, const Value& record) {
  const auto& input = record["input"];
  if (input.HasMember("ids")) return IdRows(input["ids"]);
  if (input.HasMember("ids_bits")) return IdRows(input["ids_bits"]);
  if (name.rfind("LTX", 0) == 0 && name != "LTX2VideoVaeRotaryPosEmbed3D") {
    return LtxPositions(record);
  }
  if (input.HasMember("pos")) {
    if (input["pos"].IsNumber()) return RasterOf({input["pos"].GetInt64()});
    if (!input["pos"][0].IsArray()) {
      PositionRows rows = IdRows(input["pos"]);
      const bool is_float =
          input.HasMember("pos_dtype") && std::string(input["pos_dtype"].GetString()) == "float32";
      for (std::vector<double>& row : rows) {
        if (is_float) row[0] = static_cast<float>(row[0]);
      }
      return rows;
    }
    return RowsOf(IdRows(input["pos"]));
  }
  std::vector<std::vector<double>> places;
  for (const int64_t side : Integers(input["grid"])) places.push_back(Counted(side));
  AdjustPlaces(name, record, &places);
  return RowsOf(places);
}

// QwenImage and its kin: the rows and columns of an image, centred or from 0; image k of a list
// has frame k on, a condition image frame -1.
void AddQwenImage(const Value& fhw, double frame, bool centred, PositionRows* rows) {
  const std::vector<int64_t> sides = Integers(fhw);
  const auto centre = [&](double place, int64_t side) {
    const int64_t before = side - side / 2;
    return centred ? place - static_cast<double>(before) : place;
  };
  for (const std::vector<double>& row : RasterOf(sides)) {
    rows->push_back({row[0] + frame, centre(row[1], sides[1]), centre(row[2], sides[2])});
  }
}

AxialRecord QwenImageRecord(const std::string& name, const Value& record) {
  const auto& input = record["input"];
  const bool centred = record["args"]["scale_rope"].GetBool();
  const bool layered = name == "QwenEmbedLayer3DRope";
  const Value* list = &input["video_fhw"];
  if ((*list)[0][0].IsArray()) list = &(*list)[0];
  PositionRows image;
  int64_t start = 0;
  for (rapidjson::SizeType k = 0; k < list->Size(); ++k) {
    const bool condition = layered && k + 1 == list->Size();
    AddQwenImage((*list)[k], condition ? -1.0 : k, centred, &image);
    for (int side = 1; side < 3; ++side) {
      const int64_t length = (*list)[k][side].GetInt64();
      start = std::max(start, centred ? length / 2 : length);
    }
  }
  if (layered) start = std::max(start, static_cast<int64_t>(list->Size()) - 1);
  PositionRows text;
  for (int64_t i = 0; i < input["max_txt_seq_len"].GetInt64(); ++i) {
    text.emplace_back(3, static_cast<double>(start + i));
  }
  const std::string document = SpectrumOf(name, record);
  return {{{document, image, Layout::kComplex, ComplexNumbers(record, "image_"), {}},
           {document, text, Layout::kComplex, ComplexNumbers(record, "text_"), {}}},
          ""};
}

// Qwen-Image-2.1: text counts on; an image has the next number as its frame, and its rows and
// columns are centred.
AxialRecord QwenImage21Record(const std::string& name, const Value& record) {
  const auto& input = record["input"];
  PositionRows rows;
  double next = 0;
  rapidjson::SizeType image = 0;
  const auto& mask = input["image_pad_mask"];
  for (rapidjson::SizeType i = 0; i < mask.Size();) {
    if (mask[i].GetInt() == 0) {
      rows.emplace_back(3, next);
      next += 1;
      ++i;
      continue;
    }
    const auto& sides = input["img_shapes"][image++];
    const size_t before = rows.size();
    AddQwenImage(sides, next, true, &rows);
    i += static_cast<rapidjson::SizeType>(rows.size() - before);
    next += std::max(sides[1].GetDouble(), sides[2].GetDouble());
  }
  return {{{SpectrumOf(name, record), rows, Layout::kComplex, ComplexNumbers(record, ""), {}}}, ""};
}

// Lumina 2: the caption counts on axis 0; an image has the length of its caption there. The rows of
// shorter captions are padded, and not compared.
AxialRecord Lumina2Record(const std::string& name, const Value& record) {
  const auto& mask = record["input"]["attention_mask"];
  const std::vector<int64_t> grid = Integers(record["input"]["grid"]);
  const std::vector<float> caption = ComplexNumbers(record, "caption_");
  const std::vector<float> image = ComplexNumbers(record, "image_");
  const size_t tokens = mask[0].Size();
  const size_t width = caption.size() / (mask.Size() * tokens);
  AxialCase one{SpectrumOf(name, record), {}, Layout::kComplex, {}, {}};
  for (rapidjson::SizeType b = 0; b < mask.Size(); ++b) {
    int64_t length = 0;
    for (const auto& token : mask[b].GetArray()) length += token.GetInt();
    for (int64_t i = 0; i < length; ++i) {
      one.positions.push_back({static_cast<double>(i), 0.0, 0.0});
      const auto* const from = caption.data() + (b * tokens + static_cast<size_t>(i)) * width;
      one.cos.insert(one.cos.end(), from, from + width);
    }
    for (const std::vector<double>& patch : RasterOf(grid)) {
      one.positions.push_back({static_cast<double>(length), patch[0], patch[1]});
    }
    const auto size = static_cast<int64_t>(image.size() / mask.Size());
    one.cos.insert(one.cos.end(), image.begin() + b * size, image.begin() + (b + 1) * size);
  }
  return {{std::move(one)}, ""};
}

// Allegro: one table for each axis, and positions divided by interpolation_scale.
AxialRecord AllegroRecord(const Value& record) {
  AxialRecord result;
  const std::vector<int64_t> grid = Integers(record["input"]["grid"]);
  const char* const names[] = {"t", "h", "w"};
  for (size_t axis = 0; axis < 3; ++axis) {
    AxialCase one{Spectrum({Axis(record["axes_dim"][axis].GetDouble(), 10000.0)}, ""),
                  RasterOf({grid[axis]}),
                  Layout::kHalfSplit,
                  {},
                  {}};
    for (std::vector<double>& row : one.positions) {
      row[0] /= record["args"]["interpolation_scale"][axis].GetDouble();
    }
    one.cos = OutputNumbers(record, absl::StrCat(names[axis], "_cos").c_str());
    one.sin = OutputNumbers(record, absl::StrCat(names[axis], "_sin").c_str());
    result.cases.push_back(std::move(one));
  }
  return result;
}

// OmniGen: longrope of one axis, which needs no spectrum.
AxialRecord OmniGenRecord(const Value& record) {
  const auto& args = record["args"];
  AxialCase one;
  one.document = absl::StrCat(
      R"({"model_type":"llama","rope_theta":)", args["base"].GetDouble(), R"(,"head_dim":)",
      args["dim"].GetInt64(), R"(,"max_position_embeddings":)",
      args["max_position_embeddings"].GetInt64(), R"(,"rope_scaling":{"rope_type":"longrope",)",
      R"("original_max_position_embeddings":)", args["original_max_position_embeddings"].GetInt64(),
      ",", TextOf(args["rope_scaling"]).substr(1), "}");
  one.positions = IdRows(record["input"]["position_ids"]);
  one.cos = OutputNumbers(record, "cos");
  one.sin = OutputNumbers(record, "sin");
  return {{std::move(one)}, ""};
}

// LTX-2, rope_type split: [heads, rows, lanes of one head] as [rows, lanes].
std::vector<float> JoinHeads(const std::vector<float>& numbers, size_t heads, size_t rows) {
  const size_t lanes = numbers.size() / heads / rows;
  std::vector<float> joined;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t head = 0; head < heads; ++head) {
      const auto from = numbers.begin() + static_cast<int64_t>((head * rows + row) * lanes);
      joined.insert(joined.end(), from, from + static_cast<int64_t>(lanes));
    }
  }
  return joined;
}

void TakeCosAndSin(const std::string& name, const Value& record, AxialCase* one) {
  one->cos = OutputNumbers(record, "cos");
  one->sin = OutputNumbers(record, "sin");
  const auto& args = record["args"];
  const bool split =
      args.HasMember("rope_type") && std::string(args["rope_type"].GetString()) == "split";
  if (split) {
    const auto heads = static_cast<size_t>(args["num_attention_heads"].GetInt64());
    one->cos = JoinHeads(one->cos, heads, one->positions.size());
    one->sin = JoinHeads(one->sin, heads, one->positions.size());
  }
  const bool half =
      IsOneOf(name, {"CosmosRotaryPosEmbed", "Cosmos3VLTextRotaryEmbedding", "Ideogram4MRoPE",
                     "MiniMaxH3RotaryPosEmbed", "MiniMaxH3VideoRotaryPosEmbed",
                     "CogView4RotaryPosEmbed", "GlmImageRotaryPosEmbed"}) ||
      (args.HasMember("repeat_interleave_real") && !args["repeat_interleave_real"].GetBool());
  one->layout = half ? Layout::kHalfSplit : Layout::kInterleaved;
  if (split || name == "LTX2VideoVaeRotaryPosEmbed3D") one->layout = Layout::kCompact;
}

}  // namespace

AxialRecord DiffusionRecord(const Value& record) {
  const std::string name = record["cls"].GetString();
  if (name == "MochiRoPE") return {{}, "refused: its frequencies are learned"};
  if (name == "StableAudio3RotaryEmbedding") return {{}, "returns angles, no cos or sin"};
  if (name == "OmniGenSuScaledRotaryEmbedding") return OmniGenRecord(record);
  if (name == "get_3d_rotary_pos_embed_allegro") return AllegroRecord(record);
  if (name == "Lumina2RotaryPosEmbed") return Lumina2Record(name, record);
  if (name == "QwenImage21Rope") return QwenImage21Record(name, record);
  if (record["input"].HasMember("video_fhw")) return QwenImageRecord(name, record);
  AxialCase one;
  one.document = SpectrumOf(name, record);
  one.positions = PositionsOf(name, record);
  if (record["outputs"].HasMember("matrix")) {
    one.layout = Layout::kMatrices;
    one.cos = OutputNumbers(record, "matrix");
  } else if (record["outputs"].HasMember("real")) {
    one.layout = Layout::kComplex;
    one.cos = ComplexNumbers(record, "");
  } else {
    TakeCosAndSin(name, record, &one);
  }
  return {{std::move(one)}, ""};
}

}  // namespace rope::testing
