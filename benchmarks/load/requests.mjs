// HTTP requests over a fixed number of keep-alive connections. Each connection sends its next request when it has
// read the whole answer to the one before.

import { performance } from "node:perf_hooks";
import { Client } from "undici";

// Opens one keep-alive connection, which holds one request at a time.
export const connect = (origin) =>
  new Client(origin, { pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });

// Sends one request and returns the milliseconds until its answer is complete. Throws unless the answer is 2xx.
export async function exchange(client, headers, { method, path, body }) {
  const started = performance.now();
  const answer = await client.request({ method, path, headers, body: body ?? null });
  const content = await answer.body.text();
  const elapsed = performance.now() - started;
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    throw new Error(`${method} ${path} was answered with ${answer.statusCode}: ${content.slice(0, 500)}`);
  }
  return elapsed;
}

// Sends the requests over so many connections. `busy` says which share of the time this process had work to do: near
// 1 it may have been slower than the server.
export async function send({ origin, connections, headers, requests }) {
  const clients = Array.from({ length: connections }, () => connect(origin));
  const latencies = [];
  let next = 0;
  const work = async (client) => {
    while (next < requests.length) {
      latencies.push(await exchange(client, headers, requests[next++]));
    }
  };
  const idleSince = performance.eventLoopUtilization();
  const started = performance.now();
  try {
    await Promise.all(clients.map(work));
    const seconds = (performance.now() - started) / 1000;
    return { seconds, latencies, busy: performance.eventLoopUtilization(idleSince).utilization };
  } finally {
    next = requests.length; // after a failure the other connections stop too
    await Promise.all(clients.map((client) => client.destroy()));
  }
}
