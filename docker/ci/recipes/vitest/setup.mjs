// Every test gets a mark before and a verdict after it.
import { afterEach, beforeEach } from "vitest";
import { assertClean, mark } from "../sioscope.mjs";

const kTimeout = 10_000; // A verdict may wait for proof.
beforeEach(async (context) => {
  context.sioscope = await mark(context.task.name);
});
afterEach(async (context) => assertClean(context.sioscope), kTimeout);
