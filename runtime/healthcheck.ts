// Is the service in this container up? node runtime/healthcheck.ts <port> [path]: exit code 0 if it answers well.

const [port, path = '/healthz'] = process.argv.slice(2);
const isUp = await fetch(`http://127.0.0.1:${port}${path}`).then(
  (response) => response.ok,
  () => false,
);
process.exit(isUp ? 0 : 1);
