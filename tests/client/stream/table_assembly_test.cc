#include "client/stream/table_assembly.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::client {
namespace {

using testing::ElementsAre;

v1::StreamHeader TwoTensors() {
  v1::StreamHeader header;
  header.set_backend("cpu");
  for (v1::TensorKind kind : {v1::TENSOR_KIND_SIN, v1::TENSOR_KIND_COS}) {
    v1::TensorSpec& spec = *header.add_tensors();
    spec.set_kind(kind);
    spec.add_shape(2);
    spec.add_shape(3);
    spec.set_byte_size(24);
  }
  return header;
}

TEST(TableAssemblyTest, ThereIsMemoryForEveryAnnouncedTensor) {
  const Table table = AllocateTable(TwoTensors());
  EXPECT_EQ(table.header.backend(), "cpu");
  ASSERT_EQ(table.tensors.size(), 2U);
  EXPECT_EQ(table.tensors[0].kind, v1::TENSOR_KIND_SIN);
  EXPECT_EQ(table.tensors[1].kind, v1::TENSOR_KIND_COS);
  for (const Tensor& tensor : table.tensors) {
    EXPECT_THAT(tensor.shape, ElementsAre(2, 3));
    EXPECT_EQ(tensor.bytes().size(), 24U);
    std::fill_n(tensor.data.get(), 24, 'x');  // the sanitizers report missing memory
  }
}

TEST(TableAssemblyTest, AddressesLieInTheTensorOfTheirKind) {
  const Table table = AllocateTable(TwoTensors());
  for (int64_t offset : {0, 12, 23}) {
    EXPECT_EQ(reinterpret_cast<char*>(AddressIn(table, v1::TENSOR_KIND_COS, offset)),
              table.tensors[1].data.get() + offset);
  }
  EXPECT_EQ(AddressIn(table, v1::TENSOR_KIND_COS_SIN, 0), nullptr);
}

TEST(TableAssemblyTest, AHeaderWithoutTensorsGivesATableWithout) {
  EXPECT_TRUE(AllocateTable({}).tensors.empty());
}

}  // namespace
}  // namespace rope::client
