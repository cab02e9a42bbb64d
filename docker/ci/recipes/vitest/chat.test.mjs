import { describe, expect, test } from "vitest";
import { clientComesBack, messageReachesEverybody } from "../app/chat.mjs";

describe("chat", () => {
  test("a client comes back", async () => expect(await clientComesBack()).toBe(true)); // Fails: it leaves a session behind.
  test("a message reaches everybody", async () => expect(await messageReachesEverybody()).toBe("hello"));
});
