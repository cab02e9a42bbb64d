// Claims, what was measured beside them, and what could not be tried here.
export const tally = { passed: 0, failed: 0 };
export const measured = [];

export function check(claim, holds, why = "") {
  if (holds) {
    tally.passed += 1;
    return true;
  }
  tally.failed += 1;
  console.log(`FAILED ${claim}\n${String(why).trimEnd().replace(/^/gm, "  | ")}`);
  return false;
}
export const note = (what, figure) => {
  measured.push([what, figure]);
  console.log(`soak: ${what}: ${figure}`);
};
/** Said loudly: nobody may take it for tried. */
export const skip = (what, why) => console.log(`soak: SKIPPED ${what}: ${why}`);
