import { expect, test } from "./fixtures.mjs";

test("a client comes back", async ({ page }) => { // Fails: it leaves a session behind.
  await page.goto("/?leaky");
  await expect(page.getByText("connected")).toHaveCount(1);
  await page.evaluate(() => socket.emit("bug"));
  await expect(page.getByText("connected")).toHaveCount(2);
});

test("a message reaches everybody", async ({ page, context }) => {
  const other = await context.newPage();
  await Promise.all([page.goto("/"), other.goto("/")]);
  await expect(other.getByText("connected")).toHaveCount(1);
  await page.evaluate(() => socket.emit("say", "hello"));
  await expect(other.getByText("hello")).toBeVisible();
});
