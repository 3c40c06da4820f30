// Addresses between VS Code and the server.

import { Uri } from "vscode";
import type { LanguageClientOptions } from "vscode-languageclient/node";

/**
 * VS Code decodes a query when it reads an address and encodes its `=` and `&` when it writes one, so that a query of
 * several parts comes out as something else. Addresses of our own scheme keep theirs as it is written.
 */
export function uriConverters(scheme: string): NonNullable<LanguageClientOptions["uriConverters"]> {
  return {
    code2Protocol: (uri) =>
      uri.scheme === scheme && uri.query !== "" ? `${uri.with({ query: "" }).toString()}?${uri.query}` : uri.toString(),
    protocol2Code: (value) => {
      const [address, query] = split(value);
      const uri = Uri.parse(address);
      return uri.scheme === scheme && query !== undefined ? uri.with({ query }) : Uri.parse(value);
    },
  };
}

function split(value: string): [address: string, query: string | undefined] {
  const at = value.indexOf("?");
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
}
