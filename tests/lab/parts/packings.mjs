// How polling bodies may be packed, as scenarios' cases: by socket.io itself above 1 KiB, or by a proxy before it.
import { packWithBrotli } from "./brotli.mjs";

const packed = (packing, serve = () => {}) => ({ packing, quirk: "unpacks", pack: serve });

export const kPackings = {
  gzip: packed("gzip"),
  deflate: packed("deflate"),
  br: packed("br", (server) => packWithBrotli(server.http)),
};
