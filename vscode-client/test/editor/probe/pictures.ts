// Takes the screenshots for the READMEs, in both themes. The scenarios before have tested what they show.

import * as vscode from "vscode";
import { after, open, replace, untilFindings, untilHover } from "./editing";
import type { Page } from "./page";
import { until } from "./until";

const TIDES = "environments/tides/config.yaml";
const HOLDOUT = "environments/recipe_scaling_holdout/config.yaml";
const SECOND = "environments/museum_guide_second_opinion/config.yaml";
const THEMES: Record<string, string> = { light: "Default Light Modern", dark: "Default Dark Modern" };

export const pictures: Record<string, (page: Page) => Promise<void>> = Object.fromEntries(
  Object.entries(THEMES).map(([name, theme]) => [
    `pictures, ${name}`,
    async (page: Page): Promise<void> => {
      await vscode.workspace
        .getConfiguration("workbench")
        .update("colorTheme", theme, vscode.ConfigurationTarget.Global);
      await problems(page, name);
      await completion(page, name);
      await hover(page, name);
      await resolved(page, name);
      await wiring(page, name);
    },
  ]),
);

/** The picture of the tutorial: a new environment with two mistakes, and the quick fix of the second one. */
export async function firstEnvironment(page: Page, document: vscode.TextDocument): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.closeAuxiliaryBar");
  const configuration = vscode.workspace.getConfiguration("workbench");
  const at = after(document, "name: quizz");
  for (const [name, theme] of Object.entries(THEMES)) {
    await configuration.update("colorTheme", theme, vscode.ConfigurationTarget.Global);
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(0, 0, 0, 0));
    await page.ask({ ask: "move pointer away" });
    await seen(page, ".codelens-decoration", "used by");
    await vscode.commands.executeCommand("editor.action.quickFix");
    await seen(page, ".action-widget .monaco-list-row", "Change to `quiz`");
    await page.ask({ ask: "screenshot", name: `first-environment-${name}` });
    await page.ask({ ask: "press", key: "Escape" });
  }
}

async function fresh(page: Page, relative: string): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand("workbench.action.closePanel");
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await page.ask({ ask: "move pointer away" });
  const document = await open(relative);
  await seen(page, ".codelens-decoration", "");
  return document;
}

async function problems(page: Page, theme: string): Promise<void> {
  const document = await fresh(page, TIDES);
  if (theme === "light") {
    // A narrower editor leaves the side bar space for the longest name and its domain. VS Code stores this width.
    await vscode.commands.executeCommand("workbench.action.decreaseViewWidth");
  }
  await vscode.commands.executeCommand("gymLsp.components.focus");
  await replace(document, "domain: knowledge", "domain: knowlege");
  await replace(document, "name: tides}", "name: tide}");
  await untilFindings(document.uri, "two findings", (found) => found.length === 2);
  await vscode.commands.executeCommand("workbench.actions.view.problems");
  await seen(page, ".markers-panel .monaco-list-row", "knowlege");
  await seen(page, ".squiggly-error", "");
  await seen(page, ".codelens-decoration", "used by");
  await page.ask({ ask: "screenshot", name: `problems-${theme}` });
  await vscode.commands.executeCommand("workbench.action.closePanel");
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand("workbench.action.files.revert");
}

async function completion(page: Page, theme: string): Promise<void> {
  const document = await fresh(page, TIDES);
  await replace(document, "domain: knowledge", "domain: ");
  const editor = await vscode.window.showTextDocument(document);
  const at = after(document, "domain: ");
  editor.selection = new vscode.Selection(at, at);
  await vscode.commands.executeCommand("editor.action.triggerSuggest");
  await seen(page, ".suggest-widget.visible .monaco-list-row", "knowledge");
  if (theme === "light") {
    // VS Code stores this choice.
    await vscode.commands.executeCommand("toggleSuggestionDetails");
    await vscode.commands.executeCommand("hideSuggestWidget");
    await vscode.commands.executeCommand("editor.action.triggerSuggest");
  }
  await seen(page, ".suggest-details", "");
  await page.ask({ ask: "screenshot", name: `completion-${theme}` });
  await vscode.commands.executeCommand("hideSuggestWidget");
  await vscode.commands.executeCommand("workbench.action.files.revert");
}

async function hover(page: Page, theme: string): Promise<void> {
  const document = await fresh(page, SECOND);
  const at = after(document, "check_twice_s");
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
  await untilHover(document.uri, at, "overridden");
  await pointAt(page, "check_twice_swap", "overridden");
  await page.ask({ ask: "screenshot", name: `hover-${theme}` });
  await vscode.commands.executeCommand("editor.action.hideHover");
}

async function resolved(page: Page, theme: string): Promise<void> {
  await fresh(page, HOLDOUT);
  await vscode.commands.executeCommand("workbench.action.closeSidebar");
  await vscode.commands.executeCommand("gymLsp.showResolved");
  const document = await until("the document", () =>
    Promise.resolve(vscode.workspace.textDocuments.find((each) => each.uri.path.startsWith("/resolved/") && !each.isClosed)),
  );
  const editor = await until("its editor", () =>
    Promise.resolve(vscode.window.visibleTextEditors.find((each) => each.document === document)),
  );
  const at = after(document, "  library_ver");
  await vscode.window.showTextDocument(document, { viewColumn: editor.viewColumn ?? vscode.ViewColumn.Two });
  const shown = vscode.window.activeTextEditor;
  if (shown) {
    shown.selection = new vscode.Selection(at, at);
    shown.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
  }
  await untilHover(document.uri, at, "config.yaml:");
  await pointAt(page, "library_verifier_max_concurrency", "config.yaml:");
  await page.ask({ ask: "screenshot", name: `resolved-${theme}` });
  await vscode.commands.executeCommand("editor.action.hideHover");
}

async function wiring(page: Page, theme: string): Promise<void> {
  await fresh(page, SECOND);
  await vscode.commands.executeCommand("workbench.action.closeSidebar");
  await vscode.commands.executeCommand("gymLsp.showWiring");
  for (let times = 0; times < 2; times++) {
    await vscode.commands.executeCommand("workbench.action.decreaseViewWidth");
  }
  await until("the picture", async () => (await page.ask({ ask: "diagram", selector: ".box .name" })).length > 3);
  await page.ask({ ask: "screenshot", name: `wiring-${theme}` });
}

/** Point at a word until its hover is shown. A hover right after scrolling can disappear, so this tries again. */
async function pointAt(page: Page, word: string, wanted: string): Promise<void> {
  const hover = ".monaco-hover:not(.hidden) .hover-contents";
  await until(`${wanted} in a hover`, async () => {
    await page.ask({ ask: "point", selector: ".view-line span", text: word });
    for (let looks = 0; looks < 20; looks++) {
      if ((await page.ask({ ask: "texts", selector: hover })).some((text) => text.includes(wanted))) {
        return true;
      }
    }
    return undefined;
  });
}

async function seen(page: Page, selector: string, text: string): Promise<void> {
  await until(`${text} in ${selector}`, async () =>
    (await page.ask({ ask: "texts", selector })).some((each) => each.includes(text)),
  );
}
