// The scenarios, one for each folder that the driver opens.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import {
  after,
  fileUri,
  findings,
  open,
  replace,
  untilCompletions,
  untilDefinition,
  untilFindings,
  untilHover,
} from "./editing";
import type { Page } from "./page";
import { firstEnvironment, pictures } from "./pictures";
import { until } from "./until";

export type Scenario = Record<string, (page: Page) => Promise<void>>;

const EXTENSION = "gym-lsp.gym-lsp";
const TIDES = "environments/tides/config.yaml";
const FIRST = "environments/first/config.yaml";
const BOAT = "environments/boat/config.yaml";
const HOLDOUT = "environments/recipe_scaling_holdout/config.yaml";
const GUIDE = "environments/museum_guide/config.yaml";
const PYTHON = path.join(homedir(), ".local", "bin", "python3");
const TRY_AGAIN = ".notification-list-item .monaco-button:has-text('Try Again')";
const FIELD = ".quick-input-widget:visible .quick-input-box input";
const RECIPE = "environments/turnstile/training/grpo.yaml";
const NEW_CONFIG = "environments/quiz/config.yaml";
const NEW_ROWS = "environments/quiz/data/example.jsonl";
const TRIAGE = "environments/log_triage/config.yaml";

const LETTERS = "resources_servers/letters/configs/letters.yaml";
const WORDS = "resources_servers/letters/data/words.jsonl";

export const SCENARIOS: Record<string, Scenario> = {
  sample: {
    "the server of the workspace's environment is started": async () => {
      await until("our extension", () => Promise.resolve(vscode.extensions.getExtension(EXTENSION)?.isActive));
      await until("a start", () => Promise.resolve(starts().length > 0));
      assert.ok(starts().every(({ program }) => program === "environment"));
    },
    "a file that is not open has its findings": async () => {
      const codes = await untilFindings(fileUri(BOAT), "findings", (found) => found.length > 0);
      assert.deepEqual(codes, ["unknown-domain"]);
    },
    "a broken file has its findings at the right ranges": async () => {
      const document = await open(TIDES);
      await untilFindings(document.uri, "two findings", (found) => found.length === 2);
      const ranges = vscode.languages.getDiagnostics(document.uri).map((each) => document.getText(each.range));
      assert.deepEqual(ranges.sort(), ["knowlege", "tide"]);
    },
    "the code of a finding links to the page of its rule": async (page) => {
      await vscode.commands.executeCommand("workbench.actions.view.problems");
      const link = ".markers-panel .monaco-list-row a:has-text('unknown-domain')";
      await until("the link", async () => (await page.ask({ ask: "texts", selector: link })).length > 0);
      await page.ask({ ask: "click", selector: link });
      await until("the page", () => {
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        return Promise.resolve(
          input instanceof vscode.TabInputCustom &&
            input.viewType === "vscode.markdown.preview.editor" &&
            input.uri.toString() === "gym-lsp:/rules/unknown-domain.md",
        );
      });
      const headings = () => page.ask({ ask: "frames", selector: ".markdown-body :is(h1, h2)" });
      await until("its text", async () => (await headings()).join() === "unknown-domain,Why,Example,Use instead");
      await vscode.commands.executeCommand("workbench.action.closePanel");
      await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    },
    "a domain is completed": async () => {
      const document = await open(TIDES);
      const labels = await untilCompletions(document.uri, after(document, "domain: "), "knowledge");
      assert.ok(labels.includes("math"));
    },
    "a sandbox is completed": async () => {
      const document = await open(TRIAGE);
      await untilCompletions(document.uri, after(document, "sandbox_provider: "), "sandbox");
    },
    "the target of _inherit_from is found in another file": async () => {
      const document = await open(HOLDOUT);
      const found = await untilDefinition(document.uri, after(document, "_inherit_from: recipe_"));
      assert.equal(path.posix.basename(path.posix.dirname(found.uri.path)), "recipe_scaling");
      assert.match(await lineAt(found), /^recipe_scaling:/);
    },
    "the server that an agent names is found in another file": async () => {
      const document = await open("environments/museum_guide_second_opinion/config.yaml");
      const inherited = await untilDefinition(document.uri, after(document, "_copy: museum_guide_a"));
      assert.match(await lineAt(inherited), /^museum_guide_agent:/);
      const guide = await open(GUIDE);
      const judge = await untilDefinition(guide.uri, after(guide, "name: judge_m"));
      assert.ok(judge.uri.path.endsWith("museum_guide/judge.yaml"));
      assert.match(await lineAt(judge), /^judge_model:/);
    },
    "a training recipe is checked, completed and explained, and leads to its configs": async () => {
      const document = await open(RECIPE);
      await replace(document, "max_steps: 12", "max_steps: many");
      await untilFindings(document.uri, "a finding", (found) => found.join() === "invalid-server-field");
      await vscode.commands.executeCommand("workbench.action.files.revert");
      await untilFindings(document.uri, "no finding", (found) => found.length === 0);
      await untilCompletions(document.uri, after(document, "config_paths:\n      - environments/"), "turnstile/");
      const config = await untilDefinition(document.uri, after(document, "- environments/turnstile/con"));
      assert.ok(config.uri.path.endsWith("turnstile/config.yaml"));
      await untilHover(document.uri, after(document, "num_work"), "Value: `4`");
      const small = await open("environments/turnstile/training/grpo_small.yaml");
      const base = await untilDefinition(small.uri, after(small, "defaults: gr"));
      assert.ok(base.uri.path.endsWith("training/grpo.yaml"));
    },
    "commands in Markdown are checked and lead to configs, unless a setting turns that off": async () => {
      const document = await open("README.md");
      await untilFindings(document.uri, "a finding", (found) => found.join() === "config-path-not-found");
      await replace(document, "confg", "config");
      await untilFindings(document.uri, "no finding", (found) => found.length === 0);
      const config = await untilDefinition(document.uri, after(document, "environments/museum"));
      assert.ok(config.uri.path.endsWith("museum_guide/config.yaml"));
      await untilHover(document.uri, after(document, "environments/museum"), "museum_guide_agent");
      await untilCompletions(document.uri, after(document, "--config environments/"), "museum_guide/");
      await vscode.commands.executeCommand("workbench.action.files.revert");
      await untilFindings(document.uri, "the finding", (found) => found.length === 1);
      const settings = vscode.workspace.getConfiguration("gymLsp");
      await settings.update("documents", false, vscode.ConfigurationTarget.Global);
      await untilFindings(document.uri, "no finding", (found) => found.length === 0);
      await settings.update("documents", undefined, vscode.ConfigurationTarget.Global);
      await untilFindings(document.uri, "the finding", (found) => found.length === 1);
    },
    "a rename reaches every file": async () => {
      const document = await open(GUIDE);
      // It fails while the server still reads a change.
      const edit = await until("the edit", () =>
        vscode.commands.executeCommand<vscode.WorkspaceEdit>(
          "vscode.executeDocumentRenameProvider",
          document.uri,
          after(document, "\nmuseum_g"),
          "guide",
        ),
      );
      const files = edit.entries().map(([uri]) => path.posix.basename(path.posix.dirname(uri.path)));
      assert.deepEqual([...new Set(files)].sort(), ["museum_guide", "museum_guide_second_opinion"]);
    },
    "an edit clears an error": async () => {
      const document = await open(TIDES);
      await replace(document, "name: tide}", "name: tides}");
      await untilFindings(document.uri, "one finding", (found) => found.join() === "unknown-domain");
    },
    "a quick fix fixes the other error": async () => {
      const document = await open(TIDES);
      const at = after(document, "domain: know");
      const actions = await until("quick fixes", async () => {
        const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          "vscode.executeCodeActionProvider",
          document.uri,
          new vscode.Range(at, at),
          vscode.CodeActionKind.QuickFix.value,
        );
        return found.length > 0 ? found : undefined;
      });
      const fix = actions.find((each) => each.title.includes("`knowledge`"));
      assert.ok(fix?.edit, actions.map((each) => each.title).join());
      await vscode.workspace.applyEdit(fix.edit);
      await untilFindings(document.uri, "no finding", (found) => found.length === 0);
      await document.save();
    },
    "the side bar shows the findings of a component": async (page) => {
      await vscode.commands.executeCommand("gymLsp.components.focus");
      const rows = ".pane-body .monaco-list-row";
      const wanted = async (text: RegExp) => (await page.ask({ ask: "texts", selector: rows })).some((each) => text.test(each));
      await until("the count", () => wanted(/^boat\s*1 error/));
      await until("the count of the group", () => wanted(/^Environments\s*\d+ · 1 error$/));
    },
    "the menus of a group and of a folder offer new components": async (page) => {
      const labels = () => page.ask({ ask: "texts", selector: ".monaco-menu .action-label" });
      await page.ask({ ask: "open menu", selector: ".pane-body .monaco-list-row:has-text('Sandboxes')" });
      await until("the menu of the group", async () => (await labels()).includes("New Sandbox..."));
      await page.ask({ ask: "press", key: "Escape" });
      await vscode.commands.executeCommand("workbench.view.explorer");
      await page.ask({ ask: "open menu", selector: ".explorer-folders-view .monaco-list-row:has-text('environments')" });
      await until("the menu of the folder", async () => (await labels()).includes("New NeMo Gym Component"));
      await page.ask({ ask: "click", selector: ".monaco-menu .action-label:has-text('New NeMo Gym Component')" });
      await until("its menu", async () => (await labels()).includes("New Training Recipe..."));
      await page.ask({ ask: "press", key: "Escape" });
      await page.ask({ ask: "press", key: "Escape" });
    },
    "the first step of the walkthrough is done, because the server runs": async (page) => {
      await vscode.commands.executeCommand("workbench.action.openWalkthrough", "gym-lsp.gym-lsp#start");
      const done = ".getting-started-step .codicon-getting-started-step-checked";
      await until("the check", async () => (await page.ask({ ask: "texts", selector: done })).length > 0);
      await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    },
    "the side bar lists and filters": async (page) => {
      await vscode.commands.executeCommand("gymLsp.components.focus");
      const rows = ".pane-body .monaco-list-row";
      const groups = await until("groups", async () => {
        const texts = await page.ask({ ask: "texts", selector: rows });
        return texts.some((text) => text.includes("museum_guide")) ? texts : undefined;
      });
      for (const title of ["Environments", "Agents", "Models", "Sandboxes"]) {
        assert.ok(groups.some((text) => text.startsWith(title)), groups.join());
      }
      void vscode.commands.executeCommand("gymLsp.filterComponents");
      await page.ask({ ask: "fill", selector: FIELD, text: "tide know" });
      await page.ask({ ask: "press", key: "Enter" });
      const left = await until("fewer rows", async () => {
        const texts = await page.ask({ ask: "texts", selector: rows });
        return texts.some((text) => text.includes("tide_tables")) && texts.length < groups.length ? texts : undefined;
      });
      assert.ok(!left.some((text) => text.includes("museum_guide")), left.join());
      await vscode.commands.executeCommand("gymLsp.clearFilter");
    },
    "the resolved config opens, links lines to their sources, and follows edits": async (page) => {
      const document = await open(HOLDOUT);
      await vscode.commands.executeCommand("gymLsp.showResolved");
      const resolved = await until("the document", () => Promise.resolve(resolvedDocument()));
      assert.equal(resolved.languageId, "yaml");
      const at = after(resolved, "library_verifier_max_concurrency: 8");
      await untilHover(resolved.uri, at, "recipe_scaling_holdout/config.yaml:");
      const origin = await untilDefinition(resolved.uri, at);
      assert.match(await lineAt(origin), /library_verifier_max_concurrency: 8/);
      await until("the sources at the ends of lines", async () =>
        (await page.ask({ ask: "generated", selector: ".view-line span[class*='ced-']" })).some((text) =>
          /recipe_scaling_holdout\/config\.yaml:\d+/.test(text),
        ),
      );
      await replace(document, "library_verifier_max_concurrency: 8", "library_verifier_max_concurrency: 9");
      await until("the new value", () =>
        Promise.resolve(resolved.getText().includes("library_verifier_max_concurrency: 9")),
      );
      await vscode.commands.executeCommand("workbench.action.files.revert");
    },
    "two runs are compared": async (page) => {
      await open(HOLDOUT);
      void vscode.commands.executeCommand("gymLsp.compareRuns");
      await pick(page, "Compare", "log_triage", "log_triage");
      const tab = await until("the comparison", () => {
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        return Promise.resolve(input instanceof vscode.TabInputTextDiff && input);
      });
      await until("the text of the other run", () =>
        Promise.resolve(documentAt(tab.modified)?.getText().includes("log_triage_agent")),
      );
    },
    "a run is composed": async (page) => {
      void vscode.commands.executeCommand("gymLsp.composeRun");
      await pick(page, "(1/4)", "log_triage", "log_triage");
      await pick(page, "(2/4)", "tide_model", "tide_model");
      await pick(page, "(3/4)", "", "environment's own agent");
      await pick(page, "(4/4)", "docker", "sandbox");
      const offered = await until("the actions", async () => {
        const texts = await page.ask({ ask: "texts", selector: picks("no errors") });
        return texts.find((text) => text.includes("Copy command line"));
      });
      assert.match(offered, /gym .*log_triage\/config\.yaml.*tide_model.*sandbox_docker\.yaml/s);
      await page.ask({ ask: "press", key: "Escape" });
    },
    "the wiring is drawn, links to its sources, and follows edits": async (page) => {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      const document = await open(TRIAGE);
      await vscode.commands.executeCommand("gymLsp.showWiring");
      const names = () => page.ask({ ask: "diagram", selector: ".box .name" });
      const drawn = await until("the boxes", async () => {
        const texts = await names();
        return texts.includes("log_triage_agent") ? texts : undefined;
      });
      assert.ok(drawn.includes("log_triage"), drawn.join());
      const own = await page.ask({ ask: "diagram", selector: ".box.here .name" });
      assert.ok(own.includes("log_triage_agent"), own.join());
      await page.ask({ ask: "fill in diagram", selector: "input[type=search]", text: "log_triage_agent" });
      await until("the box that is found", async () => {
        const found = await page.ask({ ask: "diagram", selector: ".box.found .name" });
        return found.includes("log_triage_agent") && found.length < drawn.length;
      });
      await page.ask({ ask: "fill in diagram", selector: "input[type=search]", text: "" });
      await open(GUIDE);
      await page.ask({ ask: "click in diagram", selector: ".box:has-text('log_triage_agent')" });
      await until("the source", () => {
        const editor = vscode.window.activeTextEditor;
        const isShown = editor?.document.uri.toString() === document.uri.toString();
        return Promise.resolve(isShown && document.lineAt(editor.selection.active).text.startsWith("log_triage_agent"));
      });
      await replace(document, "log_triage_agent:", "harbour_agent:");
      await until("the new name", async () => (await names()).includes("harbour_agent"));
      await vscode.commands.executeCommand("workbench.action.files.revert");
    },
    "a killed server is restarted": async () => {
      const document = await open(TIDES);
      const before = starts().filter((each) => each.isServer);
      process.kill(before.at(-1)?.pid ?? -1, "SIGKILL");
      await until("another start", () =>
        Promise.resolve(starts().filter((each) => each.isServer).length > before.length),
      );
      await replace(document, "domain: knowledge", "domain: knowlege");
      await untilFindings(document.uri, "the finding again", (found) => found.includes("unknown-domain"));
      await vscode.commands.executeCommand("workbench.action.files.revert");
    },
    ...pictures,
  },
  plain: {
    "the extension is inactive": async () => {
      // VS Code has evaluated the activation events by the time this search returns.
      await vscode.workspace.findFiles("**/*");
      assert.equal(vscode.extensions.getExtension(EXTENSION)?.isActive, false);
    },
    "other YAML loads only the first look, and starts no server": async () => {
      const document = await open("deployment.yaml");
      await until("the first look", () => Promise.resolve(vscode.extensions.getExtension(EXTENSION)?.isActive));
      await replace(document, "nginx", "caddy");
      await document.save();
      await isAsleep();
    },
  },
  lookalike: {
    "the extension is active and starts no server": async () => {
      const extension = vscode.extensions.getExtension(EXTENSION);
      await until("our extension", () => Promise.resolve(extension?.isActive));
      await isAsleep();
    },
    "a new file among those of another tool starts no server": async () => {
      await vscode.workspace.fs.writeFile(fileUri("environments/tides/new.yaml"), new Uint8Array());
      const document = await open("environments/tides/new.yaml");
      await vscode.window.activeTextEditor?.edit((edit) => {
        edit.insert(new vscode.Position(0, 0), "region: us\n");
      });
      await document.save();
      await isAsleep();
    },
    "a config that is opened later starts the server": async () => {
      await open("sweeps/later.yaml");
      await until("a start", () => Promise.resolve(starts().length > 0));
    },
  },
  rows: {
    "a dataset that a config names is checked, whatever its language is": async () => {
      const document = await open(WORDS);
      const isWhole = (found: string[]) => [...found].sort().join() === "invalid-task-data,row-agent-not-found";
      await untilFindings(document.uri, "two findings", isWhole);
      const ranges = vscode.languages.getDiagnostics(document.uri).map((each) => document.getText(each.range));
      assert.deepEqual(ranges.sort(), ['"letters_agnet"', '"two"']);
      for (const language of ["plaintext", "json"]) {
        const changed = await vscode.languages.setTextDocumentLanguage(document, language);
        assert.equal(changed.languageId, language);
        await untilFindings(changed.uri, "two findings", isWhole);
      }
    },
    "fields and agents are completed, explained and found": async () => {
      const document = await open(WORDS);
      await untilCompletions(document.uri, after(document, '"agent_ref": {"name": "'), "letters_agent");
      await untilCompletions(document.uri, after(document, '{"'), "task_source");
      await untilHover(document.uri, after(document, '}, "lett'), "Required.");
      const field = await untilDefinition(document.uri, after(document, '}, "lett'));
      assert.ok(field.uri.path.endsWith("letters/task_data.py"));
      assert.match(await lineAt(field), /letters: int/);
      const agent = await untilDefinition(document.uri, after(document, '{"name": "letters_a'));
      assert.match(await lineAt(agent), /^letters_agent:/);
    },
    "an edit clears a finding": async () => {
      const document = await open(WORDS);
      await replace(document, '"two"', "2");
      await untilFindings(document.uri, "one finding", (found) => found.join() === "row-agent-not-found");
      await document.save();
    },
    "rows that no config names have nothing": async () => {
      const document = await open("results/rollouts.jsonl");
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        document.uri,
        after(document, '}, "lett'),
      );
      const ours = hovers.filter((each) => JSON.stringify(each.contents).includes("Required."));
      assert.deepEqual(ours, []);
      assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    },
    "a rename previews the rows": async (page) => {
      const document = await open(LETTERS);
      const at = after(document, "\nletters_");
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = new vscode.Selection(at, at);
      void vscode.commands.executeCommand("editor.action.rename");
      await page.ask({ ask: "fill", selector: ".rename-box input", text: "spelling_agent" });
      await page.ask({ ask: "press", key: "Enter" });
      const rows = () => page.ask({ ask: "texts", selector: ".bulk-edit-panel .monaco-list-row" });
      await until("the preview", async () => (await rows()).some((text) => text.includes("words.jsonl")));
      // Grouped by file, the label is only in a tooltip.
      await vscode.commands.executeCommand("refactorPreview.groupByType");
      await until("its label", async () => (await rows()).some((text) => text.includes("Rename in 1 row of 1 file")));
      assert.ok(!document.isDirty);
      await vscode.commands.executeCommand("refactorPreview.discard");
    },
  },
  nothing: {
    "the extension is inactive in an empty folder": async () => {
      await vscode.workspace.findFiles("**/*");
      assert.equal(vscode.extensions.getExtension(EXTENSION)?.isActive, false);
    },
    "an empty file at the place of a config starts the server": async () => {
      await vscode.workspace.fs.writeFile(fileUri(FIRST), new Uint8Array());
      await open(FIRST);
      await until("a start", () => Promise.resolve(starts().some((each) => each.isServer)));
    },
    "whole blocks are offered, and one is written": async (page) => {
      const document = await open(FIRST);
      await untilCompletions(document.uri, new vscode.Position(0, 0), "agent with datasets");
      const rows = ".suggest-widget.visible .monaco-list-row";
      await vscode.commands.executeCommand("editor.action.triggerSuggest");
      const shown = await until("the list", async () => {
        const texts = await page.ask({ ask: "texts", selector: rows });
        return texts.length > 5 ? texts : undefined;
      });
      const labels = ["environment", "resources server", "agent", "agent with datasets", "model", "sandbox"];
      for (const [index, label] of labels.entries()) {
        assert.ok(shown[index]?.startsWith(label), shown.join());
      }
      await page.ask({ ask: "press", key: "Enter" });
      await until("the block", () => Promise.resolve(document.getText().includes("first_agent:")));
      assert.ok(document.getText().startsWith("first:\n  resources_servers:\n    first:\n"), document.getText());
      await page.ask({ ask: "press", key: "Tab" });
      await until("the domains", async () =>
        (await page.ask({ ask: "texts", selector: rows })).some((text) => text.startsWith("knowledge")),
      );
      await page.ask({ ask: "press", key: "Escape" });
    },
    "a mistake is underlined, and goes": async () => {
      const document = await open(FIRST);
      await replace(document, "domain: other", "domain: knowlege");
      await untilFindings(document.uri, "a finding", (found) => found.includes("unknown-domain"));
      await document.save();
      await replace(document, "domain: knowlege", "domain: knowledge");
      await untilFindings(document.uri, "no finding", (found) => !found.includes("unknown-domain"));
      await document.save();
    },
    "a second config knows the first one": async () => {
      const uri = fileUri("environments/second/parts/judge.yaml");
      await vscode.workspace.fs.writeFile(uri, new Uint8Array());
      const document = await open("environments/second/parts/judge.yaml");
      await untilCompletions(document.uri, new vscode.Position(0, 0), "environment");
      await vscode.window.activeTextEditor?.edit((edit) => {
        edit.insert(new vscode.Position(0, 0), "config_paths:\n  - environments/first/config.yaml\nb:\n  _inherit_from: \n");
      });
      await untilCompletions(document.uri, after(document, "_inherit_from: "), "first_agent");
    },
  },
  scratch: {
    "an invalid name of a new environment is rejected": async (page) => {
      assert.deepEqual(starts(), []);
      void vscode.commands.executeCommand("gymLsp.newComponent");
      await pick(page, "New component", "environment", "Environment");
      const field = `${titled("New environment")} .quick-input-box input`;
      await until("the field", async () => (await page.ask({ ask: "values", selector: field })).length > 0);
      await page.ask({ ask: "fill", selector: field, text: "WordCount" });
      await until("the message", async () =>
        (await page.ask({ ask: "texts", selector: `${titled("New environment")} .quick-input-message` })).some((text) =>
          text.includes("did you mean `word_count`?"),
        ),
      );
      await page.ask({ ask: "fill", selector: field, text: "quiz" });
      await page.ask({ ask: "press", key: "Enter" });
    },
    "a new environment in an empty folder is opened, and has no finding": async (page) => {
      await pick(page, "New environment: Domain", "knowledge", "knowledge");
      const document = await until("the config", () => {
        const shown = vscode.window.activeTextEditor?.document;
        return Promise.resolve(shown?.uri.toString() === fileUri(NEW_CONFIG).toString() && shown);
      });
      assert.match(document.getText(), /^ {6}domain: knowledge/m);
      await untilHover(document.uri, after(document, "domain: kno"), "facts");
      assert.deepEqual(findings(document.uri), []);
      const rows = new TextDecoder().decode(await vscode.workspace.fs.readFile(fileUri(NEW_ROWS)));
      assert.equal(rows.trimEnd().split("\n").length, 5);
      assert.ok(vscode.workspace.textDocuments.every((each) => !each.isDirty));
    },
    "two mistakes in it are found, and one has a quick fix, as in the tutorial": async (page) => {
      const document = await open(NEW_CONFIG);
      await replace(document, "\n      # The kind", "\n      case_sensitive: ture\n      # The kind");
      await replace(document, "name: quiz\n      # The model", "name: quizz\n      # The model");
      await untilFindings(document.uri, "two findings", (found) =>
        ["invalid-server-field", "server-ref-not-found"].every((rule) => found.includes(rule)),
      );
      await firstEnvironment(page, document);
      await vscode.commands.executeCommand("workbench.action.files.revert");
      await untilFindings(document.uri, "no finding", (found) => found.length === 0);
    },
    "the files of an agent are there at once, and go with one undo": async (page) => {
      void vscode.commands.executeCommand("gymLsp.newAgent");
      const field = `${titled("New agent")} .quick-input-box input`;
      await until("the field", async () => (await page.ask({ ask: "values", selector: field })).length > 0);
      await page.ask({ ask: "fill", selector: field, text: "helper" });
      await page.ask({ ask: "press", key: "Enter" });
      const config = fileUri("responses_api_agents/helper/configs/helper.yaml");
      await until("the config", () =>
        Promise.resolve(vscode.window.activeTextEditor?.document.uri.toString() === config.toString()),
      );
      const files = async (): Promise<number> =>
        (await vscode.workspace.findFiles("responses_api_agents/helper/**")).length;
      assert.equal(await files(), 4);
      await vscode.commands.executeCommand("undo");
      await until("no file", async () => (await files()) === 0);
    },
  },
  missing: {
    "one message reports the missing server and offers solutions": async (page) => {
      const seen = await until("the message", async () => {
        const texts = await page.ask({ ask: "texts", selector: ".notification-list-item" });
        return texts.find((text) => text.includes("gym-lsp was not found"));
      });
      assert.match(seen, /Install from a Clone.*How to Install.*Open Settings.*Install it from a clone/s);
      await page.ask({ ask: "screenshot", name: "no-server" });
    },
    "a folder that is not a clone is rejected": async (page) => {
      await page.ask({ ask: "click", selector: ".notification-list-item .monaco-button:has-text('from a Clone')" });
      await chooseFolder(page, fileUri("elsewhere").fsPath);
      await until("the message", async () => {
        const texts = await page.ask({ ask: "texts", selector: ".notification-list-item" });
        return texts.some((text) => text.includes("elsewhere is not a clone of gym-lsp"));
      });
    },
    "the server is installed from a clone, outside the workspace, and started": async (page) => {
      const clone = fileUri("clone").fsPath;
      void vscode.commands.executeCommand("gymLsp.installServer");
      await chooseFolder(page, clone);
      await pick(page, "Install the language server", "", "Install with uv");
      await untilFindings(fileUri(TIDES), "findings", (found) => found.length === 2);
      const recorded = readFileSync(path.join(process.env["GYM_LSP_PROBE"] ?? "", "missing", "installation"), "utf-8");
      assert.deepEqual(recorded.trim().split("\n"), [homedir(), "tool", "install", "--upgrade", clone]);
      assert.ok(starts().every(({ program: which }) => which === "installed"));
    },
    "a setting with the path of a server starts it": async () => {
      const program = fileUri("elsewhere/gym-lsp").fsPath;
      const settings = vscode.workspace.getConfiguration("gymLsp");
      await settings.update("serverPath", program, vscode.ConfigurationTarget.Workspace);
      await until("its start", () => Promise.resolve(starts().some((each) => each.isServer && each.program === "elsewhere")));
    },
  },
  bare: {
    "the server of the extension runs with the Python of the workspace": async () => {
      await untilFindings(fileUri(TIDES), "findings", (found) => found.length === 2);
      const [command = []] = carriedServers();
      assert.equal(command[0], fileUri(".venv/bin/python").fsPath);
      assert.deepEqual(starts(), []);
    },
    "no module of the workspace, of its environment or of the home folder is imported": async () => {
      await untilFindings(fileUri(TIDES), "findings", (found) => found.length === 2);
      assert.ok(!existsSync(fileUri("imported").fsPath));
    },
    "the page of a rule is there, and nothing is written into the extension": async () => {
      const page = await vscode.workspace.openTextDocument(vscode.Uri.parse("gym-lsp:/rules/unknown-domain.md"));
      assert.match(page.getText(), /^# unknown-domain/);
      const extension = vscode.extensions.getExtension(EXTENSION);
      const libs = path.join(extension?.extensionPath ?? "", "bundled", "libs");
      assert.ok(existsSync(path.join(libs, "gym_lsp")));
      assert.ok(!existsSync(path.join(libs, "gym_lsp", "__pycache__")));
    },
    "the licenses of all libraries are in the extension": () => {
      const folder = vscode.extensions.getExtension(EXTENSION)?.extensionPath ?? "";
      assert.match(readFileSync(path.join(folder, "bundled", "NOTICE.txt"), "utf-8"), /^ruamel\.yaml\.clib /m);
      assert.match(readFileSync(path.join(folder, "out", "NOTICE.txt"), "utf-8"), /^vscode-languageclient /m);
      return Promise.resolve();
    },
  },
  newer: {
    "an installed server that is not older is started instead of that of the extension": async () => {
      await untilFindings(fileUri(TIDES), "findings", (found) => found.includes("unknown-domain"));
      assert.ok(starts().some((each) => each.isServer && each.program === "environment"));
      assert.deepEqual(carriedServers(), []);
    },
    "the status item shows the path of the NeMo Gym in use": async (page) => {
      await open(TIDES);
      const item = "#status\\.languageStatus";
      await until("the item", async () => (await page.ask({ ask: "texts", selector: item })).length > 0);
      await page.ask({ ask: "point", selector: item, text: "" });
      const shown = await until("its text", async () => {
        const texts = await page.ask({ ask: "texts", selector: ".hover-language-status" });
        return texts.find((text) => text.includes("tools/Gym"));
      });
      assert.match(shown, / · tools\/Gym · gym-lsp \d/);
      assert.ok(!shown.includes("file:"), shown);
    },
  },
  pythonless: {
    "one message reports that there is no Python, and how to get one": async (page) => {
      const seen = await until("the message", () => pythonMessage(page));
      assert.match(seen, /Get Python.*Try Again.*Open Settings.*needs Python 3\.11 to 3\.14/s);
    },
    "the message returns with the reason if there is an old one": async (page) => {
      mkdirSync(path.dirname(PYTHON), { recursive: true });
      writeFileSync(PYTHON, "#!/bin/sh\necho 'gym-lsp: this Python is version 3.9' >&2; exit 3\n", { mode: 0o755 });
      await page.ask({ ask: "click", selector: TRY_AGAIN });
      await until("the reason", async () => (await pythonMessage(page))?.includes(`${PYTHON} is version 3.9.`));
    },
    "with a Python, the server starts": async (page) => {
      copyFileSync(fileUri("python").fsPath, PYTHON);
      await page.ask({ ask: "click", selector: TRY_AGAIN });
      await untilFindings(fileUri(TIDES), "findings", (found) => found.length === 2);
    },
  },
  untrusted: {
    "no program of the workspace is run, but the server of the PATH is": async () => {
      assert.equal(vscode.workspace.isTrusted, false);
      await untilFindings(fileUri(TIDES), "findings", (found) => found.length === 2);
      assert.ok(starts().every(({ program }) => program === "path"), JSON.stringify(starts()));
    },
    "outline and folding are left to the other YAML extension": async () => {
      const document = await open(TIDES);
      await untilFindings(document.uri, "findings", (found) => found.length === 2);
      const symbols = await until("an outline", async () => {
        const found = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
          "vscode.executeDocumentSymbolProvider",
          document.uri,
        );
        return found && found.length > 0 ? found : undefined;
      });
      assert.deepEqual(symbols.map((each) => each.name), ["of the fake"]);
      const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
        "vscode.executeFoldingRangeProvider",
        document.uri,
      );
      assert.equal(folds.length, 1);
    },
  },
};

interface Start {
  readonly program: string;
  readonly pid: number;
  /** Whether it was started as a language server, and not only to print its version. */
  readonly isServer: boolean;
}

/** Check that only the first look is loaded, once it had time to load more. */
async function isAsleep(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.deepEqual(starts(), []);
  assert.ok(!(await vscode.commands.getCommands()).includes("gymLsp.restart"));
}

async function pythonMessage(page: Page): Promise<string | undefined> {
  const texts = await page.ask({ ask: "texts", selector: ".notification-list-item" });
  return texts.find((text) => text.includes("and none was found"));
}

/** The command lines of the running servers that the extension carries, on Linux. */
function carriedServers(): string[][] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf-8").split("\0");
      } catch {
        return [];
      }
    })
    .filter((command) => command.some((each) => each.endsWith("run_server.py") && isHere(each)));
}

// Other tests can run on the same machine.
function isHere(file: string): boolean {
  return file.startsWith(vscode.extensions.getExtension(EXTENSION)?.extensionPath ?? "-");
}

/** The starts that the programs of this scenario have recorded. */
function starts(): Start[] {
  const folder = path.join(process.env["GYM_LSP_PROBE"] ?? "", vscode.workspace.workspaceFolders?.[0]?.name ?? "");
  let log = "";
  try {
    log = readFileSync(path.join(folder, "starts"), "utf-8");
  } catch {
    // No program was started yet.
  }
  return log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [program = "", pid = "", ...given] = line.split(" ");
      return { program, pid: Number(pid), isServer: given.join("").length === 0 };
    });
}

/** Answer the dialog that asks for a folder. */
async function chooseFolder(page: Page, folder: string): Promise<void> {
  const field = `${titled("Choose the folder of a clone")} .quick-input-box input`;
  const entered = (): Promise<string[]> => page.ask({ ask: "values", selector: field });
  // The dialog enters the first folder by itself.
  await until("the first folder", async () => (await entered()).some(Boolean));
  // It ignores the key while it reads the folder, and may replace what was entered meanwhile.
  await until("the end of the dialog", async () => {
    const [text] = await entered();
    if (text?.startsWith(folder)) {
      await page.ask({ ask: "press in", selector: field, key: "Enter" });
    } else if (text !== undefined) {
      await page.ask({ ask: "fill", selector: field, text: folder });
    }
    return text === undefined;
  });
}

/** Choose an item of the quick pick with this title: type, wait until the item has the focus, and accept it. */
async function pick(page: Page, title: string, typed: string, wanted: string): Promise<void> {
  const rows = picks(title);
  await until(`${wanted} in "${title}"`, async () =>
    (await page.ask({ ask: "texts", selector: rows })).some((text) => text.includes(wanted)),
  );
  await page.ask({ ask: "fill", selector: FIELD, text: typed });
  await until(`the focus on ${wanted}`, async () =>
    (await page.ask({ ask: "texts", selector: `${rows}.focused` })).some((text) => text.includes(wanted)),
  );
  await page.ask({ ask: "press", key: "Enter" });
}

/** The items of the visible quick pick with this title. The hidden one keeps the items of the pick before. */
function picks(title: string): string {
  return `${titled(title)} .monaco-list-row`;
}

function titled(title: string): string {
  return `.quick-input-widget:visible:has(.quick-input-title:has-text("${title}"))`;
}

function documentAt(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
}

function resolvedDocument(): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((each) => each.uri.path.startsWith("/resolved/") && each.getText() !== "");
}

async function lineAt(location: vscode.Location): Promise<string> {
  const document = await vscode.workspace.openTextDocument(location.uri);
  return document.lineAt(location.range.start).text;
}

