// Conversion of URIs between VS Code and the server.

import { Uri } from "vscode";
import type { LanguageClientOptions } from "vscode-languageclient/node";

/**
 * VS Code decodes the query of a URI when it parses it, and encodes `=` and `&` when it formats it. This changes a
 * query that has several parameters. The converters keep the query of URIs with the scheme `scheme` unchanged.
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
