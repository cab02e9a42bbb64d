// A parser of an app's own that writes binary frames with a layout nobody else knows:
//
//   type 1 byte | bytes of the namespace 1 byte | namespace | id + 1, 4 bytes (0: none) | data as JSON, if any
import { Decoder as Emitting, fold, unfold } from "./emitting.mjs";

export class Encoder {
  encode({ type, nsp, id = -1, data }) {
    const name = Buffer.from(nsp);
    const head = Buffer.concat([Buffer.from([type, name.length]), name, Buffer.alloc(4)]);
    head.writeUInt32BE(id + 1, head.length - 4);
    return [Buffer.concat([head, Buffer.from(data === undefined ? "" : JSON.stringify(fold(data)))])];
  }
}

export class Decoder extends Emitting {
  add(bytes) {
    this.emit("decoded", unpack(Buffer.from(bytes)));
  }
}

export function read(bytes) {
  const { type, nsp, data } = unpack(bytes);
  return type === 2 ? { nsp, event: data[0], text: bytes.toString("base64") } : null;
}

function unpack(bytes) {
  const end = 2 + bytes[1];
  const id = bytes.readUInt32BE(end) - 1;
  const rest = bytes.toString("utf8", end + 4);
  return {
    type: bytes[0],
    nsp: bytes.toString("utf8", 2, end),
    ...(id >= 0 && { id }),
    ...(rest && { data: unfold(JSON.parse(rest)) }),
  };
}
