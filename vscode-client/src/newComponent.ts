// Makes a new component: asks for its kind, its name and what is left open, applies the edit of the server, and opens the
// new file.

import { type QuickPickItem, Uri, window, workspace, WorkspaceEdit } from "vscode";
import { openLocation } from "./locations";
import { reasonOf } from "./log";
import { answersTo, filesOf, MEANINGS, onlyAnswer } from "./newFiles";
import { NEW_KINDS, type NewComponent, type NewKind, type Question, type Questions, ServerCommand } from "./protocol";
import type { Server } from "./server";

/** What the server needs; the answers are added to it. */
interface Request {
  readonly kind: NewKind;
  readonly folder: string;
  readonly name: string;
}

/** Make a component in a folder, by default in that of the workspace. Without `given`, ask for its kind. */
export async function newComponent(server: Server, place?: Uri, given?: NewKind): Promise<void> {
  const folder = place ?? (await chooseFolder());
  if (!folder) {
    return;
  }
  await server.untilRunning();
  const kind = given ?? (await chooseKind());
  const named = kind && (await chooseName(server, kind, folder));
  const answers = named && (await answer(named.questions, titleOf(named.request.kind)));
  if (!answers) {
    return;
  }
  const made = await server.ask<NewComponent>(ServerCommand.new, { ...named.request, ...answers });
  await write(made);
  await openLocation(made.open);
}

async function chooseFolder(): Promise<Uri | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length > 1) {
    return (await window.showWorkspaceFolderPick({ placeHolder: "Where to make the component" }))?.uri;
  }
  const [only] = folders;
  if (!only) {
    throw new Error("open the folder of your environments first");
  }
  return only.uri;
}

function titleOf(kind: NewKind): string {
  return `New ${MEANINGS[kind].label.toLowerCase()}`;
}

async function chooseKind(): Promise<NewKind | undefined> {
  const items = NEW_KINDS.map((value) => ({ ...MEANINGS[value], value }));
  const options = { title: "New component", placeHolder: "What to make", matchOnDetail: true };
  return (await window.showQuickPick(items, options))?.value;
}

interface Named {
  readonly request: Request;
  readonly questions: readonly Question[];
}

async function chooseName(server: Server, kind: NewKind, folder: Uri): Promise<Named | undefined> {
  const requestOf = (name: string): Request => ({ kind, folder: folder.toString(), name: name.trim() });
  const ask = (request: Request): Promise<Questions> => server.ask<Questions>(ServerCommand.newQuestions, request);
  const name = await window.showInputBox({
    title: titleOf(kind),
    prompt: "Its name: lowercase letters, digits and _",
    placeHolder: "word_count",
    ignoreFocusOut: true,
    validateInput: (text) =>
      ask(requestOf(text)).then(
        () => undefined,
        (error: unknown) => reasonOf(error),
      ),
  });
  if (name === undefined) {
    return undefined;
  }
  const request = requestOf(name);
  return { request, questions: (await ask(request)).questions };
}

/** Ask each question that has more than one answer; undefined if the user cancels. */
async function answer(questions: readonly Question[], title: string): Promise<Record<string, string> | undefined> {
  const answers: Record<string, string> = {};
  for (const question of questions) {
    // With an existing resources server, everything else is decided.
    if (answers["resources_server"]) {
      break;
    }
    const chosen = onlyAnswer(question) ?? (await chooseAnswer(question, title));
    if (chosen === undefined) {
      return undefined;
    }
    answers[question.field] = chosen;
  }
  return answers;
}

async function chooseAnswer(question: Question, title: string): Promise<string | undefined> {
  const items = answersTo(question).map((each): QuickPickItem & { value: string } => each);
  const options = { title: `${title}: ${question.text}`, placeHolder: question.text, ignoreFocusOut: true };
  return (await window.showQuickPick(items, options))?.value;
}

/** Write the files with their texts, as one step that can be undone. */
async function write(made: NewComponent): Promise<void> {
  const edit = new WorkspaceEdit();
  for (const { uri, text } of filesOf(made)) {
    edit.createFile(Uri.parse(uri), { contents: new TextEncoder().encode(text) });
  }
  if (!(await workspace.applyEdit(edit))) {
    throw new Error("the files could not be written");
  }
}
