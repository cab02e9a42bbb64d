// Our client against every generation of npm's server, over a relay on which everything goes wrong in turn. The server's
// own truth decides: no session of the client's lives on beside its next one, no event is handled twice, none is lost
// while a session lasts, every ack is told once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { attach, revisionOf } from "../parts/generations.mjs";
import { RoughRelay } from "./rough_relay.mjs";

export const kGenerations = ["2.5.1", "3.1.2", "4.1.3", "4.5.4", "4.7.5", "4.8.4"];
export const kTransports = ["polling", "websocket", "upgrade"];

const kHeartbeat = { pingInterval: 300, pingTimeout: 300 };
const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, description, patience = 10_000) {
  for (const end = Date.now() + patience; ; await sleep(10)) {
    const value = what();
    if (value) return value;
    assert.ok(Date.now() < end, `waited in vain for: ${description}`);
  }
}

/** A server that can be killed and started again on its port, and remembers what it saw over all its lives. */
class Server {
  sessions = []; // { open, heardAfter }: in order of opening
  heard = []; // Numbers that the client said, in order.
  news = 0;
  #generation;
  #options;

  constructor(generation, options = {}) {
    this.#generation = generation;
    this.#options = options;
  }

  async start() {
    this.http = createServer();
    this.io = await attach(this.#generation, this.http, { ...kHeartbeat, ...this.#options });
    this.io.engine.on("connection", (conn) => this.#watch(conn));
    this.io.on("connection", (socket) => {
      socket.on("say", (number, ...rest) => {
        this.heard.push(number);
        rest.at(-1)(number);
      });
    });
    this.http.listen(this.port ?? 0, "127.0.0.1");
    await once(this.http, "listening");
    this.port = this.http.address().port;
  }
  /** As SIGKILL: no goodbye, no memory. */
  async kill() {
    const ended = once(this.http, "close");
    this.http.close();
    for (const session of this.sessions) session.dead = true;
    this.http.closeAllConnections();
    for (const { conn } of this.sessions) conn.transport?.socket?.terminate?.() ?? conn.close(true);
    await ended;
    this.io.close();
  }
  tell() {
    this.io.emit("news", ++this.news);
  }
  /** What no client can parse, in a message of its own. */
  poison() {
    for (const { conn, dead } of this.sessions) if (!dead && conn.readyState === "open") conn.write("2[null]");
  }
  get open() {
    return this.sessions.filter(({ conn, dead }) => !dead && conn.readyState === "open").length;
  }
  get revision() {
    return revisionOf(this.sessions.at(-1).conn);
  }

  #watch(conn) {
    const session = { conn, dead: false, superseded: false, signsOfLife: [] };
    for (const older of this.sessions) older.superseded = true;
    this.sessions.push(session);
    conn.on("packet", ({ type }) => {
      if (session.superseded && !session.dead && type !== "close") session.signsOfLife.push(type);
    });
  }
}

class OurClient {
  lines = [];

  constructor(program, url, transport, revision) {
    this.child = spawn(
      program,
      ["connect", url, "--reconnect", "100ms", "--stdin", "--ack", "1s", "-t", transport, "--eio", String(revision)],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    children.add(this.child);
    createInterface({ input: this.child.stdout }).on("line", (line) => this.lines.push(JSON.parse(line)));
  }
  all(kind) {
    return this.lines.filter(({ happened }) => happened === kind);
  }
  connected(times) {
    return until(() => this.all("connected").length >= times, `connection number ${times}`);
  }
  say(number) {
    this.child.stdin.write(`say ${number}\n`);
  }
  async stop() {
    this.child.kill("SIGTERM");
    await once(this.child, "exit");
    children.delete(this.child);
  }
}

/** One server, one client, one fault after the other. */
export async function weather(program, generation, transport) {
  const server = new Server(generation);
  await server.start();
  const relay = await RoughRelay.start(server.port);
  const revision = generation.startsWith("2.") ? 3 : 4;
  const client = new OurClient(program, relay.url, transport, revision);
  let said = 0;
  let lives = 0;

  /** Both ways, and nothing is lost or doubled once both ends are there. */
  const talk = async () => {
    await client.connected(++lives);
    const news = client.all("event").length;
    for (let i = 0; i < 3; ++i) {
      client.say(++said);
      server.tell();
    }
    const last = said;
    await until(() => client.all("ack").some(({ args }) => args[0] === last), `the ack of ${last}`);
    await until(() => client.all("event").length >= news + 3, "three pieces of news");
  };
  const upgraded = async () => {
    if (transport === "upgrade")
      await until(() => client.all("engine-upgraded").length >= lives, "the upgrade");
  };

  try {
    await talk();
    assert.equal(server.revision, revision);
    await upgraded();

    client.say(++said);
    relay.reset();
    await talk();

    await upgraded();
    client.say(++said);
    relay.fallSilent();
    await talk();

    await upgraded();
    if (transport !== "polling") {
      // A poll that waits has nothing to send, and posts have connections of their own: over polling nothing is lost.
      relay.fallHalfSilent("up");
      client.say(++said);
      await talk();
    }

    relay.fallHalfSilent("down");
    server.tell();
    await talk();

    await upgraded();
    server.poison();
    await talk();

    server.poison(); // Maybe in the middle of the upgrade.
    await talk();

    client.say(++said);
    await server.kill();
    await sleep(150);
    await server.start();
    await talk();

    if (transport !== "websocket") {
      relay.refusesUpgrades = true; // So that there are polls to lose.
      relay.reset();
      await talk();
      const upgrades = client.all("engine-upgraded").length;
      relay.losesPolls = true;
      server.tell();
      await talk();
      assert.equal(client.all("engine-upgraded").length, upgrades, "no upgrade while they are refused");
    }

    // The truth.
    for (const { conn, signsOfLife } of server.sessions)
      assert.deepEqual(signsOfLife, [], `session ${conn.id} lived on beside its successor`);
    await until(() => server.open === 1, "the server to hold one session");
    const events = client.all("event").map(({ args }) => args[0]);
    assert.deepEqual(events, [...new Set(events)].sort((a, b) => a - b), "news: once each, in order");
    assert.deepEqual(server.heard, [...new Set(server.heard)], "said: once each");
    const ended = [...client.all("ack"), ...client.all("ack-failed")].map(({ id }) => id).sort((a, b) => a - b);
    await until(() => client.all("ack").length + client.all("ack-failed").length === said, "every ack's end");
    assert.deepEqual(ended, [...new Set(ended)], "acks: each told once");
  } finally {
    await client.stop();
  }
  await until(() => server.open === 0, "the server to see it go");
  relay.close();
  await server.kill();
}

/** With connection state recovery what a reset took is sent again, once. */
export async function recovers(program, transport) {
  const server = new Server("4.8.4", { connectionStateRecovery: {} });
  await server.start();
  const relay = await RoughRelay.start(server.port);
  const client = new OurClient(program, relay.url, transport, 4);
  try {
    await client.connected(1);
    server.tell();
    await until(() => client.all("event").length === 1, "the first news");
    relay.reset();
    await until(() => server.open === 0, "the server to notice");
    server.tell();
    server.tell();
    await client.connected(2);
    server.tell();
    await until(() => client.all("event").length >= 4, "all news");
    assert.deepEqual(client.all("connected").map(({ recovered }) => recovered), [false, true]);
    const [one, two] = client.all("connected");
    assert.equal(one.id, two.id, "a recovered socket keeps its id");
    assert.deepEqual(client.all("event").map(({ args }) => args[0]), [1, 2, 3, 4]);
  } finally {
    await client.stop();
  }
  relay.close();
  await server.kill();
}
