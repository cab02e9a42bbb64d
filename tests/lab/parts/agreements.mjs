// What a server may agree on with a client that offers permessage-deflate, as scenarios' cases.
const deflate = (asked, agreed) => ({ options: { perMessageDeflate: { threshold: 0, ...asked } }, agreed });

export const kAgreements = {
  plain: deflate({}, {}),
  "no-takeover": deflate(
    { serverNoContextTakeover: true, clientNoContextTakeover: true },
    { server_no_context_takeover: true, client_no_context_takeover: true },
  ),
  "small-windows": deflate(
    { serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
    { server_max_window_bits: 9, client_max_window_bits: 10 },
  ),
};
