// One file after the other: a finding belongs to the test during which its session connected. An orphan keeps its socket
// open, and Jest would wait for it: hence forceExit.
export default {
  rootDir: "..",
  testMatch: ["<rootDir>/jest/*.test.mjs"],
  setupFilesAfterEnv: ["<rootDir>/jest/setup.mjs"],
  transform: {},
  maxWorkers: 1,
  forceExit: true,
};
