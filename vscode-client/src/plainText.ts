// Text from a workspace, for the places where VS Code would read it as Markdown or as a link.

/** Text for a Markdown string, which shows it as it is. */
export function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[!-/:-@[-`{-~]/g, "\\$&");
}

/**
 * Text for a notification or a status item. In these, VS Code makes a link of `[text](command:...)`, and a click runs
 * the command.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll("](", "] (");
}
