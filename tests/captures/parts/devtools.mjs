// What Chrome's developer tools export as HAR: the same fields, from the same events of its debugging protocol.
// Source: front_end/models/har/Log.ts of DevTools.
const kMore = { cache: {}, pageref: "page_1" };

/** Records a page until har(), which resolves with the text of the file. */
export async function record(page) {
  const session = await page.context().newCDPSession(page);
  const requests = new Map();
  const of = (id) => requests.get(id) ?? requests.set(id, { messages: [] }).get(id);
  let drift = 0; // Between the protocol's monotonic seconds and the clock on the wall.
  const message = (type) => ({ requestId, timestamp, response: { opcode, payloadData } }) =>
    of(requestId).messages.push({ type, time: timestamp + drift, opcode, data: payloadData });

  session.on("Network.requestWillBeSent", ({ requestId, request, wallTime, timestamp }) => {
    drift = wallTime - timestamp;
    Object.assign(of(requestId), { request, wallTime, began: timestamp });
  });
  session.on("Network.responseReceived", ({ requestId, response, timestamp }) =>
    Object.assign(of(requestId), { response, answered: timestamp }),
  );
  session.on("Network.loadingFinished", ({ requestId, timestamp }) => {
    of(requestId).ended = timestamp;
    of(requestId).body = session.send("Network.getResponseBody", { requestId }).catch(() => undefined);
  });
  session.on("Network.loadingFailed", ({ requestId, timestamp, errorText }) =>
    Object.assign(of(requestId), { ended: timestamp, errorText }),
  );
  session.on("Network.webSocketCreated", ({ requestId, url }) => Object.assign(of(requestId), { url }));
  session.on("Network.webSocketWillSendHandshakeRequest", ({ requestId, request, wallTime, timestamp }) => {
    drift = wallTime - timestamp;
    Object.assign(of(requestId), { request: { ...request, method: "GET", url: of(requestId).url }, wallTime, began: timestamp });
  });
  session.on("Network.webSocketHandshakeResponseReceived", ({ requestId, response, timestamp }) =>
    Object.assign(of(requestId), { response, answered: timestamp }),
  );
  session.on("Network.webSocketClosed", ({ requestId, timestamp }) => (of(requestId).ended = timestamp));
  session.on("Network.webSocketFrameSent", message("send"));
  session.on("Network.webSocketFrameReceived", message("receive"));
  await session.send("Network.enable");

  return {
    async har() {
      const entries = [];
      for (const one of requests.values()) if (one.request) entries.push(await entry(one));
      const pages = [{ startedDateTime: new Date().toISOString(), id: "page_1", title: page.url(), pageTimings: {} }];
      return JSON.stringify({ log: { version: "1.2", creator: { name: "WebInspector", version: "537.36" }, pages, entries } }, null, 2);
    },
  };
}

async function entry({ request, response, wallTime, began, answered, ended, errorText, body, messages, url }) {
  const content = (await body) ?? { body: "", base64Encoded: false };
  const wait = answered ? (answered - began) * 1000 : 0;
  const end = ended ?? answered ?? began;
  return {
    ...kMore,
    _resourceType: url ? "websocket" : "xhr",
    ...(url && { _webSocketMessages: messages }),
    startedDateTime: new Date(wallTime * 1000).toISOString(),
    time: (end - began) * 1000,
    timings: { blocked: 0, dns: -1, ssl: -1, connect: -1, send: 0, wait, receive: (end - (answered ?? end)) * 1000 },
    request: {
      method: request.method,
      url: request.url,
      httpVersion: "http/1.1",
      headers: list(request.headers),
      ...(request.postData !== undefined && { postData: { mimeType: "text/plain", text: request.postData } }),
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? "",
      httpVersion: "http/1.1",
      headers: list(response?.headers ?? {}),
      content: { size: content.body.length, mimeType: "text/plain", text: content.body, ...(content.base64Encoded && { encoding: "base64" }) },
      _error: errorText ?? null,
    },
  };
}

const list = (headers) => Object.entries(headers).map(([name, value]) => ({ name, value }));
