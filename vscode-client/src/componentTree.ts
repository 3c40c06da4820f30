// The tree of the side bar as data: filtered components, grouped by kind, with their variants below them.

import { type Component, type Kind, KINDS } from "./protocol";

export interface Group {
  readonly node: "group";
  readonly kind: Kind;
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** One name. `components` are its variants; an entry with a single variant represents that variant. */
export interface Entry {
  readonly node: "entry";
  readonly kind: Kind;
  readonly name: string;
  readonly components: readonly Component[];
}

/** The numbers of errors and of warnings. */
export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

export const TITLES: Record<Kind, string> = {
  environment: "Environments",
  benchmark: "Benchmarks",
  agent: "Agents",
  model: "Models",
  resources_server: "Resources servers",
  sandbox: "Sandboxes",
};

/** The tree: kinds in a fixed order without empty ones, and components of the workspace before installed ones. */
export function groupComponents(components: readonly Component[], filter = ""): Group[] {
  const wanted = components.filter((component) => matches(component, filter));
  return KINDS.map((kind) => groupOf(kind, wanted)).filter((group) => group.entries.length > 0);
}

function groupOf(kind: Kind, components: readonly Component[]): Group {
  const byName = new Map<string, Component[]>();
  for (const component of components) {
    if (component.kind === kind) {
      const key = `${component.origin} ${component.name}`;
      byName.set(key, [...(byName.get(key) ?? []), component]);
    }
  }
  const entries = [...byName.values()].map((same): Entry => {
    const [first] = same;
    return { node: "entry", kind, name: first?.name ?? "", components: same };
  });
  return { node: "group", kind, title: TITLES[kind], entries: entries.sort(byOriginAndName) };
}

function byOriginAndName(left: Entry, right: Entry): number {
  return rank(left) - rank(right) || left.name.localeCompare(right.name);
}

function rank(entry: Entry): number {
  return entry.components.some((component) => component.origin === "workspace") ? 0 : 1;
}

/** The counts of some components together; those of each file once. */
export function countsOf(components: readonly Component[], ofFile: (uri: string) => Counts): Counts {
  const files = [...new Set(components.map((component) => component.uri))].map(ofFile);
  return {
    errors: files.reduce((sum, each) => sum + each.errors, 0),
    warnings: files.reduce((sum, each) => sum + each.warnings, 0),
  };
}

/** The counts as text, empty if there is nothing to report. */
export function describeCounts({ errors, warnings }: Counts): string {
  return [counted(errors, "error"), counted(warnings, "warning")].filter(Boolean).join(", ");
}

function counted(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Whether each word of the filter occurs in the name, the variant, the domain, the description or the config. */
export function matches(component: Component, filter: string): boolean {
  const text = [component.name, component.variant, component.domain, component.description, component.config]
    .join(" ")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
