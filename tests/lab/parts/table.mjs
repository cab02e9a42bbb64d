// The table of README.md: every scenario, what the server knew and what sioscope said, over all its versions and
// transports. Written by `node run.mjs --table`.
import { readFileSync, writeFileSync } from "node:fs";
import { precision, recall, sum } from "./score.mjs";

const kBegin = "<!-- table: node run.mjs --table -->\n";
const kEnd = "<!-- end of table -->\n";

export function tableOf(results) {
  const files = new Map();
  for (const result of results.filter(({ score }) => score)) {
    const file = result.scenario.file;
    files.set(file, [...(files.get(file) ?? []), result]);
  }
  const rows = [...files].map(([file, plays]) => {
    const total = sum(plays.map(({ score }) => score));
    const cells = [file, plays.length, plays[0].scenario.says, knewOf(plays), saidOf(total), precision(total), recall(total)];
    return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const all = sum(results.filter(({ score }) => score).map(({ score }) => score));
  return [
    "| Scenario | Runs | What happens | What the server knew | What sioscope said | Precision | Recall |",
    "|---|---:|---|---|---|---:|---:|",
    ...rows,
    `| **all** | ${results.length} | | | | **${precision(all)}** | **${recall(all)}** |`,
    "",
  ].join("\n");
}

export function writeTable(readme, results) {
  const text = readFileSync(readme, "utf8");
  const [before, rest] = text.split(kBegin);
  const [, after] = rest.split(kEnd);
  writeFileSync(readme, before + kBegin + tableOf(results) + kEnd + after);
}

function knewOf(plays) {
  const of = (number) => plays.reduce((total, play) => total + number(play), 0);
  const orphans = of(({ truth }) => truth.orphans.length);
  const extra = of(({ truth }) => truth.extra);
  const poison = of(({ truth }) => truth.poison);
  const faults = Object.keys(plays[0].scenario.expect?.faults ?? {});
  return [orphans && `${orphans} orphans`, extra && `${extra} extra copies`, poison && `${poison} bad packets`, ...faults]
    .filter(Boolean).join(", ") || "nothing wrong";
}

function saidOf({ said }) {
  const words = [...said].map((each) => each.replace(" ", " `") + "`").sort();
  return words.join(", ") || "nothing";
}
