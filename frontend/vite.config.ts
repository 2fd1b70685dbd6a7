import { defineConfig } from "vitest/config";

const backend = process.env.WAYBILL_BACKEND ?? "http://localhost:8000";
const api = ["/auth", "/demo", "/health", "/orders", "/docs", "/openapi.json", "/asyncapi.json"];
const hubs = ["/hubs", "/chathub", "/securehub"];

export default defineConfig({
  build: {
    outDir: "../app/static/dist",
    emptyOutDir: true,
    // The Content-Security-Policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // light-dark() and container queries stay as written for these and newer.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    rolldownOptions: { input: ["index.html", "chat.html"] },
  },
  server: {
    proxy: {
      ...Object.fromEntries(api.map((path) => [path, backend])),
      ...Object.fromEntries(hubs.map((path) => [path, { target: backend, ws: true }])),
      // The service serves the chat page at /chat; the development server has it as a file.
      "^/chat$": { target: backend, bypass: () => "/chat.html" },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Building a page's environment for each file costs more than all tests together; they clean up after themselves.
    isolate: false,
    env: { TZ: "Europe/Berlin" },
  },
});
