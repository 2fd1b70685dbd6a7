// What the scenarios of tests/matrix ask of a client, done with one version of the official client: the same code in
// Node and in a page. Bytes travel as {"$bytes": base64}, and a stream to upload as {"$upload": {items, error, pause}}.

export function createDriver({ signalR, MessagePackHubProtocol, tell }) {
  const connections = new Map();

  function build({
    url,
    transport,
    protocol,
    token,
    headers,
    skipNegotiation,
    withCredentials,
    delays,
    stateful,
  }) {
    const options = {
      transport: signalR.HttpTransportType[transport],
      headers,
      skipNegotiation,
      withCredentials,
    };
    if (token !== null) {
      options.accessTokenFactory = () => token;
    }
    const builder = new signalR.HubConnectionBuilder()
      .withUrl(url, options)
      .configureLogging(signalR.LogLevel.None);
    if (protocol === "messagepack") {
      builder.withHubProtocol(new MessagePackHubProtocol());
    }
    if (delays !== null) {
      builder.withAutomaticReconnect(delays);
    }
    if (stateful) {
      builder.withStatefulReconnect();
    }
    return builder.build();
  }

  const commands = {
    async connect({ connection: name, targets, answers, ...settings }) {
      const connection = build(settings);
      connections.set(name, connection);
      const forward = (event, args) => tell({ connection: name, event, args: args.map(toPlain) });
      for (const target of targets) {
        connection.on(target, (...args) => forward(target, args));
      }
      for (const [target, answer] of Object.entries(answers)) {
        connection.on(target, (...args) => {
          forward(target, args);
          if ("error" in answer) {
            throw new Error(answer.error);
          }
          return fromPlain(answer.result);
        });
      }
      connection.onreconnecting((error) => forward("reconnecting", [text(error)]));
      connection.onreconnected((id) => forward("reconnected", [id]));
      connection.onclose((error) => forward("close", [text(error)]));
      await connection.start();
      return connection.connectionId;
    },

    invoke({ connection, method, args }) {
      return calling(args, (values) => connections.get(connection).invoke(method, ...values));
    },

    send({ connection, method, args }) {
      return calling(args, (values) => connections.get(connection).send(method, ...values));
    },

    // Resolves at the stream's end, or after `take` items; an error ends it, too, and is told beside what came before.
    stream({ connection, method, args, take }) {
      return calling(
        args,
        (values) =>
          new Promise((resolve) => {
            const items = [];
            const end = (error) => resolve({ items, error });
            const subscription = connections
              .get(connection)
              .stream(method, ...values)
              .subscribe({
                next(item) {
                  items.push(item);
                  if (items.length === take) {
                    subscription.dispose();
                    end(null);
                  }
                },
                complete: () => end(null),
                error: (error) => end(error.message),
              });
          }),
      );
    },

    async restart({ connection }) {
      await connections.get(connection).start();
      return connections.get(connection).connectionId;
    },

    async stop({ connection }) {
      await connections.get(connection)?.stop();
    },
  };

  // Calls with upload streams among the arguments; they are fed as soon as the call is on its way.
  async function calling(args, call) {
    const uploads = [];
    const values = args.map((arg) => {
      if (arg?.$upload === undefined) {
        return fromPlain(arg);
      }
      const subject = new signalR.Subject();
      uploads.push(feed.bind(null, subject, arg.$upload));
      return subject;
    });
    const outcome = call(values);
    const feeding = Promise.all(uploads.map((upload) => upload()));
    const [result] = await Promise.all([outcome, feeding]);
    return toPlain(result);
  }

  async function feed(subject, { items, error, pause }) {
    for (const item of items) {
      subject.next(fromPlain(item));
      await (pause ? new Promise((resolve) => setTimeout(resolve, pause)) : null);
    }
    if (error === null) {
      subject.complete();
    } else {
      subject.error(error);
    }
  }

  return {
    async answer(command, details) {
      try {
        return { result: (await commands[command](details)) ?? null };
      } catch (error) {
        return { error: error.message };
      }
    },
  };
}

function text(error) {
  return error ? error.message : null;
}

function fromPlain(value) {
  if (value?.$bytes !== undefined) {
    return Uint8Array.from(atob(value.$bytes), (character) => character.charCodeAt(0));
  }
  return value;
}

function toPlain(value) {
  if (value instanceof Uint8Array) {
    return { $bytes: btoa(String.fromCharCode(...value)) };
  }
  return value;
}
