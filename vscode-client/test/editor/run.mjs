// Tests the extension in a real VS Code: code-server, in Chromium. The probe, a second extension, contains the
// scenarios and their assertions. This program installs both, opens the folders one after the other, and performs the
// actions of the probe that need the page.
//
//     node test/editor/run.mjs [--pictures FOLDER]
//
// GYM_LSP_CODE_SERVER is the folder in which code-server is installed, GYM_LSP_CHROMIUM the browser, GYM_LSP_PYTHON
// a Python with the dependencies of gym-lsp, and GYM_LSP_CARRYING the package that carries a server for this machine.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { buildPackages } from "./packages.mjs";
import { SETTINGS, workspaces } from "./workspaces.mjs";

const CLIENT = path.resolve(import.meta.dirname, "..", "..");
const EDITORS = path.resolve(process.env.GYM_LSP_CODE_SERVER ?? path.join(CLIENT, "..", ".editors", "code-server"));
const RUN = path.join(EDITORS, "..", "vscode-run");
const PICTURES = path.join(RUN, "pictures");
const BROWSERS = [process.env.GYM_LSP_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = ["headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"];
const SIZE = { width: 1400, height: 720 };
const LIMIT_MS = 900_000;
const PAUSE_MS = 50;

const { values: options } = parseArgs({ options: { pictures: { type: "string" }, only: { type: "string" } } });

process.exitCode = await main();

async function main() {
  const program = path.join(EDITORS, "node_modules", "code-server", "out", "node", "entry.js");
  const executablePath = BROWSERS.find((each) => each && existsSync(each));
  if (!existsSync(program) || !executablePath) {
    console.error("code-server or Chromium not found; `make test-vscode` installs both.");
    return 2;
  }
  rmSync(RUN, { recursive: true, force: true });
  mkdirSync(PICTURES, { recursive: true });
  const packages = await buildPackages(CLIENT, RUN);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS.map((each) => `--${each}`) });
  let failures = 0;
  try {
    for (const group of workspaces(RUN, path.join(CLIENT, ".."))) {
      if (options.only && !group.folders.some((each) => path.basename(each) === options.only)) {
        continue;
      }
      const server = await startServer(program, group, packages);
      try {
        for (const folder of group.folders) {
          if (!options.only || path.basename(folder) === options.only) {
            failures += await scenario(browser, server.port, folder);
          }
        }
      } finally {
        server.stop();
      }
    }
  } finally {
    await browser.close();
  }
  if (options.pictures && failures === 0) {
    mkdirSync(options.pictures, { recursive: true });
    for (const name of readdirSync(PICTURES)) {
      cpSync(path.join(PICTURES, name), path.join(options.pictures, name));
    }
  }
  console.log(failures === 0 ? `All scenarios passed; the screenshots are in ${PICTURES}` : `${failures} failed`);
  return failures === 0 ? 0 : 1;
}

/** Start a separate code-server that uses no files of the user. */
async function startServer(program, group, packages) {
  const home = path.join(RUN, group.name);
  const settings = path.join(home, "data", "User");
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, "settings.json"), JSON.stringify({ ...SETTINGS, ...group.settings }));
  const folders = ["--user-data-dir", path.join(home, "data"), "--extensions-dir", path.join(home, "extensions"), "--config", path.join(home, "config.yaml")];
  const env = {
    PATH: [...group.path, ...(group.isIsolated ? [] : ["/usr/bin", "/bin"])].join(path.delimiter),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, "config"),
    XDG_DATA_HOME: path.join(home, "share"),
    XDG_CACHE_HOME: path.join(home, "cache"),
    LANG: "C.UTF-8",
    // Otherwise VS Code would read another PATH from the login shell.
    VSCODE_CLI: "1",
    GYM_LSP_PROBE: RUN,
  };
  for (const each of packages(group.extensions)) {
    await ended(spawn(process.execPath, [program, ...folders, "--install-extension", each], { env, stdio: ["ignore", "ignore", "inherit"] }));
  }
  const port = await freePort();
  const address = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
  const child = spawn(process.execPath, [program, ...folders, ...address], { env, detached: true, stdio: "ignore" });
  await until("code-server", () => fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false));
  return { port, stop: () => process.kill(-child.pid, "SIGTERM") };
}

/** Open a folder, answer the probe until it has finished, and print its results. Returns the number of failures. */
async function scenario(browser, port, folder) {
  const name = path.basename(folder);
  const control = path.join(RUN, name);
  mkdirSync(control, { recursive: true });
  const context = await browser.newContext({ viewport: SIZE, deviceScaleFactor: 1 });
  const page = await context.newPage();
  const done = path.join(control, "steps.json");
  try {
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
    let answered = 0;
    await until(`the probe in ${name}`, async () => {
      const question = path.join(control, `${answered + 1}.question.json`);
      if (existsSync(question)) {
        answered += 1;
        const answer = path.join(control, `${answered}.answer.json`);
        writeFileSync(`${answer}.writing`, JSON.stringify(await answerTo(page, JSON.parse(readFileSync(question, "utf-8")))));
        renameSync(`${answer}.writing`, answer);
      }
      return existsSync(done);
    });
  } catch (error) {
    await page.screenshot({ path: path.join(RUN, `${name}-failed.png`) });
    const begun = path.join(control, "writing");
    const steps = existsSync(begun) ? report(name, begun) : [];
    console.error(`✖ ${name}: ${error.message}; ${steps.length} steps had ended`);
    return 1;
  } finally {
    await context.close();
  }
  const steps = report(name, done);
  return steps.length === 0 ? 1 : steps.filter((step) => step.failure).length;
}

/** Print the steps in a file, and return them. */
function report(name, file) {
  const steps = JSON.parse(readFileSync(file, "utf-8"));
  for (const step of steps) {
    console.log(`${step.failure ? "✖" : "✔"} ${name}: ${step.name} (${step.ms} ms)`);
    if (step.failure) {
      console.error(step.failure);
    }
  }
  return steps;
}

async function answerTo(page, question) {
  try {
    switch (question.ask) {
      case "texts":
        return { texts: await page.locator(question.selector).allInnerTexts() };
      case "values":
        return { texts: await page.locator(question.selector).evaluateAll((fields) => fields.map((each) => each.value)) };
      case "generated":
        // The texts of decorations, which are not in the page.
        return { texts: await page.locator(question.selector).evaluateAll((all) => all.map((each) => getComputedStyle(each, "::after").content)) };
      case "frames":
        return { texts: await inEveryFrame(page, question.selector) };
      case "diagram":
        return { texts: await inDiagram(page, (frame) => frame.locator(question.selector).allTextContents()) };
      case "click in diagram":
        await inDiagram(page, (frame) => frame.locator(question.selector).first().click());
        return { texts: [] };
      case "fill in diagram":
        await inDiagram(page, (frame) => frame.locator(question.selector).fill(question.text));
        return { texts: [] };
      case "press":
        await page.keyboard.type(question.text ?? "");
        await page.keyboard.press(question.key ?? "Enter");
        return { texts: [] };
      case "press in":
        // Not in whatever has the focus once the field is gone.
        await page.locator(question.selector).press(question.key, { timeout: 1000 }).catch(() => undefined);
        return { texts: [] };
      case "fill":
        // Waits until the field is visible, so that no text goes to what had the focus before.
        await page.locator(question.selector).fill(question.text);
        return { texts: [] };
      case "click":
        await page.locator(question.selector).first().click();
        return { texts: [] };
      case "open menu":
        await page.locator(question.selector).first().click({ button: "right" });
        return { texts: [] };
      case "move pointer away":
        await page.mouse.move(2, 2);
        return { texts: [] };
      case "point":
        // Move away first, because a pointer that is already in place causes no event.
        await page.mouse.move(2, 2);
        await page.locator(question.selector, { hasText: question.text }).last().hover();
        return { texts: [] };
      case "screenshot":
        await page.screenshot({ path: path.join(PICTURES, `${question.name}.png`), animations: "disabled", caret: "hide" });
        return { texts: [] };
      default:
        return { texts: [], failure: `unknown question: ${question.ask}` };
    }
  } catch (error) {
    return { texts: [], failure: error.message };
  }
}

async function inEveryFrame(page, selector) {
  return (await Promise.all(page.frames().map((frame) => frame.locator(selector).allTextContents()))).flat();
}

// The page of a webview is in a nested frame.
async function inDiagram(page, look) {
  for (const frame of page.frames()) {
    if ((await frame.locator("#diagram").count()) > 0) {
      return look(frame);
    }
  }
  return [];
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}`))));
  });
}

async function until(what, look) {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await look())) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
