// LoadingTest: a document, the findings on it, and the state in which it is loaded. For tests of
// the single steps of core/config.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/config/families/families.h"
#include "core/config/load/load_model.h"
#include "core/config/load/loading_state.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope::testing {

class LoadingTest : public ::testing::Test {
 protected:
  // Starts with `text`; nothing of it is loaded yet.
  void Read(const std::string& text) {
    state_.reset();
    JsonResult result = ReadJson(text);
    ASSERT_TRUE(result.ok()) << text;
    document_ = (*std::move(result)).root;
    findings_ = std::make_unique<FindingSink>(&document_);
  }

  // The state before the first step of loading, for a family of the test's own.
  LoadingState& Start(const Family& family, const std::string& text) {
    Read(text);
    state_ = std::make_unique<LoadingState>(family, document_, findings_.get());
    return *state_;
  }

  // The state after loading as a model of `model_type`.
  LoadingState& Load(const std::string& model_type, const std::string& text) {
    Read(text);
    const Family* family = FindFamily(model_type);
    EXPECT_NE(family, nullptr) << model_type;
    state_ = std::make_unique<LoadingState>(LoadModel(*family, document_, findings_.get()));
    return *state_;
  }

  // The codes and paths of all findings, "ROPE-E010 rope_theta", sorted.
  std::vector<std::string> Findings() {
    std::vector<std::string> found;
    for (const Finding& finding : findings_->Take()) {
      found.push_back(finding.code + " " + finding.path);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  JsonValue document_;
  std::unique_ptr<FindingSink> findings_;
  std::unique_ptr<LoadingState> state_;
};

}  // namespace rope::testing
