// WebSockets of customers, and the time from a request to the frame at the customer whom it concerns.

import { performance } from "node:perf_hooks";
import { WebSocket } from "undici";
import { connect, exchange } from "./requests.mjs";

const PATIENCE_MS = 20_000;
const SEPARATOR = "\u001e";
const HANDSHAKE = `{"protocol":"json","version":1}${SEPARATOR}`;
const SETTLE_MS = 300;

let sockets = [];
let waiting = null; // the frame that is waited for: { mark, to, arrived, failed }

// Opens one WebSocket for each path. With `handshake` the server speaks SignalR and answers a handshake first; without,
// it sends bare JSON.
export async function watch({ origin, paths, handshake }) {
  const base = origin.replace(/^http/, "ws");
  sockets = await Promise.all(paths.map((path, number) => open(base + path, number, handshake)));
  // A server may answer the handshake before it adds the connection to its group.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return sockets.length;
}

export async function unwatch() {
  for (const socket of sockets) {
    socket.onclose = null;
    socket.close();
  }
  sockets = [];
  return 0;
}

function open(url, number, handshake) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const opened = () => {
      socket.onmessage = ({ data }) => received(number, data);
      socket.onclose = () => waiting?.failed(new Error("the server closed a WebSocket"));
      resolve(socket);
    };
    socket.onerror = () => reject(new Error("the server refused a WebSocket"));
    socket.onclose = () => reject(new Error("the server closed a WebSocket"));
    socket.onopen = () => (handshake ? socket.send(HANDSHAKE) : opened());
    socket.onmessage = ({ data }) =>
      data.startsWith(`{}${SEPARATOR}`)
        ? opened()
        : reject(new Error(`the handshake was answered with ${data}`));
  });
}

function received(number, data) {
  if (waiting === null || !data.includes(waiting.mark)) {
    return; // a ping
  }
  if (number === waiting.to) {
    waiting.arrived(performance.now());
  } else {
    waiting.failed(new Error(`the frame for customer ${waiting.to} came to customer ${number}`));
  }
}

// Sends one request after the other, and waits for its answer and for the frame with `mark` at socket number `to`.
// Returns the milliseconds from sending to each. A frame at another socket is an error.
export async function push({ origin, headers, mark, requests }) {
  const client = connect(origin);
  const answers = [];
  const frames = [];
  try {
    for (const request of requests) {
      const started = performance.now();
      const [answer, arrived] = await Promise.all([
        exchange(client, headers, request),
        arrival(mark, request),
      ]);
      answers.push(answer);
      frames.push(arrived - started);
    }
  } finally {
    waiting = null;
    await client.destroy();
  }
  return { answers, frames };
}

function arrival(mark, { path, to }) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${path}: the frame did not come`)), PATIENCE_MS);
    const end = (settle) => (value) => {
      clearTimeout(timer);
      settle(value);
    };
    waiting = { mark, to, arrived: end(resolve), failed: end(reject) };
  });
}
