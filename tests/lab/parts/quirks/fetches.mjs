// Polling by fetch(), which clients since 4.8 offer: connections kept alive, and bodies unpacked as in a browser.
export const assume = ({ client, options }) => (options.transports = [client.Fetch]);
