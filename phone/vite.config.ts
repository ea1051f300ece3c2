import { createHash } from "node:crypto";
import { cpSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig, type Plugin } from "vite";

const out = new URL("../src/lianfang/web/static/phone/", import.meta.url).pathname;

/** Copies the QR reader (fetched only where the phone has none of its own). */
function reader(): Plugin {
  return {
    name: "reader",
    closeBundle() {
      const from = new URL("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url);
      cpSync(from.pathname, join(out, "assets", "zxing_reader-3.1.3.wasm"));
    },
  };
}

/** Puts the list of files, and a version made of their contents, into the service worker. */
function precache(): Plugin {
  return {
    name: "precache",
    closeBundle() {
      const files: string[] = [];
      const walk = (folder: string): void => {
        for (const name of readdirSync(folder)) {
          const path = join(folder, name);
          if (statSync(path).isDirectory()) walk(path);
          else if (!/sw\.js$|\.wasm$|\.map$/.test(name)) files.push(relative(out, path));
        }
      };
      walk(out);
      files.sort();
      const hash = createHash("sha256");
      for (const file of files) hash.update(file).update(readFileSync(join(out, file)));
      const version = hash.digest("hex").slice(0, 12);
      const worker = join(out, "sw.js");
      const text = readFileSync(worker, "utf8")
        .replace("__VERSION__", version)
        .replace(/["'`]__FILES__["'`]/, JSON.stringify(files));
      writeFileSync(worker, text);
    },
  };
}

export default defineConfig({
  base: "/phone/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2021",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  plugins: [reader(), precache()],
});
