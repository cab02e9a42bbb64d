// Whether the server answers: what a health check runs, in an image without curl.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/`).catch(() => ({ ok: false }));
process.exit(answer.ok ? 0 : 1);
