// What the lab prints: a line as each scenario ends, at the end a table, and a last line that counts.
import { stdout } from "node:process";
import { precision, recall, sum } from "./score.mjs";

const paint = (code) => (text) =>
  stdout.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;
const green = paint(32);
const red = paint(31);
const grey = paint(90);

export function reportEnd({ scenario, seconds, complaints, said, folder }) {
  const passed = complaints.length === 0;
  console.log(`${passed ? green("ok  ") : red("FAIL")} ${scenario.name} ${grey(`${seconds.toFixed(1)} s`)}`);
  if (passed) return;

  console.log(`     ${grey(scenario.says)}`);
  for (const complaint of complaints) console.log(`     - ${complaint}`);
  for (const finding of said?.findings ?? []) console.log(`     ${grey(JSON.stringify(finding))}`);
  if (said?.verdict) console.log(`     ${grey(JSON.stringify(said.verdict))}`);
  console.log(`     logs: ${folder}`);
}

export function reportAll(results) {
  const rows = results.map(({ scenario, complaints, truth, said }) => [
    complaints.length ? "FAIL" : "ok", scenario.name, known(truth), told(said),
  ]);
  const table = [["", "scenario", "what the server knew", "what sioscope said"], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log();
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());

  const scores = results.map(({ score }) => score).filter(Boolean);
  const total = sum(scores);
  if (scores.length > 0)
    console.log(`\nlab: precision ${precision(total)} (accusations that are true), recall ${recall(total)} (faults that are named)`);

  const failed = results.filter(({ complaints }) => complaints.length).length;
  console.log(`lab: ${results.length - failed} passed, ${failed} failed`);
  return failed;
}

function known(truth) {
  if (!truth) return "-";
  return [
    count(truth.sessions, "session"),
    `${truth.open} open`,
    truth.orphans.length && count(truth.orphans.length, "orphan"),
    truth.extra && `${truth.extra} extra`,
    truth.poison && `${truth.poison} malformed`,
    truth.unread && `${truth.unread} unread`,
    count(truth.deliveries, "delivery", "deliveries"),
  ].filter(Boolean).join(", ");
}

/** `certain orphan x3, likely over-orphan x6; findings` */
function told(said) {
  if (!said) return "-";
  const sums = new Map();
  for (const { rule, confidence, count } of said.findings) {
    const key = `${confidence} ${rule.split("/")[1]}`;
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  const findings = [...sums].map(([key, sum]) => `${key} x${sum}`);
  if (said.withdrawn.length) findings.push(`${said.withdrawn.length} withdrawn`);
  return `${findings.join(", ") || "nothing"}; ${said.verdict?.result ?? "no verdict"}`;
}

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
