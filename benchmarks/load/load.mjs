// Makes load for the Python harness: one JSON command per line on stdin, one JSON answer per line on stdout.

import { createInterface } from "node:readline";
import { send } from "./requests.mjs";
import { push, unwatch, watch } from "./sockets.mjs";

const COMMANDS = { send, watch, push, unwatch };

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...details } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await COMMANDS[command](details) };
  } catch (error) {
    answer = { error: `${error.message}${error.cause ? `: ${error.cause.message}` : ""}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0); // sockets that are still open must not keep the process alive
