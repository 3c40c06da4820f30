// The side bar's tree as data: components grouped by kind, their variants below them, narrowed by a filter.

import { type Component, type Kind, KINDS } from "./protocol";

export interface Group {
  readonly node: "group";
  readonly kind: Kind;
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** One name. `components` are its variants; with a single one, the entry stands for it. */
export interface Entry {
  readonly node: "entry";
  readonly kind: Kind;
  readonly name: string;
  readonly components: readonly Component[];
}

export const TITLES: Record<Kind, string> = {
  environment: "Environments",
  benchmark: "Benchmarks",
  agent: "Agents",
  model: "Models",
  resources_server: "Resources servers",
  sandbox: "Sandboxes",
};

/** The tree: kinds in a fixed order without empty ones; what the workspace holds before what is installed. */
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

/** Whether each word of the filter is somewhere in the name, the variant, the domain or the description. */
export function matches(component: Component, filter: string): boolean {
  const text = [component.name, component.variant, component.domain, component.description, component.config]
    .join(" ")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
