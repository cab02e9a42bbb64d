// Certificates change while many talk over TLS: with each SIGHUP they are read again. Nobody may be dropped, no handshake fail,
// new connections see the new certificate, and what cannot be used changes nothing and is said. Once towards clients alone,
// once on both sides: there the server's certificate comes from another authority each time, too.
import { X509Certificate, constants } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { Authority } from "../../tls/certificates.mjs";
import { check, note } from "../parts/claims.mjs";
import { Program, median } from "../parts/program.mjs";
import { Session, sleep } from "../parts/session.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "certificates";

const kNames = "DNS:app.example,IP:127.0.0.1";
const fingerprint = (cert) => new X509Certificate(cert).fingerprint256;
const both = ({ cert, key }) => cert + key;

/** Sends SIGHUP, and waits until the program has said `what` once more. */
async function reload(program, what) {
  const said = () => program.output.split(what).length;
  const before = said();
  program.child.kill("SIGHUP");
  for (let i = 0; i < 4000 && said() === before; i += 1) await sleep(5);
  return said() > before;
}
const kRead = "SIGHUP: certificates were read again";

/** One handshake: `{ shown, reused, session }`, or `{ error }`. `session` is what its client may come back with. */
function shake(port, options) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", servername: "app.example", ...options });
    let session;
    socket.on("session", (given) => (session = given));
    socket.on("error", (error) => resolve({ error: error.message }));
    socket.on("secureConnect", async () => {
      // A ticket of TLS 1.3 comes behind the handshake; the answer to a request, behind the ticket.
      socket.write("GET / HTTP/1.1\r\nHost: soak\r\n\r\n");
      await Promise.race([once(socket, "data"), once(socket, "close")]);
      resolve({ shown: socket.getPeerCertificate().fingerprint256, reused: socket.isSessionReused(), session: session ?? socket.getSession() });
      socket.destroy();
    });
  });
}

class Crowd {
  all = [];
  #talking = true;

  constructor(port, size, client) {
    Object.assign(this, { port, client });
    this.come(size);
    this.talked = (async () => {
      for (; this.#talking; await sleep(100)) for (const one of this.all) if (Math.random() < 0.3) one.say();
    })();
  }
  come(count) {
    const those = Array.from({ length: count }, () => new Session(this.port, this.client));
    this.all.push(...those);
    return Promise.race([Promise.all(those.map((one) => one.opened())).then((came) => came.every(Boolean)), sleep(30_000)]);
  }
  leave(count) {
    for (const one of this.all.filter((one) => one.ready && !one.excused && one.heard === one.said).slice(0, count)) one.leave();
  }
  async end() {
    this.#talking = false;
    await this.talked;
    return Promise.race([Promise.all(this.all.filter((one) => !one.excused).map((one) => one.answered())), sleep(30_000)]);
  }
}

async function changed(path, folder, { size, rounds, reloads, secureUpstream }) {
  const what = `certificates, ${secureUpstream ? "on both sides" : "towards clients"}`;
  const authorities = [new Authority(folder, `one-${secureUpstream}`), new Authority(folder, `two-${secureUpstream}`)];
  const [authority] = authorities;
  // All are made before it begins: making one keeps this process from everything else.
  const issued = Array.from({ length: rounds + 1 }, (_, i) => authority.issue(`own-${secureUpstream}-${i}`, kNames));
  const servers = authorities.map((one, i) => one.issue(`server-${secureUpstream}-${i}`, kNames));
  const changing = join(folder, `changing-${secureUpstream}.pem`);
  const trusted = join(folder, `trusted-${secureUpstream}.pem`);
  writeFileSync(changing, both(issued[0]));
  writeFileSync(trusted, authority.pem);

  const upstream = await Upstream.start(secureUpstream && servers[0].files.both);
  const program = await Program.start(path, upstream.port, {
    scheme: secureUpstream ? "https" : "http",
    args: ["--threads", "2", "--log-level", "info", "--tls-cert", changing, ...(secureUpstream ? ["--upstream-ca", trusted] : [])],
  });
  const client = { ca: [authority.pem] };
  const crowd = new Crowd(program.port, size, { tls: { ...client, servername: "app.example" } });
  const wrong = { file: [], shown: [], storm: [], back: [], server: [] };
  const back = { resumed: 0, full: 0 };
  const memory = [];

  for (let round = 1; round <= rounds; round += 1) {
    const [old, fresh] = [issued[round - 1], issued[round]];
    const shows = async (kind, which, ...these) => {
      const got = await Promise.all(Array.from({ length: 8 }, () => shake(program.port, client)));
      for (const one of got) if (!these.some(({ cert }) => one.shown === fingerprint(cert))) wrong[kind].push(`round ${round}, ${which}: ${one.error ?? `it shows ${one.shown}`}`);
    };
    const [ticket, known] = await Promise.all([shake(program.port, client), shake(program.port, { ...client, maxVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_TICKET })]);

    // What cannot be used.
    for (const [which, text, said] of [
      ["a broken file", both(fresh).replaceAll("M", "?"), "what was read before stays in use"],
      ["no file's worth", "", "there is no certificate in"],
      ["a pair that is none", fresh.cert + old.key, "does not belong to the first certificate"],
    ]) {
      writeFileSync(changing, text);
      if (!(await reload(program, said))) wrong.file.push(`round ${round}: of ${which} it does not say that ${said}`);
      await shows("file", which, old);
    }

    // What can, while handshakes are under way: they show the one or the other.
    writeFileSync(changing, both(fresh));
    await shows("shown", "changed on the disk alone", old);
    const storm = Array.from({ length: 3 }, async (_, i) => (await sleep(i * 3), shows("storm", "while it changes", old, fresh)));
    for (let i = 0; i < 3; i += 1) if (!(await reload(program, kRead))) wrong.shown.push(`round ${round}: it does not say that they were read again`);
    await shows("shown", "after SIGHUP", fresh);
    await Promise.all(storm);

    // Who comes back is known, or gets a whole handshake, with the new certificate.
    for (const [given, options] of [[ticket, {}], [known, { maxVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_TICKET }]]) {
      const again = await shake(program.port, { ...client, ...options, session: given.session });
      back[again.reused ? "resumed" : "full"] += 1;
      if (again.error || (!again.reused && again.shown !== fingerprint(fresh.cert))) wrong.back.push(`round ${round}: ${again.error ?? again.shown}`);
      if (given === ticket && !again.reused) wrong.back.push(`round ${round}: a ticket counts no more`);
    }

    if (secureUpstream) {
      // The server gets its next certificate from the other authority: trusted beside the old one at first, then alone.
      const next = round % 2;
      const trust = async (which, pem, said) => {
        writeFileSync(trusted, pem);
        if (!(await reload(program, said))) wrong.server.push(`round ${round}, ${which}: it does not say that ${said}`);
        if (!(await crowd.come(4))) wrong.server.push(`round ${round}, ${which}: who is new does not get in: ${program.output.slice(-500)}`);
      };
      await trust("nobody is trusted", "", "there is no certificate in");
      await trust("both are trusted", authorities[0].pem + authorities[1].pem, kRead);
      await upstream.show(servers[next].files.both);
      await trust("the server shows the other's", authorities[next].pem, kRead);
      crowd.leave(12);
    }
    crowd.leave(Math.ceil(size / 20));
    if (!(await crowd.come(Math.ceil(size / 20)))) wrong.shown.push(`round ${round}: who is new does not get in: ${crowd.all.filter((one) => !one.ready).slice(0, 3).map((one) => `${one.state} ${one.how}`)}`);
    memory.push(program.memory);
  }

  // Nothing of what was replaced may stay.
  for (let i = 1; i <= reloads; i += 1) {
    await reload(program, kRead);
    if (i % (reloads / 10) === 0) memory.push(program.memory);
  }

  const claim = (text, which) => check(`${what}: ${text}`, wrong[which].length === 0, wrong[which].slice(0, 5).join("\n"));
  claim("what cannot be used changes nothing, and is said", "file");
  claim("new connections see the new certificate, from SIGHUP on", "shown");
  claim("who comes meanwhile sees one or the other", "storm");
  claim("who comes back is known, or sees the new one", "back");
  if (secureUpstream) claim("who is trusted as the server changes, too", "server");
  await crowd.end();
  const lost = crowd.all.filter((one) => !one.excused && (!one.alive || one.heard !== one.said));
  check(`${what}: nobody is dropped, and all that was said is answered`, lost.length === 0, lost.slice(0, 5).map((one) => `${one.id}: ${one.state} ${one.how} ${one.heard} of ${one.said}; at the server: ${upstream.ended.get(one.id)?.how}`).join("\n"));
  const astray = [...crowd.all.map((one) => one.wrong).filter(Boolean), ...(await upstream.tell()).wrong];
  check(`${what}: no byte is wrong`, astray.length === 0, astray.slice(0, 5).join("\n"));
  const handshakes = Object.fromEntries([...(await program.metrics()).matchAll(/^sioscope_tls_handshakes_total\{(.*)\} (\d+)$/gm)].map(([, which, count]) => [which, Number(count)]));
  const failed = Object.entries(handshakes).filter(([which, count]) => /fail/.test(which) && count > 0);
  check(`${what}: no handshake fails`, failed.length === 0, failed.join("\n") + program.output.slice(-1000));
  note(`${what}: sessions, messages`, `${crowd.all.length}, ${crowd.all.reduce((sum, one) => sum + one.said, 0)}`);
  note(`${what}: handshakes`, JSON.stringify(handshakes));
  note(`${what}: who came back`, `${back.resumed} by the session they had, ${back.full} by a whole handshake`);
  const reloaded = memory.slice(-10);
  note(`${what}: memory, MB, with each ${reloads / 10} of ${reloads} reloads`, reloaded.map((one) => one.toFixed(1)).join(" "));
  const [early, late] = [median(reloaded.slice(2, 5)), median(reloaded.slice(-3))];
  check(`${what}: memory is flat however often they are read`, late <= early * 1.1 + 4, `${early.toFixed(1)} MB, later ${late.toFixed(1)}`);

  for (const one of crowd.all) one.leave();
  for (let i = 0; i < 200 && (await program.metric("sioscope_connections_active")) > 0; i += 1) await sleep(50);
  check(`${what}: nobody stays behind`, (await program.metric("sioscope_connections_active")) === 0);
  const code = await program.stop();
  check(`${what}: the verdict is clean`, code === 0, `${code}: ${program.output.slice(-1000)}`);
  upstream.child.kill("SIGKILL");
}

export async function run({ program, short }) {
  const folder = mkdtempSync(join(tmpdir(), "sioscope-certificates-"));
  const size = short ? { size: 40, rounds: 2, reloads: 50 } : { size: 300, rounds: 20, reloads: 1000 };
  try {
    for (const secureUpstream of [false, true]) await changed(program, folder, { ...size, secureUpstream });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
