// Every test gets a mark before and a verdict after it.
import { assertClean, mark } from "../sioscope.mjs";

const kTimeout = 10_000; // A verdict may wait for proof.
let since = null;
beforeEach(async () => {
  since = await mark(expect.getState().currentTestName);
});
afterEach(async () => assertClean(since), kTimeout);
