// The extensions for the tests: ours as users install it, the probe, and a fake of Red Hat's YAML extension with the
// same name and the same kind of features, because that extension is not in a package registry.
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

const FAKE_YAML = {
  ...PROBE,
  name: "vscode-yaml",
  publisher: "redhat",
  main: "./fakeYaml.js",
  activationEvents: ["onLanguage:yaml"],
};

/** Build all extensions. Returns a function from the names of extensions to their files. */
export async function buildPackages(client, folder) {
  const probe = path.join(folder, "probe");
  const fakeYaml = path.join(folder, "fake-yaml");
  for (const [place, manifest] of [[probe, PROBE], [fakeYaml, FAKE_YAML]]) {
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
  cpSync(path.join(client, "test", "editor", "fakeYaml.js"), path.join(fakeYaml, "fakeYaml.js"));
  const files = {
    ours: path.join(folder, "gym-lsp.vsix"),
    probe: path.join(folder, "probe.vsix"),
    fakeYaml: path.join(folder, "fake-yaml.vsix"),
    // The same as ours, with a server for this machine.
    carrying: process.env.GYM_LSP_CARRYING,
  };
  const vsce = path.join(client, "node_modules", "@vscode", "vsce", "vsce");
  for (const [cwd, file] of [[client, files.ours], [probe, files.probe], [fakeYaml, files.fakeYaml]]) {
    await promisify(execFile)(process.execPath, [vsce, "package", ...OPTIONS, "--out", file], { cwd });
  }
  return (names) => names.map((name) => files[name]);
}
