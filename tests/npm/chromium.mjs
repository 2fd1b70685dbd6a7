// Unpacks the browser, its libraries and a font into node_modules/.cache/chromium, where the tests look for them.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("node_modules/.cache/chromium/", import.meta.url));
rmSync(home, { recursive: true, force: true }); // what an interrupted run left would be taken for whole
mkdirSync(home, { recursive: true });

process.env.TMPDIR = home; // the package unpacks into the directory for temporary files,
process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs20.x"; // and its shared libraries only for this platform
const { default: chromium } = await import("@sparticuz/chromium");
await chromium.executablePath();

// A browser that finds no font at all ends at the first text; a bare machine may have none.
writeFileSync(
  `${home}fonts/fonts.conf`,
  `<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${home}fonts</dir>
  <cachedir>${home}fonts-cache</cachedir>
</fontconfig>
`,
);
