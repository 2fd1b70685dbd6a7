// Drives one version of the official client for the Python tests: commands come as JSON lines on stdin, answers
// and events leave as JSON lines on stdout. The arguments are the package's name and the server's base address.
import { createInterface } from "node:readline";

const [, , packageName, baseUrl] = process.argv;
const { default: signalR } = await import(packageName);
const connections = new Map();

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function build({ hub, token, skipNegotiation, reconnectDelays }) {
  const options = { transport: signalR.HttpTransportType.WebSockets, skipNegotiation };
  if (token !== null) {
    options.accessTokenFactory = () => token;
  }
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(baseUrl + hub, options)
    .configureLogging(signalR.LogLevel.None);
  return (reconnectDelays === null ? builder : builder.withAutomaticReconnect(reconnectDelays)).build();
}

const commands = {
  async connect({ connection: name, targets, ...settings }) {
    const connection = build(settings);
    connections.set(name, connection);
    for (const target of targets) {
      connection.on(target, (...args) => tell({ connection: name, event: target, args }));
    }
    connection.onreconnecting((error) =>
      tell({ connection: name, event: "reconnecting", args: [String(error)] }),
    );
    connection.onreconnected((id) => tell({ connection: name, event: "reconnected", args: [id] }));
    connection.onclose((error) =>
      tell({ connection: name, event: "close", args: [error ? String(error) : null] }),
    );
    await connection.start();
    return connection.connectionId;
  },
  invoke({ connection, method, args }) {
    return connections.get(connection).invoke(method, ...args);
  },
  send({ connection, method, args }) {
    return connections.get(connection).send(method, ...args);
  },
  stop({ connection }) {
    return connections.get(connection).stop();
  },
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, command, ...details } = JSON.parse(line);
    try {
      tell({ id, result: (await commands[command](details)) ?? null });
    } catch (error) {
      tell({ id, error: error.message });
    }
  })
  .on("close", () => process.exit(0));

tell({ event: "ready", args: [signalR.VERSION] });
