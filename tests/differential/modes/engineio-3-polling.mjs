// engine.io-parser 2.2, a polling payload of text a frame.
import parser from "engine.io-parser-v3";
import { answer, take } from "../answer.mjs";
import { payloads } from "../generate_v3.mjs";

export default {
  share: 3,
  args: ["--layer", "engineio", "--eio", "3", "--transport", "polling"],
  frames: payloads,
  judge(frames) {
    const feed = (frame, packets) => parser.decodePayload(frame, (packet) => take(packet, packets));
    return { ...answer(feed, frames), pending: 0 };
  },
  cases: [
    { says: "lengths count UTF-16 units, lone surrogates too", frames: ["2:4é3:4\u{1f600}2:4\ud83d1:2"] },
    { says: "a length that cuts a character in two gives its half, then an error", frames: ["2:4\u{1f600}1:2"] },
    { says: "the type behind b is one unit, the rest of its character is data", frames: ["7:b\u{1f441}QIDB2:b\u{1f441}"] },
    { says: "lengths are what Number() reads", frames: ["0x2:4a 2\n:4b2e0:4c+2.0:4d\ufeff2:4e :-0:1:2"] },
    { says: "a length of 400 digits", frames: [`${"0".repeat(399)}2:4a`, `${"9".repeat(400)}:4a`] },
    { says: "no payload at all is an error", frames: [""] },
    { says: "a payload that is cut short", frames: ["1:26:4he"] },
    { says: "what stands behind a bad packet is not read", frames: ["1:21:71:3"] },
  ],
};
