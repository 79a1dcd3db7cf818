// Wavelengths as pictures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rope::ropectl {

// One curve: the wavelength of each frequency, 2 pi / inv_freq, in positions. A frequency of 0 has
// none: infinity.
struct Curve {
  std::string name;
  std::vector<double> wavelengths;
};

struct Drawing {
  std::vector<Curve> curves;  // one or two, neither empty
  // The longest sequence of the first configuration, drawn as a horizontal line.
  std::optional<int64_t> length;
};

// The picture as text, with `columns` x `rows` characters and a legend. Pure.
std::string DrawText(const Drawing& drawing, int columns, int rows);

// The picture as an SVG document. Pure.
std::string DrawSvg(const Drawing& drawing);

}  // namespace rope::ropectl
