import { defineConfig } from "vitest/config";

// One file after the other: a finding belongs to the test during which its session connected.
export default defineConfig({
  test: { include: ["vitest/*.test.mjs"], setupFiles: ["./vitest/setup.mjs"], fileParallelism: false },
});
