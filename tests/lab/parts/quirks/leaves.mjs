// An old client with the flaw that 4.5.2 brought: it catches what its decoder throws, and reconnects without closing
// its engine. The real 2.5.0 does not catch, so that no Engine.IO 3 client of npm leaves a session behind.
export function assume({ Manager }) {
  Manager.prototype.ondata = function (data) {
    try {
      this.decoder.add(data);
    } catch {
      this.onclose("parse error");
    }
  };
}
