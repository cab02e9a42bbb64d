// Waiting for a condition instead of for time. Whatever can change emits "change", and the condition is looked at
// again: nothing polls, nothing sleeps, and a wait that never ends fails with the sentence it was waiting for.

/** Resolves with the first truthy `condition()`; the `sources` say when to look again. */
export function until(what, condition, sources, deadlineMs = 30_000) {
  return new Promise((resolve, reject) => {
    const finish = (settle, value) => {
      clearTimeout(timer);
      for (const source of sources) source.off("change", look);
      settle(value);
    };
    const look = () => {
      try {
        const value = condition();
        if (value) finish(resolve, value);
      } catch (error) {
        finish(reject, error);
      }
    };
    const timer = setTimeout(
      () => finish(reject, new Error(`waited ${deadlineMs / 1000} s in vain until ${what}`)),
      deadlineMs,
    );
    for (const source of sources) source.on("change", look);
    look();
  });
}

/** `promise`, or a failure saying `what` never happened. */
export function within(deadlineMs, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${deadlineMs / 1000} s`)), deadlineMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
