// Requests actions that need the page from the driver: read elements, click them, and take screenshots. Questions and
// answers are files, because the extension host and the driver share only the disk.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { until } from "./until";

export type Question =
  | { readonly ask: "texts"; readonly selector: string }
  | { readonly ask: "values"; readonly selector: string }
  | { readonly ask: "generated"; readonly selector: string }
  | { readonly ask: "frames"; readonly selector: string }
  | { readonly ask: "diagram"; readonly selector: string }
  | { readonly ask: "click in diagram"; readonly selector: string }
  | { readonly ask: "fill in diagram"; readonly selector: string; readonly text: string }
  | { readonly ask: "move pointer away" }
  | { readonly ask: "press"; readonly text?: string; readonly key?: string }
  | { readonly ask: "press in"; readonly selector: string; readonly key: string }
  | { readonly ask: "fill"; readonly selector: string; readonly text: string }
  | { readonly ask: "click"; readonly selector: string }
  | { readonly ask: "open menu"; readonly selector: string }
  | { readonly ask: "point"; readonly selector: string; readonly text: string }
  | { readonly ask: "screenshot"; readonly name: string };

export class Page {
  private asked = 0;

  constructor(private readonly folder: string) {}

  async ask(question: Question): Promise<string[]> {
    this.asked += 1;
    const name = path.join(this.folder, String(this.asked));
    // Renamed after writing, so that the driver never reads a partial file.
    writeFileSync(`${name}.asking`, JSON.stringify(question));
    renameSync(`${name}.asking`, `${name}.question.json`);
    const answer = `${name}.answer.json`;
    await until(`the answer to ${JSON.stringify(question)}`, () => Promise.resolve(existsSync(answer)));
    const { texts, failure } = JSON.parse(readFileSync(answer, "utf-8")) as { texts: string[]; failure?: string };
    if (failure !== undefined) {
      throw new Error(failure);
    }
    return texts;
  }
}
