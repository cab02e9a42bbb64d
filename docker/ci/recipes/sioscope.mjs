// Asks sioscope what happened on the wire during one test. Copy this file into your project: it needs nothing but Node 18.
//
// `sioscope check --admin 127.0.0.1:0 ... -- npm test` says where it is in SIOSCOPE_URL (what clients connect to) and
// SIOSCOPE_ADMIN (what this file asks). Without it both functions do nothing, so tests also run alone.
//
//     const since = await mark("a message reaches everybody");
//     ...
//     await assertClean(since); // Throws, and names what leaked or came twice.
//
// A finding belongs to the test during which its session connected. Tests that run at the same time through one sioscope
// cannot be told apart: run one after the other.

/** Where clients connect: through sioscope, or straight to the server when it is not there. */
export const serverUrl = (direct) => process.env.SIOSCOPE_URL || direct;

/** The findings of one test. */
export class SioscopeError extends Error {
  name = "SioscopeError";

  constructor(message, findings) {
    super(message);
    this.findings = findings;
  }
}

/** Begins a test. Resolves with its mark, or null when sioscope is not there. */
export async function mark(name) {
  const answer = await post("/marks", { name: name.slice(0, 200) });
  return answer && { id: answer.mark, name };
}

/**
 * Ends a test: throws when something since its mark fails the build (`--fail-on`).
 *
 * `grace` is how long sioscope may wait for proof, while there is a suspect; else it answers at once. Proof needs a ping, so
 * give the server a short `pingInterval` in tests. With `inconclusive: "fail"` a test fails too when sioscope cannot say:
 * nothing came through, something could not be read, or a suspect went unproven.
 */
export async function assertClean(since, { grace = "3s", inconclusive = "pass" } = {}) {
  if (since === null) return;
  const verdict = await post("/assert", { since: since.id, grace });
  const bad = verdict.result === "findings" && verdict.own_exit !== 0;
  if (!bad && !(verdict.result === "inconclusive" && inconclusive === "fail")) return;
  const findings = verdict.findings.filter(({ ignored, baseline }) => !ignored && baseline !== "known");
  throw new SioscopeError([`sioscope: ${verdict.result} in "${since.name}"`, ...findings.map(text),
                           ...(bad ? [] : (verdict.advice ?? []))].join("\n"), findings);
}

const text = ({ id, rule, confidence, session, summary, remedy }) =>
  `${id} ${rule} (${confidence}), session ${session.id}\n  ${summary}\n  what to do: ${remedy}`;

async function post(path, body) {
  const admin = process.env.SIOSCOPE_ADMIN;
  if (!admin) return null;
  const token = process.env.SIOSCOPE_ADMIN_TOKEN;
  const response = await fetch(admin + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`sioscope: POST ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
