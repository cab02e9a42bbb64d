// A client that uses what there is: two namespaces, auth, acknowledgements both ways, bytes both ways.
const client = await import(`client-${process.env.VERSION}`);
const Manager = client.Manager ?? client.default.Manager;
const manager = new Manager(process.env.SIOSCOPE_URL, { transports: process.env.TRANSPORTS.split(",") });
const root = manager.socket("/", { auth: { token: "secret" } });
const chat = manager.socket("/chat", { auth: { token: "secret" } });
const connected = (socket) => new Promise((resolve) => (socket.connected ? resolve() : socket.once("connect", resolve)));
const ask = (socket, ...args) => new Promise((resolve) => socket.emit(...args, resolve));

root.on("question", (n, answer) => answer(n * 2, Buffer.from([n])));
await Promise.all([connected(root), connected(chat)]);
const three = await ask(root, "sum", 1, 2);
await ask(root, "sum", three, 4);
await ask(chat, "shout", "héllo \u{1f600}", Buffer.from([1, 2, 3]));
root.emit("done", { deep: [{ x: null }] });
await new Promise((resolve) => root.once("bye", resolve));
process.exit(0);
