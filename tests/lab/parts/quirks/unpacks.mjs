// HTTP as browsers do it: the XMLHttpRequest of Node's clients asks for no compression and would not undo it, so what
// comes compressed is unpacked before it sees it. Who wants it says so by an accept-encoding header.
import http from "node:http";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const kUnpackers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

export function assume({ tell }) {
  const { request } = http;
  http.request = (options, heard) => {
    const sent = request.call(http, options);
    sent.once("response", (response) => {
      const encoding = response.headers["content-encoding"];
      if (encoding) tell({ happened: "unpacked", encoding });
      heard(encoding ? unpack(response, kUnpackers[encoding]()) : response);
    });
    return sent;
  };
}

function unpack(response, unpacker) {
  const { statusCode, rawHeaders, headers: { "content-encoding": _, "content-length": __, ...headers } } = response;
  return Object.assign(response.pipe(unpacker), { statusCode, rawHeaders, headers });
}
