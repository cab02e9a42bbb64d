// `sioscope analyze`, and what it said.
import { join } from "node:path";
import { exitCode, run } from "../../lab/parts/children.mjs";
import { readFindings } from "../../lab/parts/findings.mjs";

/** Resolves with `{ code, stderr, said }`. */
export async function analyze(program, folder, files, args = [], reveal = true) {
  const findingsFile = join(folder, `analyzed-${++runs}.ndjson`);
  const all = [...(reveal ? ["--reveal-sids"] : []), "--findings", findingsFile, ...args, ...files];
  const child = run(program, ["analyze", ...all], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (bytes) => (stderr += bytes));
  const code = await exitCode(child, 120_000, "sioscope analyze ends");
  return { code, stderr, said: readFindings(findingsFile) };
}
let runs = 0;

/** A finding without its times, and without the ends of what else was said. */
export const gist = ({ rule, severity, confidence, unproven, client, session, successor, direction, event, count, fault }) =>
  JSON.stringify({
    rule, severity, confidence, unproven, grade: client?.grade, sid: session?.sid, successor: successor?.sid, direction,
    event, count, fault,
  });

/** What only one of two runs said. */
export function differences(live, offline) {
  const one = live.findings.map(gist).sort();
  const other = offline.findings.map(gist).sort();
  return [
    ...one.filter((each) => !other.includes(each)).map((each) => `only live: ${each}`),
    ...other.filter((each) => !one.includes(each)).map((each) => `only offline: ${each}`),
  ];
}

/** What is wrong with an analysis of story.mjs's story. */
export function finds(orphan, { code, said, stderr }, { exact = true } = {}) {
  const complaints = [...said.complaints];
  if (code !== 1) complaints.push(`exits ${code}, saying: ${stderr}`);
  const expected = {
    "protocol/malformed-packet": 1,
    "leak/orphan-after-parse-error": 1,
    "duplicate/over-orphan": exact ? 3 : undefined,
  };
  for (const [rule, count] of Object.entries(expected)) {
    if (count === undefined) continue;
    const found = said.findings.filter((finding) => finding.rule === rule);
    const right = found.length === 1 && found[0].session.sid === orphan && found[0].count === count;
    if (!right || found[0].confidence === "possible") complaints.push(`${rule} of ${orphan}: ${found.map(gist).join("; ") || "not found"}`);
  }
  for (const finding of exact ? said.findings : [])
    if (!(finding.rule in expected) && finding.severity !== "info") complaints.push(`also: ${gist(finding)}`);
  return complaints;
}
