// Opens its connection, and forgets to join a namespace.
export function assume({ client }) {
  (client.Socket ?? client.default.Socket).prototype.onopen = () => {};
}
