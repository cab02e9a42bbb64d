// socket.io knows gzip and deflate; a reverse proxy before it may pack its answers with brotli. So does this one, in
// the server's own process: what is sent whole goes out packed.
import { brotliCompressSync } from "node:zlib";

export function packWithBrotli(http) {
  http.prependListener("request", (request, response) => {
    if (!/\bbr\b/.test(request.headers["accept-encoding"])) return;
    delete request.headers["accept-encoding"]; // The server itself packs nothing.
    const { writeHead, end } = response;
    let head;
    response.writeHead = (...args) => ((head = args), response);
    response.end = (body) => {
      const packed = brotliCompressSync(body ?? "");
      const [status, headers] = head;
      writeHead.call(response, status, { ...headers, "Content-Encoding": "br", "Content-Length": packed.length });
      end.call(response, packed);
    };
  });
}
