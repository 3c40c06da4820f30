// The side bar: the components of the workspace and of the installed NeMo Gym, from the server.

import {
  commands,
  DiagnosticSeverity,
  type Disposable,
  EventEmitter,
  languages,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  Uri,
  window,
  workspace,
} from "vscode";
import { type Counts, countsOf, describeCounts, type Entry, type Group, groupComponents } from "./componentTree";
import { log, reasonOf } from "./log";
import { type Component, type Components, type Kind, ServerCommand } from "./protocol";
import type { Server } from "./server";

const VIEW = "gymLsp.components";
const DELAY_MS = 1000;
const COUNTS_DELAY_MS = 200;

const ICONS: Record<Kind, string> = {
  environment: "globe",
  benchmark: "graph",
  agent: "hubot",
  model: "chip",
  resources_server: "server-process",
  sandbox: "package",
};

export interface Leaf {
  readonly node: "leaf";
  readonly component: Component;
}

export type Node = Group | Entry | Leaf;

/** The tree, its filter and its refreshes. */
export class SideBar implements TreeDataProvider<Node>, Disposable {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: TreeView<Node>;
  private readonly subscriptions: { dispose(): unknown }[];
  private filter = "";
  private timer: NodeJS.Timeout | undefined;
  private countsTimer: NodeJS.Timeout | undefined;
  private known: Promise<readonly Component[]> | undefined;

  constructor(private readonly server: Server) {
    this.view = window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.changed,
      server.onDidChangeState(() => {
        this.refreshSoon();
      }),
      workspace.onDidSaveTextDocument((document) => {
        if (document.languageId === "yaml") {
          this.refreshSoon();
        }
      }),
      languages.onDidChangeDiagnostics(() => {
        this.recountSoon();
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.countsTimer);
    for (const each of this.subscriptions) {
      each.dispose();
    }
  }

  refresh(): void {
    this.known = undefined;
    this.changed.fire(undefined);
  }

  /** Ask for words that must occur in the name, the domain or the description. */
  async askFilter(): Promise<void> {
    const filter = await window.showInputBox({
      title: "Filter components",
      prompt: "Words of the name, domain or description. Leave empty to show all.",
      value: this.filter,
    });
    if (filter !== undefined) {
      this.setFilter(filter.trim());
    }
  }

  setFilter(filter: string): void {
    this.filter = filter;
    this.view.description = filter;
    void commands.executeCommand("setContext", "gymLsp.isFiltered", filter !== "");
    this.refresh();
  }

  getTreeItem(node: Node): TreeItem {
    switch (node.node) {
      case "group":
        return this.groupItem(node);
      case "entry": {
        const [single, ...others] = node.components;
        return single && others.length === 0 ? leafItem(single, node.name) : this.entryItem(node);
      }
      case "leaf":
        return leafItem(node.component, node.component.variant ?? node.component.name);
    }
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      this.known ??= this.components();
      return groupComponents(await this.known, this.filter);
    }
    if (node.node === "group") {
      return [...node.entries];
    }
    if (node.node === "entry" && node.components.length > 1) {
      return node.components.map((component): Leaf => ({ node: "leaf", component }));
    }
    return [];
  }

  private async components(): Promise<readonly Component[]> {
    if (this.server.state.kind !== "running") {
      return [];
    }
    try {
      return (await this.server.ask<Components>(ServerCommand.components, {})).components;
    } catch (error) {
      log().warn(`Cannot read the components: ${reasonOf(error)}`);
      return [];
    }
  }

  private groupItem(group: Group): TreeItem {
    const isOpen = this.filter !== "" || group.kind === "environment";
    const item = new TreeItem(group.title, state(isOpen));
    // VS Code stores by id which groups are expanded; each filter starts from the default.
    item.id = `${group.kind} ${this.filter}`;
    const counts = countsOf(group.entries.flatMap((entry) => entry.components), countsOfFile);
    item.description = [String(group.entries.length), describeCounts(counts)].filter(Boolean).join(" · ");
    item.iconPath = iconOf(group.kind, counts);
    item.contextValue = `group ${group.kind}`;
    return item;
  }

  private entryItem(entry: Entry): TreeItem {
    const item = new TreeItem(entry.name, state(this.filter !== ""));
    const counts = countsOf(entry.components, countsOfFile);
    item.description = [describeCounts(counts), entry.components[0]?.domain].filter(Boolean).join(" · ");
    item.tooltip = entry.components[0]?.description ?? entry.name;
    item.iconPath = iconOf(entry.kind, counts);
    return item;
  }

  // A large file changes its findings while it is edited; the components stay the same.
  private recountSoon(): void {
    this.countsTimer ??= setTimeout(() => {
      this.countsTimer = undefined;
      this.changed.fire(undefined);
    }, COUNTS_DELAY_MS);
  }

  // A branch switch causes many events; the tree is read once after the last one.
  private refreshSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.refresh();
    }, DELAY_MS);
  }
}

/** The numbers of findings in a file, from all extensions. */
function countsOfFile(uri: string): Counts {
  const found = languages.getDiagnostics(Uri.parse(uri));
  const numberOf = (severity: DiagnosticSeverity): number => found.filter((each) => each.severity === severity).length;
  return { errors: numberOf(DiagnosticSeverity.Error), warnings: numberOf(DiagnosticSeverity.Warning) };
}

/** The icon of a kind, in the color of the most severe finding. */
function iconOf(kind: Kind, { errors, warnings }: Counts): ThemeIcon {
  const color = errors > 0 ? "list.errorForeground" : warnings > 0 ? "list.warningForeground" : undefined;
  return new ThemeIcon(ICONS[kind], color === undefined ? undefined : new ThemeColor(color));
}

function state(isOpen: boolean): TreeItemCollapsibleState {
  return isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

function leafItem(component: Component, label: string): TreeItem {
  const item = new TreeItem(label);
  const origin = component.origin === "install" ? "installed" : undefined;
  const counts = countsOf([component], countsOfFile);
  item.description = [describeCounts(counts), component.domain, origin].filter(Boolean).join(" · ");
  item.iconPath = iconOf(component.kind, counts);
  item.tooltip = tooltip(component);
  item.contextValue = ["component", component.config && "runnable", component.commandLine && "command"]
    .filter(Boolean)
    .join(" ");
  item.command = { title: "Open", command: "gymLsp.openComponent", arguments: [component] };
  return item;
}

function tooltip(component: Component): MarkdownString {
  const text = new MarkdownString();
  text.appendText([component.name, component.variant].filter(Boolean).join(" / "));
  if (component.description) {
    text.appendText(`\n\n${component.description}`);
  }
  if (component.config) {
    text.appendCodeblock(component.config, "text");
  }
  return text;
}

/** The component of a tree node or of a command argument. */
export function componentOf(argument: unknown): Component | undefined {
  const given = argument as Node | Component | null | undefined;
  if (!given) {
    return undefined;
  }
  if (!("node" in given)) {
    return "uri" in given && "kind" in given ? given : undefined;
  }
  switch (given.node) {
    case "leaf":
      return given.component;
    case "entry":
      return given.components[0];
    case "group":
      return undefined;
  }
}
