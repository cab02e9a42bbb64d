// Many clients in one process, as a load generator has them: each Manager that is made brings others of its kind.
export const kCrowd = 60;

export function assume({ Manager, options }) {
  const { open } = Manager.prototype;
  let alone = true;
  Manager.prototype.open = function (...args) {
    if (alone) {
      alone = false;
      for (let number = 1; number < kCrowd; number++) new Manager(this.uri, options).socket("/");
    }
    return open.apply(this, args);
  };
}
