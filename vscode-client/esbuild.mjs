// Bundles the extension, the script of the wiring diagram and the unit tests. `--watch` rebuilds after changes;
// `--minify` is for the package.
import { readdirSync } from "node:fs";
import esbuild from "esbuild";

const minify = process.argv.includes("--minify");
const common = { bundle: true, minify, sourcemap: !minify, logLevel: "warning", legalComments: "none" };
const node = { ...common, platform: "node", format: "cjs", target: "node20", external: ["vscode"] };

const builds = [
  // Every workspace with YAML loads the first file, so it does not contain the rest, and requires it later.
  {
    ...node,
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    external: ["vscode", "./main"],
    supported: { "dynamic-import": false },
  },
  { ...node, entryPoints: ["src/main.ts"], outfile: "out/main.js" },
  {
    ...common,
    entryPoints: ["src/webview/wiring.ts"],
    outfile: "out/wiring.js",
    platform: "browser",
    format: "iife",
    target: "es2022",
  },
];
if (!minify) {
  const tests = readdirSync("test/unit").filter((name) => name.endsWith(".test.ts"));
  builds.push({ ...node, entryPoints: tests.map((name) => `test/unit/${name}`), outdir: "out/test" });
}

if (process.argv.includes("--watch")) {
  for (const build of builds) {
    await (await esbuild.context(build)).watch();
  }
} else {
  await Promise.all(builds.map((build) => esbuild.build(build)));
}
