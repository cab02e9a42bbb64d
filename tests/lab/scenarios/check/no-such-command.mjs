export default {
  says: "a test command that does not exist is a usage error",
  over: {},
  claims: {},
  check: () => ({
    command: ["./no-such-command"],
    exit: 2, // No childExit: there never was a child, nor a verdict.
  }),
};
