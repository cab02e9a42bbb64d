// What a server may agree on with a client that offers permessage-deflate, as scenarios' cases. `agreed` is what its
// `extensions` must say; ws names the extension but no parameters, so that those rest on what ws makes of its options.
const deflate = (parameters) => ({ options: { perMessageDeflate: { threshold: 0, ...parameters } }, agreed: /permessage-deflate/ });

export const kAgreements = {
  plain: deflate({}),
  "no-takeover": deflate({ serverNoContextTakeover: true, clientNoContextTakeover: true }),
  "small-windows": deflate({ serverMaxWindowBits: 9, clientMaxWindowBits: 10 }),
};
