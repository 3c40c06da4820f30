// New components: the kinds, the answers to the server's questions, and the files of its edit. Independent of VS Code.

import type { NewComponent, NewKind, Question } from "./protocol";

interface Meaning {
  readonly label: string;
  readonly detail: string;
}

/** The kinds as they are shown, in the order in which they are offered. */
export const MEANINGS: Readonly<Record<NewKind, Meaning>> = {
  environment: {
    label: "Environment",
    detail: "Tasks for training: a config, a program that grades answers, and rows",
  },
  benchmark: {
    label: "Benchmark",
    detail: "Tasks for evaluation: a config, a program that grades answers, a prompt, and a script for the rows",
  },
  agent: { label: "Agent", detail: "A program that works on a task with a model" },
  "resources-server": {
    label: "Resources server",
    detail: "A program that grades answers, with its config and rows",
  },
  sandbox: { label: "Sandbox", detail: "A config of a place in which agents run commands" },
  recipe: { label: "Recipe", detail: "A config that trains on an environment with NeMo RL" },
};

export interface Answer {
  readonly label: string;
  readonly description?: string;
  /** What the server receives. */
  readonly value: string;
}

/** The answers that are offered, the usual one first. */
export function answersTo(question: Question): Answer[] {
  const { usual, known, empty } = question;
  const others = known.filter((each) => each !== usual).map((each): Answer => ({ label: each, value: each }));
  if (usual === null) {
    return others;
  }
  const first: Answer =
    usual === ""
      ? { label: capitalised(empty ?? "none"), value: usual }
      : { label: usual, description: "usual", value: usual };
  return [first, ...others];
}

/** The only possible answer, so that the question need not be asked. Without any, the server explains what is missing. */
export function onlyAnswer(question: Question): string | undefined {
  const [only, ...others] = answersTo(question);
  if (only === undefined) {
    return "";
  }
  // Where one has to be chosen, choosing it is also the way to see it.
  return others.length === 0 && question.usual !== null ? only.value : undefined;
}

export interface NewFile {
  readonly uri: string;
  readonly text: string;
}

/** The files that an edit of the server makes, with their texts. */
export function filesOf({ edit }: NewComponent): NewFile[] {
  const files = new Map<string, string>();
  for (const change of edit.documentChanges ?? []) {
    if ("kind" in change) {
      if (change.kind !== "create") {
        throw new Error(`the server asks to ${change.kind} a file`);
      }
      files.set(change.uri, "");
    } else {
      const { uri } = change.textDocument;
      const texts = change.edits.map((each) => ("newText" in each ? each.newText : ""));
      files.set(uri, (files.get(uri) ?? "") + texts.join(""));
    }
  }
  return [...files].map(([uri, text]) => ({ uri, text }));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
