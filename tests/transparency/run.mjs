// Runs the test that stands beside the program: node run.mjs --program build/release/sioscope [--seed N]
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

const args = process.argv.slice(2);
const program = args[args.indexOf("--program") + 1];
const { status } = spawnSync(join(dirname(program), "tests", "transparency"), args, { stdio: "inherit" });
process.exit(status ?? 1);
