// Bundles the extension, the script of the wiring diagram and the unit tests. `--watch` rebuilds after changes;
// `--minify` is for the package. The licenses of the libraries in it are in `out/NOTICE.txt`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
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
  const built = await Promise.all(builds.map((build) => esbuild.build({ ...build, metafile: true })));
  writeFileSync("out/NOTICE.txt", notice(built.flatMap(({ metafile }) => Object.keys(metafile.inputs))));
}

/** The licenses of the packages that these files belong to. Throws an error if a package has none. */
function notice(files) {
  const folders = files.map((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean);
  const texts = [...new Set(folders)].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf-8"));
    const license = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (license === undefined) {
      throw new Error(`${name} has no license text`);
    }
    const line = "=".repeat(80);
    return `${line}\n${name} ${version}\n${line}\n\n${readFileSync(path.join(folder, license), "utf-8").trim()}\n`;
  });
  return ["The extension contains parts of the packages below.\n", ...texts.sort()].join("\n");
}
