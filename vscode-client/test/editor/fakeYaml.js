// Provides outline and folding, as Red Hat's YAML extension does.
const vscode = require("vscode");

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.languages.registerDocumentSymbolProvider("yaml", {
      provideDocumentSymbols(document) {
        const range = new vscode.Range(0, 0, document.lineCount, 0);
        return [new vscode.DocumentSymbol("of the fake", "", vscode.SymbolKind.Key, range, range)];
      },
    }),
    vscode.languages.registerFoldingRangeProvider("yaml", {
      provideFoldingRanges: (document) => [new vscode.FoldingRange(0, document.lineCount - 1)],
    }),
  );
};
