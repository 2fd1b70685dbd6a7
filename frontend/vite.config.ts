import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const backend = process.env.WAYBILL_BACKEND ?? "http://localhost:8000";
const api = ["/auth", "/demo", "/health", "/docs", "/problems", "/openapi.json", "/asyncapi.json"];
const hubs = ["/hubs", "/chathub", "/securehub"];

/** Shows the page to a browser that opens /orders or /orders/42, as the service does. Other requests get JSON. */
function pageForBrowsers({ headers }: IncomingMessage): string | undefined {
  return headers.accept?.includes("text/html") ? "/index.html" : undefined;
}

/** Puts Swagger UI's own files beside public/docs, which is the page that loads them. */
function swaggerUi(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  const licences = ["LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"];
  const files = ["swagger-ui.css", "swagger-ui-bundle.js", "oauth2-redirect.js", ...licences];
  return {
    name: "swagger-ui",
    apply: "build",
    generateBundle() {
      for (const file of files) {
        const source = readFileSync(resolve(`swagger-ui-dist/${file}`));
        this.emitFile({ type: "asset", fileName: `docs/${file}`, source });
      }
    },
  };
}

export default defineConfig({
  plugins: [swaggerUi()],
  build: {
    outDir: "../app/static/dist",
    emptyOutDir: true,
    // The Content-Security-Policy allows neither inline scripts nor data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // These are the first versions with light-dark() and container queries, so both stay as written.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    rolldownOptions: { input: ["index.html", "chat.html"] },
  },
  server: {
    proxy: {
      ...Object.fromEntries(api.map((path) => [path, backend])),
      ...Object.fromEntries(hubs.map((path) => [path, { target: backend, ws: true }])),
      "/orders": { target: backend, bypass: pageForBrowsers },
      // The service has the chat page at /chat; Vite has it as a file.
      "^/chat$": { target: backend, bypass: () => "/chat.html" },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Starting a DOM for each file takes longer than all tests together. Each test cleans up after itself instead.
    isolate: false,
    env: { TZ: "Europe/Berlin" },
  },
});
