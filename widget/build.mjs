// Bundles src/ into dist/. The result is committed, so that running Legwork needs no Node; a test compares the two.
// `node build.mjs --out DIR` writes elsewhere.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transformSync } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const asked = process.argv.indexOf("--out");
const out = asked > 0 ? process.argv[asked + 1] : `${here}dist`;

const css = {
  name: "css as minified text",
  setup(run) {
    run.onLoad({ filter: /\.css$/ }, ({ path }) => ({
      contents: transformSync(readFileSync(path, "utf8"), { loader: "css", minify: true }).code.trim(),
      loader: "text",
    }));
  },
};

async function bundle(entry, format, define = {}) {
  const result = await build({
    entryPoints: [`${here}src/${entry}`],
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    plugins: [css],
    define,
    write: false,
    legalComments: "none",
    charset: "ascii",
  });
  return result.outputFiles[0].text;
}

mkdirSync(out, { recursive: true });
const chat = await bundle("chat.ts", "esm");
const version = createHash("sha256").update(chat).digest("hex").slice(0, 10);
// The loader names the bundle with its hash, so that the bundle may be cached for a year.
const loader = await bundle("loader.ts", "iife", { BUNDLE: JSON.stringify(`legwork-chat.js?v=${version}`) });
writeFileSync(`${out}/legwork-chat.js`, chat);
writeFileSync(`${out}/loader.js`, loader);
