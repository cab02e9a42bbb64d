// A deliberately small reading of Socket.IO's own packets as the *server* writes them: enough to count events.
// It shares no code with the program under test, so that the two cannot agree by being wrong together.
//
//   2/chat,7["news",1]      EVENT  in /chat, asks for ack 7
//   51-["photo",{...}]      BINARY_EVENT in /, one attachment follows
const kEvent = /^(?:2|5(\d+)-)(?:(\/[^,]*),)?\d*(\[.*)$/s;
const kAttachmentsMax = 10; // Of the newest parsers, unless told otherwise.

/** `{ nsp, event, text }` for an EVENT, `event: null` if today's parsers refuse it; else null. */
export function readEvent(text) {
  const match = typeof text === "string" && kEvent.exec(text);
  if (!match) return null;
  const [, attachments = 0, nsp = "/", json] = match;
  return { nsp, event: attachments > kAttachmentsMax ? null : eventName(json), text };
}

function eventName(json) {
  try {
    const [name] = JSON.parse(json);
    return typeof name === "string" || typeof name === "number" ? String(name) : null;
  } catch {
    return null;
  }
}
