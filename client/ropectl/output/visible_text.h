// Text from elsewhere, made safe for a terminal.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace rope::ropectl {

// `text` with what a terminal would obey instead of show written as an escape: control characters
// (\x1b, \n, \u009b), characters that change the direction of text (\u202e), and bytes that are no
// UTF-8 (\xff). The result is printable UTF-8 on one line. Pure.
std::string VisibleText(absl::string_view text);

// Does that to all strings in the message. Fields of type bytes stay unchanged, and so do fields
// that hold JSON (their names are "fix" or end with "_json"): programs read them. Whoever prints
// one uses VisibleText.
void MakeVisible(google::protobuf::Message* message);

// The answer of a server, with MakeVisible done to it.
template <typename Message>
absl::StatusOr<Message> Visible(absl::StatusOr<Message> answer) {
  if (answer.ok()) MakeVisible(&*answer);
  return answer;
}

}  // namespace rope::ropectl
