#include "rules/protocol/attachment_mismatch.hpp"

namespace rules::protocol {
namespace {

using core::socketio::Cause;

/// What went wrong, as a sentence; empty when it has nothing to do with attachments.
std::string_view sentence(const core::socketio::Causes causes) noexcept {
  struct Row {
    Cause cause;
    std::string_view text;
  };
  static constexpr Row kRows[] = {
      {Cause::TextWhileReconstructing,
       "A binary packet announced attachments, and a text packet came before they were complete."},
      {Cause::BinaryWithoutHeader, "A binary message came that no packet had announced."},
      {Cause::CountOverLimit, "A binary packet announces more attachments than receivers take."},
      {Cause::CountZero, "A binary packet announces no attachments."},
      {Cause::CountNotNumber, "A binary packet does not say how many attachments follow."},
      {Cause::CountNotInteger, "A binary packet announces a number of attachments that is none."},
      {Cause::IllegalPlaceholder,
       "A binary packet refers to an attachment that does not come with it."},
  };
  for (const Row& row : kRows)
    if (causes.has(row.cause)) return row.text;
  return {};
}

}  // namespace

const Description AttachmentMismatch::kDescription{
    .id = "protocol/attachment-mismatch",
    .severity = Severity::Error,
    .summary = "A binary packet and its attachments do not go together.",
    .why =
        "The receiver throws when the next text packet comes, so the packet that is blamed is not "
        "the one at fault; clients drop their connection over it.",
    .proof =
        "The packet that announces attachments, and what came instead of them: certain. "
        "protocol/malformed-packet tells of the same packets which releases refuse them.",
    .silent = "The stray binary message follows a packet that was refused already.",
    .remedy =
        "Do not write to the transport between a packet and its attachments; keep to ten "
        "attachments, or raise maxAttachments on both sides.",
    .source = "socketio/socket.io-client#1551; socketio/socket.io#5489, #5504",
};

void AttachmentMismatch::observe(const core::session::Fact& fact) {
  const std::string_view text = sentence(fact.refusal->causes);
  if (!text.empty()) tell_packet(fact, std::string(text));
}

}  // namespace rules::protocol
