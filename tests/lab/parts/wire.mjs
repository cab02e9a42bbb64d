// A deliberately small reading of Socket.IO's own packets as the *server* writes them: enough to count events.
// It shares no code with the program under test, so that the two cannot agree by being wrong together.
//
//   2/chat,7["news",1]      EVENT  in /chat, asks for ack 7
//   51-["photo",{...}]      BINARY_EVENT in /, one attachment follows
const kEvent = /^(?:2|5\d+-)(?:(\/[^,]*),)?\d*(\[.*)$/s;

/** `{ nsp, event, text }` for an EVENT, `event: null` if every parser since 4.2 refuses it; else null. */
export function readEvent(text) {
  const match = typeof text === "string" && kEvent.exec(text);
  return match ? { nsp: match[1] ?? "/", event: eventName(match[2]), text } : null;
}

function eventName(json) {
  try {
    const [name] = JSON.parse(json);
    return typeof name === "string" || typeof name === "number" ? String(name) : null;
  } catch {
    return null;
  }
}
