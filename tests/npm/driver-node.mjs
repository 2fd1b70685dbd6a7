// The driver in Node: commands come as JSON lines on stdin, answers and events leave as JSON lines on stdout. The
// arguments are the names that the client and its MessagePack package are installed by.
import { createInterface } from "node:readline";
import { createDriver } from "./driver.mjs";

const [, , client, messagePack] = process.argv;
const { default: signalR } = await import(client);
const { default: msgpack } = await import(messagePack);

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// A client that is stopped while it uploads rejects promises that it gave to nobody; what matters is rejected elsewhere.
process.on("unhandledRejection", () => {});

const driver = createDriver({ signalR, MessagePackHubProtocol: msgpack.MessagePackHubProtocol, tell });

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, command, ...details } = JSON.parse(line);
    tell({ id, ...(await driver.answer(command, details)) });
  })
  .on("close", () => process.exit(0));

tell({ event: "ready", args: [signalR.VERSION] });
