// Memory grows with a document, never with the product of two of its parts. The test counts the
// bytes that are allocated: they are the same on every host, which no time is.
#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "core/json/json_edit.h"
#include "core/json/json_reader.h"
#include "core/validation/validate_config.h"
#include "gtest/gtest.h"
#include "tests/testing/large_documents.h"

namespace {

std::atomic<size_t> allocated = 0;

void* Allocate(size_t bytes) {
  allocated += bytes;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t bytes) { return Allocate(bytes); }
void* operator new[](size_t bytes) { return Allocate(bytes); }
// std::stable_sort allocates with these.
void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  allocated += bytes;
  return std::malloc(bytes);
}
void* operator new[](size_t bytes, const std::nothrow_t& tag) noexcept {
  return operator new(bytes, tag);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace rope {
namespace {

// The bytes that are allocated while the document is validated and its first fix is applied.
size_t BytesFor(const std::string& text) {
  const size_t before = allocated;
  const Validation validation = ValidateConfig(text);
  for (const Finding& finding : validation.report.findings) {
    if (finding.fix.empty()) continue;
    const JsonResult patch = ReadJson(finding.fix);
    if (patch.ok()) EditJson(text, patch->root);
    break;
  }
  return allocated - before;
}

class LinearMemoryTest : public ::testing::TestWithParam<testing::LargeDocument> {};

TEST_P(LinearMemoryTest, FourTimesTheDocumentTakesAboutFourTimesTheMemory) {
  const std::string small = testing::LargeText(GetParam(), 50'000);
  const std::string large = testing::LargeText(GetParam(), 200'000);
  BytesFor(small);  // makes the tables of the program
  const double growth = static_cast<double>(BytesFor(large)) / static_cast<double>(BytesFor(small));
  // Vectors and tables grow by doubling, so a factor of 4 may become 8. A product gives 16.
  EXPECT_LT(growth, 9.0) << BytesFor(large) << " bytes for a document of " << large.size();
}

INSTANTIATE_TEST_SUITE_P(Documents, LinearMemoryTest,
                         ::testing::ValuesIn(testing::LargeDocuments()),
                         [](const auto& info) { return "Document" + std::to_string(info.index); });

}  // namespace
}  // namespace rope
