// Spectrum: the frequencies of a model whose positions have several axes, each with its own
// frequencies: towers for images and videos, and diffusion transformers.
//
// A *lane* is one frequency of a row: entry i of a row in layout compact. Each lane reads the
// position on one axis. A spectrum says how many lanes an axis has, what their frequencies are, how
// the lanes are ordered, and in which arithmetic the library that trained the model computes them.
//
// Sources: the vision modules of transformers 5.24 (compute_axial_rope_parameters and the modules
// that do not call it); get_1d_rotary_pos_embed and the rotary classes of diffusers 0.42.
//
// Plain data, freely copied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rope {

// The most axes of a spectrum. An entry of Spectrum::axes is a run of lanes, and two entries may
// read the same position axis.
inline constexpr int64_t kMaxSpectrumAxes = 8;
// The most channels of a spectrum: those of the widest attention head.
inline constexpr int64_t kMaxSpectrumChannels = 4096;

struct SpectrumAxis {
  int64_t dim = 0;             // d: channels of the axis, even, >= 2; it has d/2 lanes
  double theta = 10000.0;      // base of the progression, > 0
  double ntk_factor = 1.0;     // multiplies theta, > 0
  double linear_factor = 1.0;  // divides the frequencies, > 0
  double angle_divisor = 1.0;  // divides the angles, > 0
  int64_t position_axis = 0;   // the axis of the positions that the lanes read, 0 to 3

  friend bool operator==(const SpectrumAxis&, const SpectrumAxis&) = default;
};

// How the lanes of the axes follow each other.
enum class LaneOrder : uint8_t {
  kBlocks,  // all lanes of the first axis, then all of the second, ...
  kInTurn,  // one lane of each axis in turn; an axis without lanes left is passed over
};

// The frequency of lane k of an axis with n = d/2 lanes and base b = theta * ntk_factor, before it
// is divided by linear_factor.
enum class FrequencyFormula : uint8_t {
  kFalling,      // b^(-2k/d)
  kExponential,  // the same as exp(-ln(b) k/n), which rounds otherwise (Kandinsky)
  kRising,       // pi/2 * b^(k/(n-1)); pi/2 if n is 1 (LTX)
};

// The arithmetic of the frequencies, and that of the angles, in profile hf.
enum class FrequencyArithmetic : uint8_t {
  kFloat32,
  kFloat64,
  kFloat64ThenFloat32,  // computed in float64, and rounded once
};
enum class AngleArithmetic : uint8_t {
  kFloat32,  // position and frequency are multiplied in the wider of both types
  kFloat64,
};

struct Spectrum {
  std::vector<SpectrumAxis> axes;  // 1 to kMaxSpectrumAxes
  LaneOrder order = LaneOrder::kBlocks;
  // Whether all axes share one progression over the sum of their dims: its frequencies are dealt to
  // the axes in turn. All axes then have the same theta and the same factors.
  bool shared_progression = false;
  FrequencyFormula formula = FrequencyFormula::kFalling;
  FrequencyArithmetic frequency_arithmetic = FrequencyArithmetic::kFloat32;
  AngleArithmetic angle_arithmetic = AngleArithmetic::kFloat32;
  // Whether positions are turns: the angle is 2 pi position * frequency (DINOv3).
  bool positions_are_turns = false;
  // Lanes of frequency 0 before and after the others: cos is 1 there, and sin is 0.
  int64_t zero_lanes_before = 0;
  int64_t zero_lanes_after = 0;
  // Whether layout half_split repeats the lanes of each axis by themselves, x x y y, instead of the
  // whole row, x y x y (Gemma 4). kBlocks only, without lanes of frequency 0.
  bool half_split_per_axis = false;
  // Whether the model pairs channels 2i and 2i + 1. For people; no table depends on it.
  bool interleaved_pairs = false;
  // The spectrum in words, see DescribeSpectrum.
  std::string text;

  friend bool operator==(const Spectrum&, const Spectrum&) = default;
};

}  // namespace rope
