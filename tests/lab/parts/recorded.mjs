// With --recorded every scenario is captured as well, and the capture must say what the live run said.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const captureOf = (folder) => join(folder, "capture.pcapng");

/** What sioscope is started with. */
export const recordingArgs = (folder) => ["--capture", captureOf(folder)];

/** Options of a scenario that say how to judge, which `sioscope analyze` takes too. */
const kJudging = ["--client-key", "--dedupe-key", "--handled-twice", "--parser", "--fail-on", "--baseline", "--config"];
const judgingArgs = (args = []) =>
  args.flatMap((arg, i) => (kJudging.includes(arg) ? [arg, args[i + 1]] : []));

let tshark;
function hasTshark() {
  if (tshark !== undefined) return tshark;
  try {
    execFileSync("tshark", ["--version"], { stdio: "ignore" });
    return (tshark = true);
  } catch {
    console.log("SKIPPED what tshark says of captures: there is no tshark");
    return (tshark = false);
  }
}

/** Records, but for what only a live run knows. */
const recordsOf = (file) =>
  readFileSync(file, "utf8").trim().split("\n").map((line) => {
    const { own_exit, child_exit, ...record } = JSON.parse(line);
    return JSON.stringify(record);
  });

/** Findings that stand at the end and have a frame to show. */
function lastFindings(lines) {
  const standing = new Map();
  for (const record of lines.map((line) => JSON.parse(line)))
    if (record.type === "finding") standing.set(record.id, record);
    else if (record.type === "withdrawn") standing.delete(record.id);
  return [...standing.values()].filter(({ evidence }) => evidence.some(({ what }) => what !== "silence"));
}

/** Complaints about the capture of a scenario, whose live findings are in `findingsFile`. */
export async function judgeRecording({ program, folder, findingsFile, reveal = true, path, args, secrets = [] }) {
  const capture = captureOf(folder);
  const analysed = join(folder, "analysed.ndjson");
  const complaints = [];
  const analysis = await run(program, [
    "analyze", capture, "--findings", analysed, "--quiet", ...(reveal ? ["--reveal-sids"] : []),
    ...(path ? ["--path", path] : []), ...judgingArgs(args),
  ]).catch((error) => error);
  if (![0, 1, 3, undefined].includes(analysis.code)) return [`sioscope analyze ends with ${analysis.code}: ${analysis.stderr}`];

  const live = recordsOf(findingsFile);
  const later = recordsOf(analysed);
  const difference = live.findIndex((record, i) => record !== later[i]);
  if (difference >= 0 || live.length !== later.length)
    complaints.push(`the capture says otherwise: ${later[difference] ?? later.length} and not ${live[difference] ?? live.length}`);

  const bytes = readFileSync(capture, "latin1");
  for (const secret of secrets) if (bytes.includes(secret)) complaints.push(`"${secret}" is a secret and was recorded`);
  if (statSync(capture).mode & 0o077) complaints.push("others may read the capture");
  if (hasTshark()) {
    const { stdout } = await run("tshark", [
      "-r", capture, "-q", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-z", "expert,warn",
    ], { maxBuffer: 1 << 26 });
    // Its rows are: frequency, group, protocol, summary. A reset that was there is no fault of the capture.
    const warnings = stdout.split("\n").filter((row) => /^ +\d/.test(row) && !row.endsWith("Connection reset (RST)"));
    if (warnings.length > 0) complaints.push(`tshark warns: ${warnings.slice(0, 5).join(" | ")}`);
    const comments = await run("tshark", ["-r", capture, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"], { maxBuffer: 1 << 26 });
    for (const { rule, id } of lastFindings(live))
      if (!comments.stdout.includes(`${id} ${rule} (`)) complaints.push(`tshark shows no comment about ${id} ${rule}`);
  }
  return complaints;
}
