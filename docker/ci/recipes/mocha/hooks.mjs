// Every test gets a mark before and a verdict after it. The test itself fails, not a hook, which would end the run.
//
//     sioscope check --admin 127.0.0.1:0 ... -- npx mocha --require ./mocha/hooks.mjs --exit
import { assertClean, mark } from "../sioscope.mjs";

export const mochaHooks = {
  async beforeEach() {
    const test = this.currentTest;
    const since = await mark(test.fullTitle());
    const body = test.fn;
    if (test.timeout() > 0) test.timeout(test.timeout() + 5_000); // A verdict may wait for proof.
    test.fn = test.async
      ? function (done) {
          body.call(this, (error) => (error ? done(error) : assertClean(since).then(() => done(), done)));
        }
      : async function () {
          await body.call(this);
          await assertClean(since);
        };
  },
};
