// One tab: a process with one real socket.io-client, doing what the lab tells it and telling what happens to it.
// A tab is a process of its own because two tabs share nothing: no module state, no clock of ids, no sockets.
import { onAny } from "./generations.mjs";
import { parsers } from "./parsers.mjs";

const tell = (message) => process.connected && process.send(message);
const sockets = new Map();
let manager;

const steps = {
  async open({ version, url, namespaces, options, auth, socket: settings, twin, parser, quirk }) {
    const quirks = quirk ? await import(`./quirks/${quirk}.mjs`) : {};
    quirks.prepare?.(version);
    const client = await import(`client-${version}`);
    const Manager = client.Manager ?? client.default.Manager;
    options.parser = await parsers[parser].load?.();
    quirks.assume?.({ client, Manager, options, tell });
    manager = new Manager(url, { ...options, autoConnect: false });
    manager.on("open", onOpen);
    for (const nsp of namespaces) {
      const socket = manager.socket(nsp, { auth, ...settings });
      sockets.set(nsp, socket);
      socket.on("connect", () =>
        tell({ happened: "connected", nsp, id: socket.id, sid: manager.engine.id, recovered: socket.recovered }),
      );
      socket.on("disconnect", (reason) => tell({ happened: "disconnected", nsp, reason }));
      socket.on("connect_error", (error) => tell({ happened: "refused", nsp, why: String(error?.message ?? error) }));
      onAny(socket, (...args) => {
        const answer = typeof args.at(-1) === "function" ? args.pop() : null;
        if (args[0] === twin) openTwin(Manager, url, options);
        answer?.("ok", ...args.slice(1)); // Echoed, so that binary events get binary acks.
        tell({ happened: "heard", nsp, args });
      });
    }
    for (const socket of sockets.values()) socket.connect();
  },
  say: ({ nsp, args }) => void sockets.get(nsp).emit(...args),
  ask: ({ nsp, args }) => new Promise((resolve) => sockets.get(nsp).emit(...args, (...answer) => resolve(answer))),
  disconnect: () => sockets.forEach((socket) => socket.disconnect()),
  leave: ({ nsp }) => void sockets.get(nsp).disconnect(),
  connect: () => sockets.forEach((socket) => socket.connect()),
  // What a browser's "offline" event does: the engine closes, and the Manager reconnects by itself.
  drop: () => void manager.engine.close(),
};

/** A second connection of the same page, as `forceNew: true` makes one: on purpose, and no leak. */
function openTwin(Manager, url, options) {
  new Manager(url, options).socket("/").once("connect", () => tell({ happened: "twin connected" }));
}

function onOpen() {
  const engine = manager.engine;
  tell({ happened: "opened", sid: engine.id, transport: engine.transport.name });
  engine.on("upgrade", (transport) => tell({ happened: "upgraded", sid: engine.id, transport: transport.name }));
}

process.on("message", async ({ step, number, ...rest }) => tell({ did: number, answer: await steps[step](rest) }));
process.on("disconnect", () => process.exit()); // The lab is gone, however it went.
