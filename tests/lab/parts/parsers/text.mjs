// A parser of an app's own, as the manual of socket.io shows how to write one: each packet whole, in one text.
//
//   4{"type":2,"nsp":"/","data":["news",1]}     Engine.IO's 4, then no packet type of Socket.IO's
import { Decoder as Emitting, fold, unfold } from "./emitting.mjs";

export class Encoder {
  encode = (packet) => [JSON.stringify(fold(packet))];
}

export class Decoder extends Emitting {
  add(text) {
    this.emit("decoded", unfold(JSON.parse(text)));
  }
}

export function read(text) {
  const { type, nsp, data } = JSON.parse(text);
  return type === 2 ? { nsp, event: data[0], text } : null;
}
