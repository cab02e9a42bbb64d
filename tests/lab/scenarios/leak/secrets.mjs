const secrets = ["cookie-d41d8cd98f00", "bearer-b204e9800998", "auth-ecf8427e4a77"];

export default {
  says: "without --reveal-sids nothing that sioscope writes lets anyone take over a session",
  over: { versions: ["4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  reveal: false,
  secrets,
  claims: { orphans: 1, extra: 1, poisoned: true },

  async play({ server, tab }) {
    const [cookie, bearer, token] = secrets;
    const headers = { cookie: `session=${cookie}`, authorization: `Bearer ${bearer}` };
    const client = tab({ headers, auth: { token } });
    await client.settled();
    server.poison();
    await client.settled(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
