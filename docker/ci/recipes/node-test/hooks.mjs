// Every test gets a mark before and a verdict after it: `node --test --import ./node-test/hooks.mjs`.
import { afterEach, beforeEach } from "node:test";
import { assertClean, mark } from "../sioscope.mjs";

const marks = new WeakMap();
beforeEach(async (context) => marks.set(context, await mark(context.fullName ?? context.name)));
afterEach(async (context) => assertClean(marks.get(context) ?? null));
