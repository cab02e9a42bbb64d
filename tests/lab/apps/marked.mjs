// A suite of two tests that marks each: the first leaks a session and stays unpunished by its own, the second is
// clean while the first one's orphan lives on. Ends with 1, saying why, when an assert answers otherwise.
import { io as leakyIo } from "client-4.7.5";
import { io as fixedIo } from "client-4.8.4";

const admin = process.env.SIOSCOPE_ADMIN; // Without sioscope there is nobody to ask.
const settings = {
  transports: process.env.TRANSPORTS.split(","),
  reconnectionDelay: 300,
  randomizationFactor: 0.1,
};
const event = (socket, name) => new Promise((resolve) => socket.once(name, resolve));

async function post(path, body) {
  const response = await fetch(`${admin}${path}`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, ...(await response.json()) };
}
const mark = async (name) => (admin ? (await post("/marks", { name })).mark : undefined);

async function expectVerdict(since, result, rules, more = {}) {
  if (!admin) return;
  const verdict = await post("/assert", { since, grace: "10s", ...more });
  const found = (verdict.findings ?? []).map(({ rule }) => rule).sort();
  if (verdict.status === 200 && verdict.result === result && `${found}` === `${rules}`) return;
  console.error(`${since} ${JSON.stringify(more)}: ${JSON.stringify(verdict)}`);
  process.exit(1);
}

const first = await mark("leaks");
const leaky = leakyIo(process.env.SIOSCOPE_URL, settings);
await event(leaky, "connect");
leaky.emit("break me");
await event(leaky, "connect");
leaky.emit("back");
await event(leaky, "enough");
await new Promise((resolve) => leaky.once("disconnect", resolve).disconnect());
const leaked = ["duplicate/over-orphan", "leak/orphan-after-parse-error", "protocol/malformed-packet"];
await expectVerdict(first, "findings", leaked);

const second = await mark("leaves nothing behind");
const fixed = fixedIo(process.env.SIOSCOPE_URL, settings);
await event(fixed, "connect");
for (const question of ["one", "two"]) await new Promise((answer) => fixed.emit("ask", question, answer));
await new Promise((resolve) => fixed.once("disconnect", resolve).disconnect());
await expectVerdict(second, "clean", []);
await expectVerdict(first, "findings", leaked, { until: second });
process.exit(0);
