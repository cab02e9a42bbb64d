// Finds the scenarios: every .mjs below scenarios/, once for each case, client version and transport it asks for.
// A version is a client's; "2.5.0 on 4.5.4" names the server's too, which is the present one otherwise. A case is a
// word of the scenario's own, and what it changes: `cases: { gzip: { options: {...} } }`.
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

function spread(name, { over: { cases = { "": {} }, versions = [""], transports = [""] } = {}, ...scenario }) {
  return Object.entries(cases).flatMap(([word, change]) =>
    versions.flatMap((pair) =>
      transports.map((transport) => {
        const [version, generation] = pair.split(" on ");
        return {
          ...scenario,
          ...change,
          version,
          generation,
          transport,
          file: name,
          name: [name, word, pair, transport].filter(Boolean).join(" "),
          ...(typeof scenario.check === "function" && { check: scenario.check({ version, transport }) }),
        };
      }),
    ),
  );
}
