// The extensions that are installed: ours as users get it, the probe, and a stand-in for Red Hat's YAML extension, which
// cannot be had from a package index: it has the same name and claims the same features.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import esbuild from "esbuild";

const OPTIONS = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--no-rewrite-relative-links"];

const PROBE = {
  name: "probe",
  publisher: "gym-lsp",
  version: "0.0.1",
  engines: { vscode: "^1.91.0" },
  main: "./probe.js",
  activationEvents: ["onStartupFinished"],
  capabilities: { untrustedWorkspaces: { supported: true } },
};

const STAND_IN = {
  ...PROBE,
  name: "vscode-yaml",
  publisher: "redhat",
  main: "./standIn.js",
  activationEvents: ["onLanguage:yaml"],
};

/** Build all of them. Gives a function from the names of those that are wanted to their files. */
export async function buildPackages(client, folder) {
  const probe = path.join(folder, "probe");
  const standIn = path.join(folder, "stand-in");
  for (const [place, manifest] of [[probe, PROBE], [standIn, STAND_IN]]) {
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, "package.json"), JSON.stringify(manifest));
    writeFileSync(path.join(place, "README.md"), "For tests.\n");
  }
  await esbuild.build({
    entryPoints: [path.join(client, "test", "editor", "probe", "probe.ts")],
    outfile: path.join(probe, "probe.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
  });
  cpSync(path.join(client, "test", "editor", "standIn.js"), path.join(standIn, "standIn.js"));
  const files = {
    ours: path.join(folder, "gym-lsp.vsix"),
    probe: path.join(folder, "probe.vsix"),
    standIn: path.join(folder, "stand-in.vsix"),
  };
  const vsce = path.join(client, "node_modules", "@vscode", "vsce", "vsce");
  for (const [cwd, file] of [[client, files.ours], [probe, files.probe], [standIn, files.standIn]]) {
    await promisify(execFile)(process.execPath, [vsce, "package", ...OPTIONS, "--out", file], { cwd });
  }
  return (names) => names.map((name) => files[name]);
}
