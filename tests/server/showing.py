"""What an editor displays of the server's answers, as text for a page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.server.client import Message

_SEVERITIES = ("", "error", "warning", "information", "hint")


class _Texts:
    """The lines of the files of the workspace, for open files those in the editor."""

    def __init__(self, folder: Path, opened: dict[str, str]) -> None:
        self._folder = folder
        self._opened = opened

    def name(self, uri: str) -> str:
        path = Path(unquote(urlsplit(uri).path))
        return path.relative_to(self._folder).as_posix() if path.is_relative_to(self._folder) else path.name

    def lines(self, uri: str) -> list[str]:
        name = self.name(uri)
        return (self._opened.get(name) or (self._folder / name).read_text(encoding="utf-8")).splitlines()


def diagnostics(items: list[Message]) -> str:
    return "\n".join(f"{_SEVERITIES[each['severity']]}[{each['code']}]: {each['message']}" for each in items)


def hover(answer: Message | None, folder: Path) -> str:
    """Return the Markdown, with links relative to the workspace."""
    return "nothing" if answer is None else answer["contents"]["value"].replace(f"{folder.as_uri()}/", "")


def completion(items: list[Message], limit: int | None) -> str:
    def line(item: Message) -> str:
        details: Message = item.get("labelDetails") or {}
        detail: str = details.get("description") or item.get("detail") or ""
        added = " ".join(each["newText"].strip() for each in item.get("additionalTextEdits") or ())
        shown = f"{item['label']}{details.get('detail') or ''}  {detail}".rstrip()
        return f"{shown}  + {' '.join(added.split())}" if added else shown

    lines = [line(item) for item in sorted(items, key=lambda item: item.get("sortText") or item["label"])]
    return "\n".join(lines if limit is None or len(lines) <= limit else [*lines[:limit], "..."])


def places(found: list[Message] | Message | None, folder: Path, opened: dict[str, str]) -> str:
    """Return each place with its line, for links and for locations."""
    texts = _Texts(folder, opened)
    shown: list[str] = []
    for each in found if isinstance(found, list) else [found or {}]:
        if not each:
            continue
        uri: str = each.get("targetUri") or each["uri"]
        start: Message = (each.get("targetSelectionRange") or each["range"])["start"]
        lines = texts.lines(uri)
        number: int = start["line"]
        text = lines[number].strip() if number < len(lines) else ""
        shown.append(f"{texts.name(uri)}:{number + 1}: {text}".rstrip(": "))
    return "\n".join(shown) or "nothing"


def edit(answer: Message, folder: Path, opened: dict[str, str]) -> str:
    """Return each line that an edit changes, as it is after the edit, with what the user has to confirm."""
    annotations: Message = answer.get("changeAnnotations") or {}
    texts = _Texts(folder, opened)
    documents: list[Message] = answer.get("documentChanges") or [
        {"textDocument": {"uri": uri}, "edits": edits} for uri, edits in answer["changes"].items()
    ]
    shown: list[str] = []
    for document in documents:
        uri: str = document["textDocument"]["uri"]
        edits: list[Message] = document["edits"]
        lines = texts.lines(uri)
        for each in sorted(edits, key=lambda each: each["range"]["start"]["line"]):
            start, end = each["range"]["start"], each["range"]["end"]
            number: int = start["line"]
            before, rest = lines[number][: start["character"]], lines[number][end["character"] :]
            after = f"{before}{each['newText']}{rest}".strip()
            annotation: Message = annotations.get(each.get("annotationId") or "") or {}
            confirmed = f"  (to confirm: {annotation['label']})" if annotation else ""
            shown.append(f"{texts.name(uri)}:{number + 1}: {after}{confirmed}")
    return "\n".join(shown)


def symbols(found: list[Message], depth: int = 0) -> str:
    shown: list[str] = []
    for each in found:
        shown.append(f"{'  ' * depth}{each['name']}  {each.get('detail') or ''}".rstrip())
        if each.get("children"):
            shown.append(symbols(each["children"], depth + 1))
    return "\n".join(shown)


def workspace_symbols(found: list[Message], folder: Path) -> str:
    texts = _Texts(folder, {})
    return "\n".join(
        f"{each['name']}  {each.get('containerName') or ''}  {texts.name(each['location']['uri'])}" for each in found
    )


def links(found: list[Message], folder: Path, text: str) -> str:
    texts = _Texts(folder, {})
    return "\n".join(f"{_of(text, each['range'])} -> {texts.name(each['target'])}" for each in found)


def hints(found: list[Message], text: str) -> str:
    lines = text.splitlines()
    shown: dict[int, str] = {}
    for each in sorted(found, key=lambda each: -each["position"]["character"]):
        at: Message = each["position"]
        number: int = at["line"]
        line = shown.get(number, lines[number])
        shown[number] = f"{line[: at['character']]} «{each['label']}»{line[at['character'] :]}"
    return "\n".join(shown[number].strip() for number in sorted(shown))


def lenses(found: list[Message], text: str) -> str:
    above: dict[int, list[str]] = {}
    for each in found:
        if each.get("command"):
            above.setdefault(each["range"]["start"]["line"], []).append(each["command"]["title"])
    lines = text.splitlines()
    return "\n".join(f"{' | '.join(above[number])}\n{lines[number]}" for number in sorted(above))


def signature(answer: Message | None) -> str:
    if answer is None:
        return "nothing"
    shown = answer["signatures"][answer.get("activeSignature") or 0]
    name: str = shown["parameters"][answer["activeParameter"]]["label"]
    start = shown["label"].index(name)
    end = start + len(name)
    return f"{shown['label']}\n{' ' * start}{'^' * (end - start)}"


def tokens(data: list[int], legend: Message, text: str) -> str:
    lines = text.splitlines()
    line = column = 0
    shown: list[str] = []
    for moved, start, length, kind, modifiers in zip(*(iter(data),) * 5, strict=True):
        line, column = line + moved, start if moved else column + start
        names = [name for bit, name in enumerate(legend["tokenModifiers"]) if modifiers & 1 << bit]
        shown.append(f"{lines[line][column : column + length]}  {' '.join([legend['tokenTypes'][kind], *names])}")
    return "\n".join(shown)


def folding(found: list[Message], text: str) -> str:
    lines = text.splitlines()
    spans: list[tuple[int, int]] = [(each["startLine"], each["endLine"]) for each in found]
    return "\n".join(f"{start + 1}-{end + 1}: {lines[start].strip()}" for start, end in spans)


def selection(answer: Message, text: str) -> str:
    """Return the selections from the inside to the outside, long ones as their first and last lines."""
    shown: list[str] = []
    step: Message | None = answer
    while step is not None:
        lines = _of(text, step["range"]).strip().splitlines()
        shown.append(lines[0] if len(lines) == 1 else f"{lines[0].strip()} ... {lines[-1].strip()}")
        step = step.get("parent")
    return "\n".join(shown)


def hierarchy(item: Message, found: dict[str, list[Message]]) -> str:
    shown = [item["name"]]
    for words, answers in found.items():
        others = [each.get("to") or each.get("from") or each for each in answers]
        shown.append(f"  {words}: {', '.join(each['name'] for each in others) or 'nothing'}")
    return "\n".join(shown)


def _of(text: str, span: Message) -> str:
    lines = text.split("\n")[span["start"]["line"] : span["end"]["line"] + 1]
    lines[-1] = lines[-1][: span["end"]["character"]]
    lines[0] = lines[0][span["start"]["character"] :]
    return "\n".join(lines)
