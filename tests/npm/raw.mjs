// Drives HttpConnection, the part of the official client below its hub protocol, for the Python tests. The arguments
// are the package's name, the URL, the names of transport and transfer format, and `skip` to leave negotiation out.
// Commands come as JSON lines on stdin, what is received and how it ended leaves as JSON lines on stdout.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , packageName, url, transport, format, skip] = process.argv;
const require = createRequire(import.meta.url);
const { HttpConnection } = require(`${packageName}/dist/cjs/HttpConnection.js`);
const { HttpTransportType, LogLevel, TransferFormat } = require(packageName);

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const connection = new HttpConnection(url, {
  transport: HttpTransportType[transport],
  skipNegotiation: skip === "skip",
  logger: LogLevel.None,
});
connection.onreceive = (data) =>
  tell(typeof data === "string" ? { text: data } : { hex: Buffer.from(data).toString("hex") });
connection.onclose = (error) => tell({ closed: error ? error.message : null });

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { text, hex, stop } = JSON.parse(line);
    try {
      if (stop) {
        await connection.stop();
      } else {
        await connection.send(text ?? new Uint8Array(Buffer.from(hex, "hex")).buffer);
      }
    } catch (error) {
      tell({ failed: error.message });
    }
  })
  .on("close", () => process.exit(0));

try {
  await connection.start(TransferFormat[format]);
  tell({ started: connection.connectionId ?? null });
} catch (error) {
  tell({ failed: error.message });
}
