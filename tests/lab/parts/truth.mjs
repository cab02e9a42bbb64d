// What really happened, told by the server and the clients, never by sioscope.

/**
 * An orphan is a session its own tab has left behind and the server still holds. `families` lists, per tab, the sids
 * of its sessions in order; `held(session, next)` says whether the server held on to a session after its successor.
 */
export function tellTruth(server, families, held) {
  const sessions = [...server.sessions.values()];
  const orphans = families.flatMap((sids) => orphansOf(sids.map((sid) => server.sessions.get(sid)), held));
  const deliveries = sessions.flatMap((session) => session.sent).filter(isDelivery);
  const extras = orphans.flatMap((orphan) => orphan.copies);
  return {
    sessions: sessions.length,
    unread: server.parser.foreign ? sessions.filter(({ joined }) => joined.length).length : 0,
    mute: sessions.filter(({ mute }) => mute).length,
    open: server.open.length,
    orphans,
    extra: extras.length,
    poison: sessions.flatMap((session) => session.sent).filter((packet) => !isDelivery(packet)).length,
    poisoned: sessions.filter(({ sent }) => !sent.every(isDelivery)).map(({ sid }) => sid),
    deliveries: deliveries.length,
    events: [
      ...tally(deliveries, extras, "to_client"),
      ...tally(sessions.flatMap((session) => session.received), [], "to_server"),
    ],
  };
}

// A packet that the parsers of today refuse is sent, but nobody is delivered anything.
const isDelivery = (packet) => packet.event !== null;

function orphansOf(sessions, held) {
  return sessions.slice(0, -1).flatMap((session, i) => {
    if (!held(session, sessions[i + 1])) return [];
    return [{
      sid: session.sid,
      successor: sessions[i + 1].sid,
      sockets: session.sockets,
      transport: session.transport,
      eio: session.eio,
      copies: copiesIn(session, sessions.slice(i + 1)),
    }];
  });
}

/** The packets a session got that one of its successors got from the same emit. */
function copiesIn(session, successors) {
  const key = (packet) => `${packet.tick} ${packet.text}`;
  const elsewhere = new Set(successors.flatMap((successor) => successor.sent).map(key));
  return session.sent.filter((packet) => isDelivery(packet) && elsewhere.has(key(packet)));
}

function tally(packets, extras, direction) {
  const rows = new Map();
  const row = ({ nsp, event }) => {
    const key = `${nsp} ${event}`;
    if (!rows.has(key)) rows.set(key, { nsp, event, direction, sent: 0, extra: 0 });
    return rows.get(key);
  };
  for (const packet of packets) row(packet).sent += 1;
  for (const packet of extras) row(packet).extra += 1;
  return [...rows.values()];
}
