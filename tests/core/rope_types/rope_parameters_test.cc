// No field of RopeConfig is missing in its list of parameters.
#include "core/rope_types/rope_parameters.h"

#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace rope {
namespace {

// Converts to any type, so it can initialize any field.
struct Anything {
  template <typename T>
  operator T() const;  // NOLINT(google-explicit-constructor): that is the purpose
};

template <size_t>
using AnythingFor = Anything;

template <typename T, size_t... kFields>
constexpr bool TakesInitializers(std::index_sequence<kFields...> /*fields*/) {
  return requires { T{AnythingFor<kFields>()...}; };
}

// The largest number of initializers that the struct takes, which is the number of its fields.
template <typename T, size_t kFields = 64>
constexpr size_t FieldCount() {
  if constexpr (TakesInitializers<T>(std::make_index_sequence<kFields>())) {
    return kFields;
  } else {
    return FieldCount<T, kFields - 1>();
  }
}

struct ThreeFields {
  int a;
  std::string b;
  std::optional<double> c;
};
static_assert(FieldCount<ThreeFields>() == 3);

TEST(RopeParametersTest, EveryFieldOfRopeConfigIsAParameter) {
  EXPECT_EQ(ParametersOf(RopeConfig()).size(), FieldCount<RopeConfig>());
}

TEST(RopeParametersTest, ValuesAreThoseOfTheConfig) {
  RopeConfig config;
  config.rope_type = "longrope";
  config.factor = 4.0;
  config.long_factor = {1.0, 2.0};
  std::map<absl::string_view, RopeParameterValue> values;
  for (const RopeParameter& parameter : ParametersOf(config)) {
    values[parameter.name] = parameter.value;
  }
  EXPECT_EQ(std::get<absl::string_view>(values["rope_type"]), "longrope");
  EXPECT_EQ(std::get<double>(values["factor"]), 4.0);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(values["alpha"]));
  EXPECT_EQ(std::get<absl::Span<const double>>(values["long_factor"])[1], 2.0);
}

TEST(RopeParametersTest, DefaultsAreTheInitialValues) {
  EXPECT_EQ(std::get<double>(DefaultOf("beta_fast")), 32.0);
  EXPECT_EQ(std::get<double>(DefaultOf("beta_slow")), 1.0);
  EXPECT_EQ(std::get<bool>(DefaultOf("truncate")), true);
}

}  // namespace
}  // namespace rope
