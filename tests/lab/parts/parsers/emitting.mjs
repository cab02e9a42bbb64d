// What the parsers of this folder share: a decoder that tells by events, as socket.io's Manager and Client expect it,
// and binary values in JSON.
import { EventEmitter } from "node:events";

export class Decoder extends EventEmitter {
  destroy() {}
}

/** Bytes as `{ bytes: base64 }`, anywhere in a value. */
export function fold(value) {
  if (ArrayBuffer.isView(value)) return { bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(fold);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fold(inner)]));
}

export function unfold(value) {
  if (typeof value?.bytes === "string") return Buffer.from(value.bytes, "base64");
  if (Array.isArray(value)) return value.map(unfold);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unfold(inner)]));
}
