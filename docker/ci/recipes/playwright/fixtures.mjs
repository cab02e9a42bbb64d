// `test` with a mark before and a verdict after each. The verdict comes while the page is still open: a page that is gone
// has taken its orphans with it, and nothing is left to prove.
import { test as base } from "@playwright/test";
import { assertClean, mark } from "../sioscope.mjs";

export { expect } from "@playwright/test";
export const test = base.extend({
  sioscope: [
    async ({ page: _ }, use, info) => {
      const since = await mark(info.titlePath.join(" "));
      await use();
      await assertClean(since);
    },
    { auto: true },
  ],
});
