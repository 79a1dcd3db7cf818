#include "client/ropectl/plot/drawing.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace rope::ropectl {
namespace {

// The decades of the vertical axis: from 10^low to 10^high.
struct Decades {
  int low = 0;
  int high = 1;
};

Decades DecadesOf(const Drawing& drawing) {
  double low = HUGE_VAL;
  double high = 1.0;
  const auto include = [&](double wavelength) {
    if (!std::isfinite(wavelength)) return;
    low = std::min(low, wavelength);
    high = std::max(high, wavelength);
  };
  for (const Curve& curve : drawing.curves) {
    for (const double wavelength : curve.wavelengths) include(wavelength);
  }
  if (drawing.length.has_value()) include(static_cast<double>(*drawing.length));
  if (!std::isfinite(low)) low = 1.0;
  Decades decades{static_cast<int>(std::floor(std::log10(low))),
                  static_cast<int>(std::ceil(std::log10(high)))};
  decades.high = std::max(decades.high, decades.low + 1);
  return decades;
}

// Where a wavelength lies between the decades, 0 to 1; above them for infinity.
double HeightOf(double wavelength, const Decades& decades) {
  if (!std::isfinite(wavelength)) return 1.0;
  return (std::log10(wavelength) - decades.low) / (decades.high - decades.low);
}

size_t MostFrequencies(const Drawing& drawing) {
  size_t most = 1;
  for (const Curve& curve : drawing.curves) most = std::max(most, curve.wavelengths.size());
  return most;
}

std::string EscapedXml(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// The place of the picture in the document, in its units.
constexpr double kLeft = 70;
constexpr double kTop = 20;
constexpr double kWidth = 700;
constexpr double kHeight = 400;
constexpr const char* kColors[] = {"#0b62a4", "#c0392b"};

double YOf(double wavelength, const Decades& decades) {
  return kTop + kHeight * (1.0 - HeightOf(wavelength, decades));
}

void AddSvgAxes(const Drawing& drawing, const Decades& decades, std::string* svg) {
  absl::StrAppendFormat(svg,
                        "<rect x='%g' y='%g' width='%g' height='%g' fill='none' stroke='#888'/>\n",
                        kLeft, kTop, kWidth, kHeight);
  for (int decade = decades.low; decade <= decades.high; ++decade) {
    const double y = YOf(std::pow(10.0, decade), decades);
    absl::StrAppendFormat(svg, "<line x1='%g' y1='%g' x2='%g' y2='%g' stroke='#ddd'/>\n", kLeft, y,
                          kLeft + kWidth, y);
    absl::StrAppendFormat(svg, "<text x='%g' y='%g' text-anchor='end'>1e%d</text>\n", kLeft - 8,
                          y + 4, decade);
  }
  absl::StrAppendFormat(svg, "<text x='%g' y='%g' text-anchor='middle'>frequency, 0 to %d</text>\n",
                        kLeft + kWidth / 2, kTop + kHeight + 24, MostFrequencies(drawing) - 1);
  absl::StrAppendFormat(
      svg,
      "<text transform='translate(16 %g) rotate(-90)' text-anchor='middle'>wavelength in "
      "positions</text>\n",
      kTop + kHeight / 2);
  if (!drawing.length.has_value()) return;
  const double y = YOf(static_cast<double>(*drawing.length), decades);
  absl::StrAppendFormat(
      svg, "<line x1='%g' y1='%g' x2='%g' y2='%g' stroke='#555' stroke-dasharray='6 4'/>\n", kLeft,
      y, kLeft + kWidth, y);
  absl::StrAppendFormat(svg, "<text x='%g' y='%g'>length %d</text>\n", kLeft + 6, y - 5,
                        *drawing.length);
}

void AddSvgCurve(const Drawing& drawing, size_t number, const Decades& decades, std::string* svg) {
  const Curve& curve = drawing.curves[number];
  const double step =
      kWidth / static_cast<double>(std::max<size_t>(MostFrequencies(drawing) - 1, 1));
  std::string points;
  for (size_t i = 0; i < curve.wavelengths.size(); ++i) {
    if (!std::isfinite(curve.wavelengths[i])) continue;
    absl::StrAppendFormat(&points, "%.2f,%.2f ", kLeft + step * static_cast<double>(i),
                          YOf(curve.wavelengths[i], decades));
  }
  absl::StrAppendFormat(svg, "<polyline fill='none' stroke='%s' stroke-width='2' points='%s'/>\n",
                        kColors[number % 2], points);
  absl::StrAppendFormat(svg, "<text x='%g' y='%g' fill='%s'>%s</text>\n", kLeft + 12,
                        kTop + 20 + 18 * static_cast<double>(number), kColors[number % 2],
                        EscapedXml(curve.name));
}

}  // namespace

std::string DrawText(const Drawing& drawing, int columns, int rows) {
  const Decades decades = DecadesOf(drawing);
  std::vector<std::string> lines(static_cast<size_t>(rows),
                                 std::string(static_cast<size_t>(columns), ' '));
  const auto line_of = [&](double wavelength) {
    const double from_top = (1.0 - HeightOf(wavelength, decades)) * (rows - 1);
    return static_cast<size_t>(std::clamp(static_cast<int>(std::lround(from_top)), 0, rows - 1));
  };
  if (drawing.length.has_value()) {
    lines[line_of(static_cast<double>(*drawing.length))].assign(static_cast<size_t>(columns), '-');
  }
  const auto last = static_cast<double>(std::max<size_t>(MostFrequencies(drawing) - 1, 1));
  for (size_t number = drawing.curves.size(); number-- > 0;) {
    const std::vector<double>& wavelengths = drawing.curves[number].wavelengths;
    for (size_t i = 0; i < wavelengths.size(); ++i) {
      const auto column =
          static_cast<size_t>(std::lround(static_cast<double>(i) / last * (columns - 1)));
      lines[line_of(wavelengths[i])][column] = number == 0 ? '*' : 'o';
    }
  }
  std::string text;
  for (int row = 0; row < rows; ++row) {
    const double decade =
        decades.high - static_cast<double>(row) / (rows - 1) * (decades.high - decades.low);
    absl::StrAppendFormat(&text, "%8.1e |%s\n", std::pow(10.0, decade),
                          lines[static_cast<size_t>(row)]);
  }
  absl::StrAppendFormat(&text, "%8s  frequency 0 to %d; vertical: wavelength in positions\n", "",
                        MostFrequencies(drawing) - 1);
  for (size_t number = 0; number < drawing.curves.size(); ++number) {
    absl::StrAppendFormat(&text, "%8s  %c %s\n", "", number == 0 ? '*' : 'o',
                          drawing.curves[number].name);
  }
  if (drawing.length.has_value()) {
    absl::StrAppendFormat(&text, "%8s  - length %d\n", "", *drawing.length);
  }
  return text;
}

std::string DrawSvg(const Drawing& drawing) {
  const Decades decades = DecadesOf(drawing);
  std::string svg =
      "<svg xmlns='http://www.w3.org/2000/svg' width='800' height='460' font-family='sans-serif' "
      "font-size='12'>\n<rect width='800' height='460' fill='white'/>\n";
  AddSvgAxes(drawing, decades, &svg);
  for (size_t i = drawing.curves.size(); i-- > 0;) AddSvgCurve(drawing, i, decades, &svg);
  return svg + "</svg>\n";
}

}  // namespace rope::ropectl
