// Finds the scenarios: every .mjs below scenarios/, once for each client version and transport it asks for.
import { readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";

const kFolder = fileURLToPath(new URL("../scenarios", import.meta.url));

export async function loadScenarios() {
  const files = readdirSync(kFolder, { recursive: true }).filter((file) => file.endsWith(".mjs")).sort();
  const all = [];
  for (const file of files) {
    const { default: scenario } = await import(pathToFileURL(join(kFolder, file)));
    all.push(...spread(file.slice(0, -".mjs".length), scenario));
  }
  return all;
}

function spread(name, { over: { versions = [undefined], transports = [undefined] } = {}, ...scenario }) {
  return versions.flatMap((version) =>
    transports.map((transport) => ({
      ...scenario,
      version,
      transport,
      name: [name, version, transport].filter(Boolean).join(" "),
      ...(typeof scenario.check === "function" && { check: scenario.check({ version, transport }) }),
    })),
  );
}
