// The findings file as DESIGN.md promises it: NDJSON, the last record for an id counts, "withdrawn" takes one back,
// and a verdict comes last. Everything here is a check of that contract too.
import { existsSync, readFileSync } from "node:fs";

const kConfidence = ["possible", "likely", "certain"];
export const atLeast = (confidence, level) => kConfidence.indexOf(confidence) >= kConfidence.indexOf(level);

/** `{ text, findings, withdrawn, verdict, complaints }`. */
export function readFindings(file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const complaints = [];
  const current = new Map();
  const withdrawn = new Map();
  const verdicts = [];

  for (const line of text.split("\n").filter(Boolean)) {
    const record = parse(line, complaints);
    if (verdicts.length) complaints.push(`a record follows the verdict: ${line}`);
    if (record?.type === "finding") {
      complaints.push(...misshapen(record));
      current.set(record.id, record);
    } else if (record?.type === "withdrawn") {
      if (!current.has(record.id)) complaints.push(`"${record.id}" is withdrawn but was never found`);
      if (!record.reason) complaints.push(`"${record.id}" is withdrawn without a reason`);
      withdrawn.set(record.id, current.get(record.id));
      current.delete(record.id);
    } else if (record?.type === "verdict") verdicts.push(record);
    else if (record) complaints.push(`a record of no known type: ${line}`);
  }
  if (text && !text.endsWith("\n")) complaints.push("the last line has no end");
  if (verdicts.length !== 1) complaints.push(`${verdicts.length} verdicts instead of one`);
  return { text, findings: [...current.values()], withdrawn: [...withdrawn.values()], verdict: verdicts[0], complaints };
}

function parse(line, complaints) {
  try {
    return JSON.parse(line);
  } catch {
    complaints.push(`a line that is no JSON: ${line}`);
  }
}

function misshapen(finding) {
  const complaints = [];
  const need = (condition, what) => condition || complaints.push(`${finding.id} (${finding.rule}): ${what}`);
  need(/^[a-z]+\/[a-z-]+$/.test(finding.rule), "the rule has no proper name");
  need(["error", "warning", "info"].includes(finding.severity), `severity "${finding.severity}"`);
  need(kConfidence.includes(finding.confidence), `confidence "${finding.confidence}"`);
  need(finding.count >= 1, `count ${finding.count}`);
  need(Date.parse(finding.first_seen) <= Date.parse(finding.last_seen), "first_seen and last_seen are no period");
  need(finding.evidence?.length, "no evidence");
  need(finding.summary && finding.remedy, "no summary or no remedy");
  return complaints;
}
